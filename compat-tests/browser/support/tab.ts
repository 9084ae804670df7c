import { appendFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Browser, chromium, type Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, expect, inject } from 'vitest';
import { ensureChromium } from '../../../scripts/ensure-chromium.mjs';
import { isAllowed } from './allowed.js';

const FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** A page of the browser that notes everything that goes wrong in it. */
export interface Tab {
  readonly page: Page;
  /** Opens one of the pages, such as `/experiments`. */
  visit(path: string): Promise<void>;
}

/**
 * Opens a browser for the tests of a file, and for each test a tab that knows nothing of the
 * others. A test fails when the server answers 400 or more, when a page logs an error or throws
 * one, and when anything is asked of another host or outside of the server's prefix.
 *
 * @param server tells the address when the tests run
 */
export function eachInTab(server = () => inject('url')): { readonly tab: Tab } {
  const record = inject('record');
  let browser: Browser;
  let faults: string[] = [];
  let page: Page;
  let url: string;

  beforeAll(async () => {
    // Makes an empty profile, and removes it in the end.
    browser = await chromium.launch({
      executablePath: ensureChromium(),
      headless: true,
      args: FLAGS,
    });
  });
  afterAll(async () => {
    await browser?.close();
  });

  beforeEach(async () => {
    faults = [];
    url = server();
    const { origin } = new URL(url);
    const context = await browser.newContext({ viewport: { width: 1500, height: 1000 } });
    await context.route(
      (to) => to.protocol.startsWith('http') && to.origin !== origin,
      (route) => {
        faults.push(`asks another host: ${route.request().url()}`);
        return route.abort();
      },
    );
    // What the policy of the pages forbids is not always logged: a script may catch it.
    await context.addInitScript(
      "addEventListener('securitypolicyviolation', ({ violatedDirective, blockedURI }) => " +
        "console.error('refused by policy:', violatedDirective, blockedURI))",
    );
    page = await context.newPage();
    page.setDefaultTimeout(20_000);
    noteFaults(page, url, (fault) => faults.push(fault));
    page.on('response', (response) => {
      const exchange = { method: response.request().method(), url: response.url() };
      appendFileSync(record, `${JSON.stringify({ ...exchange, status: response.status() })}\n`);
    });
  });
  afterEach(async ({ task }) => {
    const folder = process.env.BROWSER_SCREENSHOTS;
    if (folder) await page.screenshot({ path: join(folder, `${task.name.slice(0, 40)}.png`) });
    await page.context().close();
    expect(faults.filter((fault) => !isAllowed(fault))).toEqual([]);
  });

  return {
    get tab() {
      return {
        page,
        visit: async (path: string) => {
          await page.goto(`${url}/#${path}`);
        },
      };
    },
  };
}

function noteFaults(page: Page, url: string, note: (fault: string) => void): void {
  page.on('response', (response) => {
    const address = response.url();
    if (/^https?:/.test(address) && !address.startsWith(`${url}/`)) note(`asks ${address}`);
    if (response.status() < 400) return;
    note(`${response.status()} ${response.request().method()} ${address.slice(url.length)}`);
  });
  page.on('requestfailed', (request) => {
    const reason = request.failure()?.errorText ?? '';
    // A page that is left gives up what it was still asking for.
    if (reason !== 'net::ERR_ABORTED') note(`${reason} ${request.method()} ${request.url()}`);
  });
  page.on('console', (message) => {
    if (message.type() !== 'error') return;
    // Says the same as the answer, which is noted by its address.
    if (/^Failed to load resource: the server responded/.test(message.text())) return;
    note(`console: ${message.text().slice(0, 500)}`);
  });
  page.on('pageerror', (error) => note(`thrown: ${error.message}`));
}
