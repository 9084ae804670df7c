import { type AddressInfo, connect, createServer } from 'node:net';
import { type Browser, chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { ensureChromium } from '../../scripts/ensure-chromium.mjs';
import {
  CLIENT_ID,
  CLIENT_SECRET,
  identityProvider,
} from '../../src/access/testing/identity-provider.js';
import { startRunledger } from '../servers.js';
import { expectAccessible } from './support/accessible.js';
import { type Faults, newFaults } from './support/faults.js';
import { FLAGS } from './support/tab.js';

let browser: Browser;
beforeAll(async () => {
  browser = await chromium.launch({ executablePath: ensureChromium(), args: FLAGS });
});
afterAll(() => browser?.close());

/** A page that must stay without faults, in light and in dark. */
async function newPage(origin: string): Promise<{ page: Page; faults: Faults }> {
  const context = await browser.newContext();
  const faults = newFaults(origin);
  const page = await context.newPage();
  page.setDefaultTimeout(15_000);
  faults.watch(page);
  onTestFinished(async () => {
    await context.close();
    expect(faults.take()).toEqual([]);
  });
  return { page, faults };
}

async function expectAccessibleInBoth(page: Page): Promise<void> {
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme });
    await expectAccessible(page);
  }
}

/** A port that hands on to a server that is not there yet. */
async function forwarder() {
  let target = 0;
  const server = createServer((socket) => {
    const onward = connect(target, '127.0.0.1');
    socket.pipe(onward).pipe(socket);
    socket.on('error', () => onward.destroy());
    onward.on('error', () => socket.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    leadTo: (url: string) => {
      target = Number(new URL(url).port);
    },
  };
}

describe('a server without an administrator', () => {
  it('is set up in the browser, by the token that it printed', async () => {
    const token = 'a token of this test, long enough';
    const server = await startRunledger({
      environment: { RUNLEDGER_AUTH: 'true', RUNLEDGER_SETUP_TOKEN: token },
    });
    onTestFinished(() => server.stop());
    const { page } = await newPage(server.url);
    await page.goto(server.url);
    await page.waitForURL(/\/setup/);
    await expectAccessibleInBoth(page);
    await page.getByLabel('token').fill(token);
    await page.getByLabel('User name').fill('first');
    await page.getByLabel('Password').fill('correct horse battery');
    await page.getByRole('button').click();
    await page.waitForURL(/\/signin|#/);
    if (page.url().includes('/signin')) {
      await expectAccessibleInBoth(page);
      await page.fill('#username', 'first');
      await page.fill('#password', 'correct horse battery');
      await page.getByRole('button').click();
    }
    await page.getByText('Administrator').waitFor();
  });
});

describe('a server with an identity provider', () => {
  it('lets people in by it, with the roles of their groups', async () => {
    const front = await forwarder();
    const callback = `${front.url}/oidc/callback`;
    const provider = await identityProvider(() => callback);
    provider.groups.set('lena', ['risk-leads']);
    const server = await startRunledger({
      environment: {
        ...{ RUNLEDGER_AUTH: 'true', MLFLOW_AUTH_ADMIN_PASSWORD: 'correct horse battery' },
        RUNLEDGER_OIDC_ISSUER: provider.issuer,
        RUNLEDGER_OIDC_CLIENT_ID: CLIENT_ID,
        RUNLEDGER_OIDC_CLIENT_SECRET: CLIENT_SECRET,
        RUNLEDGER_OIDC_REDIRECT_URL: callback,
        RUNLEDGER_OIDC_USERNAME_CLAIM: 'preferred_username',
        RUNLEDGER_OIDC_GROUP_ROLES: 'risk-leads=lead',
        RUNLEDGER_OIDC_LABEL: 'Example Bank',
      },
    });
    onTestFinished(() => server.stop());
    front.leadTo(server.url);
    const { page, faults } = await newPage(front.url);
    await page.goto(`${front.url}/#/prompts?filter=x`);
    await page.getByRole('link', { name: /Example Bank/ }).waitFor();
    await expectAccessibleInBoth(page);
    expect(faults.take()).toEqual([]);
    await page.getByRole('link', { name: /Example Bank/ }).click();
    // From here on it is the provider's own pages.
    await page.locator('input[name=login]').fill('lena');
    await page.locator('input[name=password]').fill('any');
    await page.locator('button[type=submit]').click();
    await page.getByRole('button', { name: 'Continue' }).click();
    await page.waitForURL(`${front.url}/**`);
    faults.take();
    await page.locator('.who-name', { hasText: 'lena' }).waitFor();
    // The screen that one came for, which stands behind the '#', has come along.
    await page.getByRole('heading', { name: 'Prompts', exact: true }).waitFor();
    expect(page.url()).toMatch(/#\/prompts\?filter=x$/);
    await page.getByRole('link', { name: 'Sign out' }).click();
    await page.getByRole('button').first().click();
    await page.getByRole('link', { name: /Example Bank/ }).waitFor();
  });
});
