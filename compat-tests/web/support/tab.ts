import { type Browser, chromium, type Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, expect, inject } from 'vitest';
import { ensureChromium } from '../../../scripts/ensure-chromium.mjs';
import { expectAccessible } from './accessible.js';
import { type Faults, newFaults } from './faults.js';

export const FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--no-first-run',
  '--disable-background-networking',
];
/** A page of the browser that notes everything that goes wrong in it. */
export interface Tab {
  readonly page: Page;
  /** Opens a screen, such as `/experiments`. */
  visit(path: string): Promise<void>;
  /** A fault that a test wants to happen. */
  allow(pattern: RegExp): void;
  /** Finds what people with disabilities could not use. */
  expectAccessible(): Promise<void>;
}

/**
 * A browser for the tests of a file, and a tab for each. A test fails when a page logs an error,
 * throws one, breaks its policy, or asks another host.
 */
export function eachInTab(): Tab {
  let browser: Browser;
  let page: Page;
  let faults: Faults;

  beforeAll(async () => {
    browser = await chromium.launch({ executablePath: ensureChromium(), args: FLAGS });
  });
  afterAll(() => browser?.close());

  beforeEach(async () => {
    faults = newFaults(new URL(inject('url')).origin);
    const context = await browser.newContext({
      viewport: { width: 1400, height: 900 },
      permissions: ['clipboard-read', 'clipboard-write'],
    });
    await faults.fence(context);
    page = await context.newPage();
    page.setDefaultTimeout(15_000);
    faults.watch(page);
  });
  afterEach(async () => {
    const hacked = await page.evaluate('window.hacked').catch(() => undefined);
    await page.context().close();
    expect(hacked).toBeUndefined();
    expect(faults.take()).toEqual([]);
  });

  return {
    get page() {
      return page;
    },
    visit: async (path) => {
      await page.goto('about:blank');
      await page.goto(`${inject('url')}/#${path}`);
    },
    allow: (pattern) => faults.allow(pattern),
    expectAccessible: () => expectAccessible(page),
  };
}
