import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type Browser, chromium, type Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { ensureChromium } from '../../scripts/ensure-chromium.mjs';
import type { RunningServer } from '../servers.js';
import { IS_STOCK, startWithPages } from './support/server.js';

const PASSWORD = 'correct horse battery';
const CREATE = '/ajax-api/2.0/mlflow/experiments/create';

let server: RunningServer;
let browser: Browser;
let page: Page;
let elsewhere: Server;

beforeAll(async () => {
  server = await startWithPages({
    environment: { RUNLEDGER_AUTH: 'true', MLFLOW_AUTH_ADMIN_PASSWORD: PASSWORD },
  });
  const flags = ['--no-sandbox', '--disable-gpu', '--disable-background-networking'];
  browser = await chromium.launch({ executablePath: ensureChromium(), args: flags });
  // Another port of this machine is another origin, but to cookies it is the same site.
  elsewhere = createServer((_, response) => response.end('a page of somebody else'));
  await new Promise<void>((resolve) => elsewhere.listen(0, '127.0.0.1', resolve));
});
afterAll(async () => {
  await browser?.close();
  elsewhere?.close();
  await server?.stop();
});

beforeEach(async () => {
  page = await browser.newPage();
});
afterEach(() => page.close());

async function signIn(password: string): Promise<void> {
  await page.fill('#username', 'admin');
  await page.fill('#password', password);
  await page.click('button');
}

/** @returns the status of a change that the open page asks for, or why it learns none */
const create = (name: string) =>
  page.evaluate(
    ([url, body]) =>
      fetch(url ?? '', {
        method: 'POST',
        credentials: 'include',
        headers: { 'Content-Type': 'application/json' },
        body: body ?? '',
      }).then(
        ({ status }) => status,
        () => 'no answer',
      ),
    [`${server.url}${CREATE}`, JSON.stringify({ name })],
  );

// A stock server with accounts is another program, with a sign-in of its own.
describe.runIf(!IS_STOCK)('signing in', () => {
  it("leads from MLflow's pages to the form, and back with the right password", async () => {
    await page.goto(server.url);
    expect(new URL(page.url()).pathname).toBe('/signin');
    await signIn('wrong password');
    await page.getByText('The user name or the password is wrong').waitFor();
    await signIn(PASSWORD);
    await page.waitForURL((url) => url.pathname === '/');
    await page.goto(`${server.url}/#/experiments`);
    await page.getByText('Default', { exact: true }).first().waitFor();
    expect(await create('of our own page')).toBe(200);
    expect(await page.evaluate('document.cookie')).toBe('');
    await page.goto(`${server.url}/signout`);
    await page.click('button');
    await page.goto(server.url);
    expect(new URL(page.url()).pathname).toBe('/signin');
  });

  it("lets no page of another origin use the browser's session", async () => {
    await page.goto(`${server.url}/signin`);
    await signIn(PASSWORD);
    await page.waitForURL((url) => url.pathname === '/');
    const { port } = elsewhere.address() as AddressInfo;
    const answers: number[] = [];
    page.on('response', (response) => {
      if (response.url().startsWith(server.url)) answers.push(response.status());
    });
    await page.goto(`http://127.0.0.1:${port}/`);
    expect(await create('of another page')).not.toBe(200);
    const read = await page.evaluate(
      (url) => fetch(url, { credentials: 'include' }).then(({ status }) => status),
      `${server.url}/ajax-api/2.0/mlflow/experiments/get?experiment_id=0`,
    );
    expect(read).toBe(403);
    await page.setContent(
      `<form method="post" enctype="text/plain" action="${server.url}${CREATE}">` +
        `<input name='{"name":"of a form","x":"' value='"}'><button>x</button></form>`,
    );
    await page.click('button');
    await page.waitForURL((url) => url.pathname === CREATE);
    expect(answers.at(-1)).toBe(403);
    await page.goto(`${server.url}/#/experiments`);
    await page.getByText('Default', { exact: true }).first().waitFor();
    expect(await page.getByText('of another page').count()).toBe(0);
    expect(await page.getByText('of a form').count()).toBe(0);
  });
});
