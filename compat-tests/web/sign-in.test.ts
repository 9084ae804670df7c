import { type Browser, chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ensureChromium } from '../../scripts/ensure-chromium.mjs';
import { type RunningServer, startRunledger } from '../servers.js';

const PASSWORD = 'correct horse battery';
let server: RunningServer;
let browser: Browser;
let page: Page;
const faults: string[] = [];

beforeAll(async () => {
  server = await startRunledger({
    staticPrefix: '/ml/tracking',
    environment: { RUNLEDGER_AUTH: 'true', MLFLOW_AUTH_ADMIN_PASSWORD: PASSWORD },
  });
  browser = await chromium.launch({
    executablePath: ensureChromium(),
    args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking'],
  });
  page = await browser.newPage();
  page.on('console', (message) => {
    if (message.type() === 'error') faults.push(message.text());
  });
});
afterAll(async () => {
  await browser?.close();
  await server?.stop();
});

async function signIn(): Promise<void> {
  await page.fill('#username', 'admin');
  await page.fill('#password', PASSWORD);
  await page.click('button');
}

describe('with --auth, below a static prefix', () => {
  it('asks who one is, says it, lets one work, and signs out', async () => {
    await page.goto(`${server.url}/`);
    expect(new URL(page.url()).pathname).toBe('/ml/tracking/signin');
    await signIn();
    await page.getByText('Administrator', { exact: true }).waitFor();
    await page.getByRole('button', { name: 'New experiment' }).click();
    await page.getByLabel('Name', { exact: true }).fill('by the administrator');
    await page.getByRole('button', { name: 'Create' }).click();
    await page.getByRole('heading', { name: 'No runs here yet' }).waitFor();
    expect(faults).toEqual([]);
    await page.getByRole('link', { name: 'Sign out' }).click();
    await page.click('button');
    await page.waitForURL(/\/signin$/);
  });

  it('sends one to the sign-in when the session ends under an open page', async () => {
    await signIn();
    await page.getByText('Administrator', { exact: true }).waitFor();
    await page.context().clearCookies();
    await page.getByRole('link', { name: 'Models' }).click();
    await page.waitForURL(/\/ml\/tracking\/signin/);
    await signIn();
    await page.getByRole('heading', { name: 'Models', exact: true }).waitFor();
  });

  it('leads to the screen that one came for', async () => {
    await page.context().clearCookies();
    await page.goto('about:blank');
    await page.goto(`${server.url}/#/prompts?filter=x`);
    await page.waitForURL(/\/signin/);
    await page.fill('#username', 'admin');
    await page.fill('#password', 'a wrong one');
    await page.click('button');
    await page.getByRole('alert').waitFor();
    await signIn();
    await page.getByRole('heading', { name: 'Prompts', exact: true }).waitFor();
    expect(page.url()).toMatch(/#\/prompts\?filter=x$/);
  });
});
