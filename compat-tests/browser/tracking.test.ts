import type { Page } from 'playwright-core';
import { describe, expect, inject, it } from 'vitest';
import { eachInTab } from './support/tab.js';

const { experiment, runs } = inject('filled');
const [alpha = ''] = runs;
const browser = eachInTab();

const runLink = (page: Page, name: string) => page.getByRole('link', { name, exact: true });

/** The table keeps a part of a row in each of its panes; `row-id` ties them together. */
async function rowOf(page: Page, name: string) {
  const part = page.locator('.ag-row', { hasText: name }).first();
  return page.locator(`.ag-row[row-id="${await part.getAttribute('row-id')}"]`);
}

/** Names of the runs that are shown, from the top down. */
const shownRuns = (page: Page): Promise<string[]> =>
  page.locator('.ag-row').evaluateAll((rows) =>
    rows
      .filter((row) => row.querySelector('a[href*="/runs/"]') !== null)
      .sort(
        (one, two) => Number(one.getAttribute('row-index')) - Number(two.getAttribute('row-index')),
      )
      .map((row) => row.querySelector('a[href*="/runs/"]')?.textContent ?? ''),
  );

describe('experiments and runs', () => {
  it('lists experiments and opens one', async () => {
    const { page, visit } = browser.tab;
    await visit('/experiments');
    await page.getByText('Model training', { exact: true }).click();
    await page.getByRole('link', { name: 'browser-tour' }).first().click();
    await runLink(page, 'alpha-run').waitFor();
    expect(page.url()).toContain(`/experiments/${experiment}/runs`);
  });

  it('filters the table of runs', async () => {
    const { page, visit } = browser.tab;
    await visit(`/experiments/${experiment}/runs`);
    await runLink(page, 'gamma-run').waitFor();
    const filter = page.getByPlaceholder(/metrics\.rmse/);
    await filter.fill('params.rate = "0.1" and metrics.loss < 1');
    await filter.press('Enter');
    await runLink(page, 'gamma-run').waitFor({ state: 'detached' });
    expect(await shownRuns(page)).toEqual(['alpha-run']);
    await filter.fill('');
    await filter.press('Enter');
    await runLink(page, 'gamma-run').waitFor();
  });

  it('sorts the table of runs by a metric', async () => {
    const { page, visit } = browser.tab;
    await visit(`/experiments/${experiment}/runs`);
    await page.getByRole('button', { name: /Sort: Created/ }).click();
    await page.getByRole('menuitemcheckbox', { name: 'loss', exact: true }).click();
    await page.getByRole('button', { name: /Sort: loss/ }).waitFor();
    await expect
      .poll(async () => (await shownRuns(page)).slice(0, 3), { timeout: 20_000 })
      .toEqual(['gamma-run', 'beta-run', 'alpha-run']);
  });

  it('shows the runs inside of a run', async () => {
    const { page, visit } = browser.tab;
    await visit(`/experiments/${experiment}/runs`);
    await runLink(page, 'parent-run').waitFor();
    expect(await shownRuns(page)).not.toContain('child-0');
    const parent = await rowOf(page, 'parent-run');
    await parent
      .locator('button', { has: page.locator('svg') })
      .first()
      .click();
    await runLink(page, 'child-0').waitFor();
    await runLink(page, 'child-1').waitFor();
  });

  it('draws charts of all runs', async () => {
    const { page, visit } = browser.tab;
    await visit(`/experiments/${experiment}/runs?compareRunsMode=CHART`);
    const search = page.getByPlaceholder('Search metric charts');
    await search.fill('loss');
    await expect
      .poll(() => page.locator('.js-plotly-plot .scatterlayer .trace').count(), { timeout: 30_000 })
      .toBeGreaterThanOrEqual(3);
  });
});

describe('one run', () => {
  it('shows its params, metrics and dataset', async () => {
    const { page, visit } = browser.tab;
    await visit(`/experiments/${experiment}/runs/${alpha}`);
    await page.getByRole('heading', { name: 'alpha-run' }).waitFor();
    for (const text of ['optimizer', 'adam', 'rate', 'accuracy', 'extra/metric_19', 'tour-data']) {
      await page.getByText(text).first().waitFor();
    }
  });

  it('draws the history of a metric', async () => {
    const { page, visit } = browser.tab;
    await visit(`/experiments/${experiment}/runs/${alpha}`);
    await page.getByRole('tab', { name: 'Model metrics' }).click();
    await page.getByPlaceholder('Search metric charts').fill('loss');
    const line = page.locator('.js-plotly-plot .scatterlayer .trace path.js-line').first();
    await line.waitFor({ state: 'attached' });
    expect((await line.getAttribute('d'))?.length).toBeGreaterThan(100);
  });

  it('is compared with others', async () => {
    const { page, visit } = browser.tab;
    await visit(`/experiments/${experiment}/runs`);
    await runLink(page, 'gamma-run').waitFor();
    for (const name of ['alpha-run', 'gamma-run']) {
      const row = await rowOf(page, name);
      await row
        .getByRole('checkbox', { name: /row selection/ })
        .first()
        .check({ force: true });
    }
    await page.getByRole('button', { name: 'Compare' }).click();
    await page.getByRole('heading', { name: /Comparing 2 Runs/ }).waitFor();
    for (const text of ['alpha-run', 'gamma-run']) {
      await page.getByText(text, { exact: true }).first().waitFor();
    }
    await page.locator('tr', { hasText: 'rate' }).locator('td', { hasText: '0.4' }).waitFor();
    for (const text of ['extra/metric_11', '1.1', '4.4']) {
      await page.getByText(text, { exact: true }).first().waitFor();
    }
    await page.locator('.js-plotly-plot .parcoords').first().waitFor();
    expect(await page.getByText('WebGL is not supported').count()).toBe(0);
  });
});

describe('artifacts', () => {
  it.each([
    ['readme.md', 'Heading'],
    ['table.csv', 'column_b'],
    ['answers.json', 'question'],
  ])('shows %s', async (file, text) => {
    const { page, visit } = browser.tab;
    await visit(`/experiments/${experiment}/runs/${alpha}/artifacts`);
    await page.getByText(file, { exact: true }).first().click();
    await page.getByText(text).first().waitFor();
  });

  it('shows a text in a folder', async () => {
    const { page, visit } = browser.tab;
    await visit(`/experiments/${experiment}/runs/${alpha}/artifacts`);
    await page.getByText('notes', { exact: true }).click();
    await page.getByText('plain.txt').click();
    await page.getByText('plain words of an artifact').waitFor();
  });

  it('shows an image', async () => {
    const { page, visit } = browser.tab;
    await visit(`/experiments/${experiment}/runs/${alpha}/artifacts`);
    await page.getByText('picture.png', { exact: true }).first().click();
    const sizes = () =>
      page
        .locator('img')
        .evaluateAll((all) => all.map((one) => ('naturalWidth' in one ? one.naturalWidth : 0)));
    await expect.poll(sizes, { timeout: 20_000 }).toContain(64);
  });

  it('shows an HTML page, whose script runs in a frame without an origin', async () => {
    const { page, visit } = browser.tab;
    await visit(`/experiments/${experiment}/runs/${alpha}/artifacts`);
    await page.getByText('page.html', { exact: true }).first().click();
    const frame = page.frameLocator('iframe.mlflow-html-iframe, iframe').first();
    await frame.getByText('script ran in null').waitFor();
  });
});
