import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { type Browser, chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ensureChromium } from '../../scripts/ensure-chromium.mjs';
import { ensureEnvironment } from '../../scripts/python-envs.mjs';
import { type RunningServer, STOCK_VERSION, startRunledger } from '../servers.js';
import { expectAccessible } from './support/accessible.js';

const PASSWORD = 'correct horse battery';
const CARD = `name: governed
version: "1"
intended_use: Analyzing user engagement in video calls.
limitations: Performance drops in low-light conditions.
training_dataset: internal_video_dataset_v4
fairness_metrics: {demographic_parity: 0.95, equal_opportunity: 0.92}
owner: ai-vision-team
`;
let server: RunningServer;
let browser: Browser;
let experiment: string;
const faults: string[] = [];

beforeAll(async () => {
  server = await startRunledger({
    environment: { RUNLEDGER_AUTH: 'true', MLFLOW_AUTH_ADMIN_PASSWORD: PASSWORD },
  });
  for (const username of ['ds', 'lead']) {
    await post('2.0/mlflow/users/create', { username, password: PASSWORD });
  }
  const { roles = [] } = await call('3.0/mlflow/roles/list');
  const role = roles.find(({ name }) => name === 'lead');
  await post('3.0/mlflow/roles/assign', { username: 'lead', role_id: role?.id });
  experiment = fill();
  await post('2.0/mlflow/registered-models/permissions/create', {
    ...{ name: 'governed', username: 'lead', permission: 'EDIT' },
  });
  browser = await chromium.launch({
    executablePath: ensureChromium(),
    args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking'],
  });
});
afterAll(async () => {
  await browser?.close();
  await server?.stop();
});

interface Answer {
  readonly roles?: readonly { readonly id: number; readonly name: string }[];
}

async function call(path: string, request: RequestInit = {}): Promise<Answer> {
  const answer = await fetch(`${server.url}/api/${path}`, {
    ...request,
    headers: {
      authorization: `Basic ${btoa(`admin:${PASSWORD}`)}`,
      'content-type': 'application/json',
    },
  });
  const text = await answer.text();
  expect(answer.status, text).toBe(200);
  return JSON.parse(text) as Answer;
}

const post = (path: string, body: object) =>
  call(path, { method: 'POST', body: JSON.stringify(body) });

function fill(): string {
  const program = join(import.meta.dirname, 'fill_governed.py');
  const printed = execFileSync(ensureEnvironment(STOCK_VERSION), [program, server.url], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {
      ...process.env,
      ...{ MLFLOW_TRACKING_USERNAME: 'ds', MLFLOW_TRACKING_PASSWORD: PASSWORD },
      ...{ MLFLOW_DISABLE_TELEMETRY: 'true', DO_NOT_TRACK: 'true' },
    },
  });
  return printed.trim().split('\n').at(-1) ?? '';
}

async function as(username: string, path: string): Promise<Page> {
  const page = await (
    await browser.newContext({ viewport: { width: 1400, height: 900 } })
  ).newPage();
  page.setDefaultTimeout(15_000);
  // A version without a card or a signature answers 404, which the browser notes by itself.
  page.on('console', (message) => {
    const isExpected = /status of 40[0-9]/.test(message.text());
    if (message.type() === 'error' && !isExpected) faults.push(message.text());
  });
  page.on('pageerror', (error) => faults.push(error.message));
  await page.goto(`${server.url}/signin`);
  await page.fill('#username', username);
  await page.fill('#password', PASSWORD);
  await page.click('button');
  await page.getByRole('link', { name: 'Inbox' }).waitFor();
  await page.goto(`${server.url}/#${path}`);
  return page;
}

const READINESS = '/models/governed/versions/1/readiness';

describe('governance, as its people see it', () => {
  it('leads a version from a missing card to production by two people', async () => {
    const ds = await as('ds', READINESS);
    await ds.getByText('Not ready for Production').waitFor();
    await ds.getByText('MODEL_CARD_REQUIRED').first().waitFor();
    await ds.getByRole('button', { name: 'Copy the fix' }).first().waitFor();
    await expectAccessible(ds);
    await ds.getByRole('tab', { name: 'Model card' }).click();
    const editor = ds.getByLabel('Model card, in YAML');
    await editor.fill('name: governed\n');
    await ds.getByText('to mend').waitFor();
    await editor.fill(CARD);
    await ds.getByText('The server has nothing to object to.').waitFor();
    await ds.getByRole('button', { name: 'Save card' }).click();
    await ds.getByRole('link', { name: 'Saved card as a page' }).waitFor();
    const preview = ds.getByRole('region', { name: 'Preview of the card' });
    await preview.getByText('low-light conditions').waitFor();
    await expectAccessible(ds);
    await ds.getByRole('tab', { name: 'Readiness' }).click();
    await ds.getByRole('button', { name: 'Request promotion to Production' }).click();
    await ds.getByText('Asked for by ds').waitFor();

    const lead = await as('lead', '/inbox');
    await lead.getByRole('link', { name: 'governed, version 1' }).waitFor();
    await expectAccessible(lead);
    await lead.getByRole('button', { name: 'Approve' }).click();
    await lead.getByText('Nothing waits for you').waitFor();
    await lead.goto(`${server.url}/#${READINESS}?tab=live`);
    await lead.getByRole('table', { name: 'Live versions' }).getByText('Production').waitFor();
    await expectAccessible(lead);
    await lead.getByRole('tab', { name: 'Activity' }).click();
    await lead.getByText('approved').first().waitFor();
    expect(faults).toEqual([]);
  });

  it('explores the audit log, verifies it, and makes a token', async () => {
    const admin = await as('admin', '/audit');
    await admin.getByLabel('Object', { exact: true }).fill('governed/1');
    await admin.getByText('model_version.set_card').waitFor();
    await admin.getByRole('button', { name: 'Verify the log' }).click();
    await admin.getByText('Unchanged').waitFor();
    await expectAccessible(admin);
    await admin.goto(`${server.url}/#/policies`);
    await admin.getByRole('button', { name: 'Edit' }).click();
    await admin.getByRole('button', { name: 'Dry run' }).click();
    await admin.getByText('It can be put in force').waitFor();
    await expectAccessible(admin);
    await admin.goto(`${server.url}/#/admin?tab=tokens`);
    await admin.getByLabel('Token name').fill('nightly');
    await admin.getByRole('button', { name: 'Make token' }).click();
    await admin.getByText('it is not shown again').waitFor();
    await expectAccessible(admin);
    await admin.getByRole('button', { name: 'Revoke nightly' }).click();
    await admin.getByText('You have no tokens').waitFor();
    for (const part of ['Users', 'Roles', 'Webhooks', 'Notifications', 'Health']) {
      await admin.getByRole('tab', { name: part, exact: true }).click();
      await admin
        .getByRole('tabpanel', { name: part, exact: true })
        .locator('h2')
        .first()
        .waitFor();
      await expectAccessible(admin);
    }
    expect(faults).toEqual([]);
  });

  it('shows a trace as a tree', async () => {
    const ds = await as('ds', `/experiments/${experiment}/traces`);
    await ds.getByRole('link', { name: 'answer' }).waitFor();
    await expectAccessible(ds);
    await ds.getByRole('link', { name: 'answer' }).click();
    await ds.getByRole('button', { name: 'look up' }).click();
    await ds.getByText('How much is two and two?').first().waitFor();
    await expectAccessible(ds);
    expect(faults).toEqual([]);
  });
});
