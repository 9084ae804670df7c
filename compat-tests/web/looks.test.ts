import type { Page } from 'playwright-core';
import { afterAll, describe, expect, it } from 'vitest';
import { expectAccessible } from './support/accessible.js';
import type { Person } from './support/governed.js';
import { GOVERNED_SCREENS } from './support/governed-screens.js';
import { people } from './support/people.js';

const { as, allow } = people();
const seen: Person[] = [];
afterAll(() => {
  expect([...new Set(seen)].sort()).toEqual(['ada', 'admin', 'lena', 'otto']);
});

async function settled(page: Page): Promise<void> {
  await page.locator('h1').waitFor();
  await expect.poll(() => page.locator('.loading').count()).toBe(0);
}

describe('every screen of the registry, governance and administration', () => {
  it.each(GOVERNED_SCREENS.map((screen) => [screen.name, screen] as const))(
    '%s is for everybody, light and dark, and fits a narrow window',
    async (name, { as: person, path, prepare }) => {
      seen.push(person);
      if (name === 'audit-refused') allow(/status of 403/);
      const page = await as(person, path, { colorScheme: 'light' });
      await settled(page);
      await prepare?.(page);
      await expectAccessible(page);
      await page.emulateMedia({ colorScheme: 'dark' });
      await page.locator('html[data-theme=dark]').waitFor();
      // Colours fade into each other.
      await page.waitForTimeout(300);
      await expectAccessible(page);
      await page.setViewportSize({ width: 390, height: 800 });
      const wide = await page.evaluate('document.documentElement.scrollWidth');
      expect(wide).toBeLessThanOrEqual(390);
      const overflowing = await page
        .locator('.field')
        .evaluateAll((all) => all.filter((one) => one.scrollWidth > one.clientWidth).length);
      expect(overflowing).toBe(0);
    },
  );
});
