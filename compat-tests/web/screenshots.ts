/**
 * Takes pictures of the screens for docs/screenshots, on data that the Python client has made:
 * `npx tsx compat-tests/web/screenshots.ts`, after a build; or with names of some of them.
 */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { chromium, type Page } from 'playwright-core';
import { ensureChromium } from '../../scripts/ensure-chromium.mjs';
import { startRunledger } from '../servers.js';
import { type Filled, fill } from './support/setup.js';

const FOLDER = join(import.meta.dirname, '../../docs/screenshots');

/** A screen, by the name of its picture. */
type Screens = readonly (readonly [
  name: string,
  path: string,
  prepare?: (page: Page) => Promise<void>,
])[];

function screensOf({ experiment, runs, model, prompt, ...filled }: Filled): Screens {
  const compared = `/compare-runs?runs=${encodeURIComponent(JSON.stringify(runs.slice(0, 6)))}`;
  const run = `/experiments/${experiment}/runs/${runs[0]}`;
  return [
    ['experiments', '/experiments'],
    [
      'runs',
      `/experiments/${experiment}`,
      async (page) => {
        await page.getByLabel('Select run tune-7').check();
        await page.getByLabel('Select run tune-6').check();
      },
    ],
    [
      'runs-grouped',
      `/experiments/${experiment}?group=tags.team`,
      (page) => page.getByRole('button', { name: /^north/ }).click(),
    ],
    [
      'search',
      `/experiments/${experiment}`,
      async (page) => {
        await page.getByRole('combobox', { name: 'Filter of runs' }).click();
        await page.keyboard.type('metrics.loss < 0.1 AND ');
      },
    ],
    ['run', run],
    ['run-metrics', `${run}?tab=metrics&smooth=0.4`],
    ['run-artifacts', `${run}?tab=artifacts&file=scores.csv`],
    ['run-document', `${run}?tab=artifacts&file=report.pdf`],
    ['run-traces', `${run}?tab=traces`],
    ['traces', `/experiments/${experiment}/traces`],
    ['trace', `/experiments/${experiment}/traces/${filled.assessedTrace}`],
    ['prompt', `/prompts/${prompt}`],
    ['prompt-compare', `/prompts/${prompt}?tab=compare`],
    ['compare', compared],
    ['compare-curves', `${compared}&tab=curves`],
    ['compare-parallel', `${compared}&tab=parallel`],
    ['compare-scatter', `${compared}&tab=scatter`],
    ['compare-contour', `${compared}&tab=contour`],
    ['models', '/models'],
    ['model', `/models/${model}`],
    ['model-stages', `/models/${model}?tab=stages`],
    ['version', `/models/${model}/versions/1`],
    ['version-signature', `/models/${model}/versions/1?tab=signature`],
    ['version-files', `/models/${model}/versions/1?tab=files`],
    ['version-lineage', `/models/${model}/versions/1?tab=lineage`],
  ];
}

const LOOKS = [
  { look: 'light', colorScheme: 'light', viewport: { width: 1360, height: 820 } },
  { look: 'dark', colorScheme: 'dark', viewport: { width: 1360, height: 820 } },
  { look: 'narrow', colorScheme: 'light', viewport: { width: 390, height: 800 } },
] as const;

const server = await startRunledger();
const browser = await chromium.launch({
  executablePath: ensureChromium(),
  args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking'],
});
try {
  const wanted = process.argv.slice(2);
  const screens = screensOf(fill(server.url)).filter(
    ([name]) => wanted.length === 0 || wanted.includes(name),
  );
  for (const { look, ...settings } of LOOKS) {
    mkdirSync(join(FOLDER, look), { recursive: true });
    const context = await browser.newContext(settings);
    for (const [name, path, prepare] of screens) {
      const page = await context.newPage();
      await page.goto(`${server.url}/#${path}`);
      await page.locator('h1').waitFor();
      await page.waitForLoadState('networkidle');
      await prepare?.(page);
      await page.waitForTimeout(400);
      await page.screenshot({ path: join(FOLDER, look, `${name}.png`) });
      await page.close();
    }
    await context.close();
  }
} finally {
  await browser.close();
  await server.stop();
}
