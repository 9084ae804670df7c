import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { type Browser, chromium, type Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, expect, inject } from 'vitest';
import { ensureChromium } from '../../../scripts/ensure-chromium.mjs';

const FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--no-first-run',
  '--disable-background-networking',
];
const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

interface Violation {
  readonly id: string;
  readonly nodes: readonly { readonly html: string }[];
}

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
  let faults: string[] = [];
  let allowed: RegExp[] = [];

  beforeAll(async () => {
    browser = await chromium.launch({ executablePath: ensureChromium(), args: FLAGS });
  });
  afterAll(() => browser?.close());

  beforeEach(async () => {
    faults = [];
    allowed = [];
    const { origin } = new URL(inject('url'));
    const context = await browser.newContext({
      viewport: { width: 1400, height: 900 },
      permissions: ['clipboard-read', 'clipboard-write'],
    });
    await context.route(
      (to) => to.protocol.startsWith('http') && to.origin !== origin,
      (route) => {
        faults.push(`asks another host: ${route.request().url()}`);
        return route.abort();
      },
    );
    page = await context.newPage();
    page.setDefaultTimeout(15_000);
    page.on('console', (message) => {
      if (message.type() === 'error') faults.push(`console: ${message.text()}`);
    });
    page.on('pageerror', (error) => faults.push(`thrown: ${error.message}`));
  });
  afterEach(async () => {
    const hacked = await page.evaluate('window.hacked').catch(() => undefined);
    await page.context().close();
    expect(hacked).toBeUndefined();
    const isAllowed = (fault: string) => allowed.some((pattern) => pattern.test(fault));
    expect(faults.filter((fault) => !isAllowed(fault))).toEqual([]);
  });

  return {
    get page() {
      return page;
    },
    visit: async (path) => {
      await page.goto('about:blank');
      await page.goto(`${inject('url')}/#${path}`);
    },
    allow: (pattern) => {
      allowed.push(pattern);
    },
    expectAccessible: async () => {
      await page.evaluate(AXE);
      const { passes, violations } = (await page.evaluate(
        "axe.run(document, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'best-practice'] })",
      )) as { passes: unknown[]; violations: Violation[] };
      const found = violations.map(
        ({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 160)).join(' | ')}`,
      );
      expect(passes.length).toBeGreaterThan(5);
      expect(found).toEqual([]);
    },
  };
}
