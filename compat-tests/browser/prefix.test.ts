import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ensureEnvironment } from '../../scripts/python-envs.mjs';
import { type RunningServer, STOCK_VERSION } from '../servers.js';
import { type Filled, fill, startWithPages } from './support/server.js';
import { eachInTab } from './support/tab.js';

const PREFIX = '/ml';
const SUITES = ['test_runs.py', 'test_artifacts.py', 'test_logged_models.py'];

let server: RunningServer;
let filled: Filled;

beforeAll(async () => {
  server = await startWithPages({ staticPrefix: PREFIX });
  // All that the client does, it does below the prefix.
  filled = fill(server.url);
});
afterAll(() => server?.stop());

describe('below a prefix', () => {
  const browser = eachInTab(() => server.url);

  it('lists experiments and the runs of one', async () => {
    const { page, visit } = browser.tab;
    await visit('/experiments');
    await page.getByText('Model training', { exact: true }).click();
    await page.getByRole('link', { name: 'browser-tour' }).first().click();
    await page.getByRole('link', { name: 'alpha-run', exact: true }).waitFor();
    expect(new URL(page.url()).pathname).toBe(`${PREFIX}/`);
  });

  it('shows a run with its dataset, a chart and an artifact', async () => {
    const { page, visit } = browser.tab;
    await visit(`/experiments/${filled.experiment}/runs/${filled.runs[0]}`);
    for (const text of ['optimizer', 'adam', 'accuracy', 'tour-data']) {
      await page.getByText(text).first().waitFor();
    }
    await page.getByRole('tab', { name: 'Model metrics' }).click();
    await page.getByPlaceholder('Search metric charts').fill('loss');
    const line = page.locator('.js-plotly-plot .scatterlayer .trace path.js-line').first();
    await line.waitFor({ state: 'attached' });
    await page.getByRole('tab', { name: 'Artifacts' }).click();
    await page.getByText('readme.md', { exact: true }).first().click();
    await page.getByRole('heading', { name: 'Heading' }).waitFor();
  });

  it('shows a model version and a prompt', async () => {
    const { page, visit } = browser.tab;
    await visit('/models/tour-model/versions/1');
    await page.getByText('Inputs (2)').waitFor();
    await visit('/prompts/tour-prompt');
    await page.getByText('Say {{word}} twice').first().waitFor();
  });

  it('shows a trace with its spans', async () => {
    const { page, visit } = browser.tab;
    await visit(`/experiments/${filled.genai}/traces`);
    const news = page.getByRole('button', { name: 'Got it' });
    await page.addLocatorHandler(news, () => news.click());
    await page.getByText('otters').first().click();
    await page.getByText('look_up').first().waitFor();
  });
});

it('is where the newest client works', async () => {
  const python = ensureEnvironment(STOCK_VERSION);
  const { stdout } = await promisify(execFile)(
    python,
    ['-B', '-m', 'pytest', '-p', 'no:cacheprovider', ...SUITES],
    {
      cwd: new URL('../python', import.meta.url),
      env: { ...process.env, RUNLEDGER_COMPAT_URL: server.url },
    },
  );
  expect(stdout).toContain('100%');
}, 300_000);
