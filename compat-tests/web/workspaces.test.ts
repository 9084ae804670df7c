import { readFile } from 'node:fs/promises';
import { type Browser, chromium } from 'playwright-core';
import { afterAll, beforeAll, expect, it, onTestFinished } from 'vitest';
import { ensureChromium } from '../../scripts/ensure-chromium.mjs';
import { type RunningServer, startRunledger } from '../servers.js';
import { expectAccessible } from './support/accessible.js';
import { newFaults } from './support/faults.js';
import { FLAGS } from './support/tab.js';

let browser: Browser;
let server: RunningServer;
beforeAll(async () => {
  browser = await chromium.launch({ executablePath: ensureChromium(), args: FLAGS });
  server = await startRunledger({ extraArguments: ['--enable-workspaces'] });
});
afterAll(async () => {
  await browser?.close();
  await server?.stop();
});

async function post(path: string, body: unknown, workspace?: string) {
  const answer = await fetch(`${server.url}${path}`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      ...(workspace === undefined ? {} : { 'X-MLFLOW-WORKSPACE': workspace }),
    },
    body: JSON.stringify(body),
  });
  expect(answer.status).toBeLessThan(300);
  return (await answer.json()) as Record<string, string>;
}

it('shows one workspace at a time, named in the address, and administers them', async () => {
  const context = await browser.newContext({ viewport: { width: 1400, height: 900 } });
  const faults = newFaults(new URL(server.url).origin);
  const page = await context.newPage();
  page.setDefaultTimeout(15_000);
  faults.watch(page);
  onTestFinished(() => context.close());

  await page.goto(`${server.url}/#/admin?tab=workspaces`);
  await page.getByLabel('Workspace name').fill('team-web');
  await page.getByLabel('Description', { exact: true }).fill('Those of the web');
  await page.getByRole('button', { name: 'Create workspace' }).click();
  await page.getByRole('button', { name: 'Edit team-web' }).click();
  await page.getByLabel('New description').fill('Other words');
  await page.getByRole('button', { name: 'Save' }).click();
  await page.getByRole('cell', { name: 'Other words' }).waitFor();
  await expectAccessible(page);

  await post('/api/2.0/mlflow/experiments/create', { name: 'of-all' });
  const made = await post('/api/2.0/mlflow/experiments/create', { name: 'of-web' }, 'team-web');
  await post('/api/2.0/mlflow/registered-models/create', { name: 'web-model' }, 'team-web');
  const choice = page.getByRole('combobox', { name: 'Workspace' });
  await choice.selectOption('team-web');
  await page.getByRole('link', { name: 'of-web' }).waitFor();
  expect(await page.getByRole('link', { name: 'of-all' }).count()).toBe(0);
  expect(page.url()).toContain('workspace=team-web');
  await page.getByRole('link', { name: 'Models', exact: true }).click();
  await page.getByRole('link', { name: 'web-model' }).waitFor();
  expect(page.url()).toContain('#/models?workspace=team-web');

  const saved = page.waitForEvent('download');
  await page.getByRole('link', { name: 'Audit log' }).click();
  await page.getByRole('link', { name: 'Export' }).click();
  expect(await readFile(await (await saved).path(), 'utf8')).toContain('web-model');

  const other = await context.newPage();
  await other.goto(`${server.url}/#/experiments/${made.experiment_id}?workspace=team-web`);
  await other.getByRole('heading', { name: 'of-web' }).waitFor();
  await other.close();

  await choice.selectOption('default');
  await page.getByRole('link', { name: 'of-all' }).waitFor();
  expect(await page.getByRole('link', { name: 'of-web' }).count()).toBe(0);
  await page.goBack();
  await page.getByRole('link', { name: 'Export' }).waitFor();
  expect(await choice.inputValue()).toBe('team-web');

  await page.goto(`${server.url}/#/admin?tab=workspaces&workspace=default`);
  await page.getByRole('button', { name: 'Delete team-web' }).click();
  await page.getByLabel('Move all that is in it').check();
  await page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click();
  await page.getByRole('dialog').waitFor({ state: 'detached' });
  await page.getByRole('link', { name: 'Models', exact: true }).click();
  await page.getByRole('link', { name: 'web-model' }).waitFor();
  expect(faults.take()).toEqual([]);
});
