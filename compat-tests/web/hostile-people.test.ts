import { describe, expect, inject, it } from 'vitest';
import type { Person } from './support/governed.js';
import { people } from './support/people.js';

const { hostile } = inject('governed');
const { as } = people();
const at = `/models/${encodeURIComponent(hostile)}`;

/** Each screen that shows what the author of the hostile model has written; a text that is there. */
const SCREENS: readonly (readonly [Person, string, string | RegExp])[] = [
  ['ada', '/models', hostile],
  ['ada', at, 'Version 1'],
  ['ada', `${at}?tab=stages`, 'Version 1'],
  ['ada', `${at}?tab=about`, 'A note'],
  ['ada', `${at}/versions/1`, 'A note'],
  ['ada', `${at}/versions/1?tab=lineage`, 'scoring-service'],
  ['lena', `${at}/versions/1/readiness`, 'Asked for by ada'],
  ['ada', `${at}/versions/1/readiness?tab=card`, 'A note'],
  ['lena', `${at}/versions/1/readiness?tab=activity`, 'wrote'],
  ['lena', `${at}/versions/1/readiness?tab=live`, 'What was live when'],
  ['otto', `${at}/versions/1/readiness?tab=compliance`, 'Compliance pack'],
  ['lena', '/inbox', hostile],
  ['lena', '/inbox?tab=emergencies', hostile],
  ['lena', '/alerts', hostile],
  ['otto', `/audit?object_id=${encodeURIComponent(hostile)}`, hostile],
];

describe('what a hostile author has written', () => {
  it.each(SCREENS)('does nothing to %s at %s', async (person, path, text) => {
    const page = await as(person, path);
    await page.getByText(text).first().waitFor();
    await page.waitForTimeout(200);
    const found = await page.evaluate(
      `document.querySelectorAll('main img, main script, main iframe, a[href^="javascript:" i], ` +
        `[onerror], [onmouseover], .markdown b').length`,
    );
    expect(found).toBe(0);
  });

  it('does nothing in a card as a page of its own', async () => {
    const page = await as('ada', '/models');
    await page.goto(
      `${inject('governed').url}/api/governance/v1/models/${encodeURIComponent(hostile)}/versions/1/card/html`,
    );
    await page.getByText('<script>').first().waitFor();
    expect(await page.locator('script, img, a[href^="javascript:"]').count()).toBe(0);
  });
});
