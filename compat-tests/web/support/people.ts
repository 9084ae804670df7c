import {
  type Browser,
  type BrowserContext,
  type BrowserContextOptions,
  chromium,
  type Page,
} from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, expect, inject } from 'vitest';
import { ensureChromium } from '../../../scripts/ensure-chromium.mjs';
import { type Faults, newFaults } from './faults.js';
import type { Person } from './governed.js';
import { signIn } from './sign-in.js';
import { FLAGS } from './tab.js';

/** The governed server, as its people see it. */
export interface People {
  /** A page of somebody who has signed in, at a screen. */
  as(person: Person, path: string, settings?: BrowserContextOptions): Promise<Page>;
  /** A fault that a test wants to happen. */
  allow(pattern: RegExp): void;
}

type Session = Awaited<ReturnType<BrowserContext['storageState']>>;

/**
 * A browser for the tests of a file. Everybody signs in once; each test has pages of its own, and
 * fails when one of them logs an error, throws one, or asks another host.
 */
export function people(): People {
  const { url } = inject('governed');
  const sessions = new Map<Person, Session>();
  let browser: Browser;
  let faults: Faults;
  let pages: Page[] = [];

  beforeAll(async () => {
    browser = await chromium.launch({ executablePath: ensureChromium(), args: FLAGS });
  });
  afterAll(() => browser?.close());
  beforeEach(() => {
    faults = newFaults(new URL(url).origin);
  });
  afterEach(async () => {
    const hacked = await Promise.all(
      pages.map((page) => page.evaluate('window.hacked').catch(() => undefined)),
    );
    await Promise.all(pages.map((page) => page.context().close()));
    pages = [];
    expect(hacked.filter((one) => one !== undefined)).toEqual([]);
    expect(faults.take()).toEqual([]);
  });

  async function sessionOf(person: Person): Promise<Session> {
    const known = sessions.get(person);
    if (known !== undefined) return known;
    const page = await signIn(browser, url, person);
    const session = await page.context().storageState();
    await page.context().close();
    sessions.set(person, session);
    return session;
  }

  return {
    as: async (person, path, settings = {}) => {
      const context = await browser.newContext({
        viewport: { width: 1400, height: 900 },
        storageState: await sessionOf(person),
        acceptDownloads: true,
        ...settings,
      });
      await faults.fence(context);
      const page = await context.newPage();
      page.setDefaultTimeout(15_000);
      faults.watch(page);
      pages.push(page);
      await page.goto(`${url}/#${path}`);
      return page;
    },
    allow: (pattern) => faults.allow(pattern),
  };
}
