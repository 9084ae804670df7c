import { readFile } from 'node:fs/promises';
import { describe, expect, inject, it } from 'vitest';
import { eachInTab } from './support/tab.js';

const filled = inject('webFilled');
const tab = eachInTab();
const link = (name: string) => tab.page.getByRole('link', { name, exact: true });
const filterBox = () => tab.page.getByRole('combobox', { name: 'Filter of runs' });

/** Names of the runs in sight, from the top down. */
const shown = () =>
  tab.page.locator('.run-body .cell.first a').evaluateAll((links) =>
    links
      .map((each) => ({ text: each.textContent ?? '', top: each.getBoundingClientRect().top }))
      .sort((a, b) => a.top - b.top)
      .map(({ text }) => text),
  );

describe('experiments', () => {
  it('are listed, searched, made, renamed, deleted and restored', async () => {
    const { page } = tab;
    await tab.visit('/');
    await link('churn-tuning').waitFor();
    await tab.expectAccessible();
    await page.getByLabel('Search experiments by name').fill('MANY');
    await link('churn-tuning').waitFor({ state: 'detached' });
    await link('many-runs').waitFor();
    await page.getByLabel('Search experiments by name').fill('');
    await page.getByRole('button', { name: 'New experiment' }).click();
    await page.getByLabel('Name', { exact: true }).fill('many-runs');
    await page.getByRole('button', { name: 'Create' }).click();
    tab.allow(/400/);
    await page.getByRole('dialog').getByText('already exists').waitFor();
    await page.getByLabel('Name', { exact: true }).fill('made here');
    await page.getByRole('button', { name: 'Create' }).click();
    await page.getByRole('heading', { name: 'No runs here yet' }).waitFor();
    await tab.visit('/experiments');
    await page.getByRole('button', { name: 'Actions on made here' }).click();
    await page.getByRole('menuitem', { name: 'Delete' }).click();
    await page.getByRole('button', { name: 'Delete', exact: true }).click();
    await link('made here').waitFor({ state: 'detached' });
    await page.getByRole('button', { name: 'Deleted', exact: true }).click();
    await page.getByRole('button', { name: 'Actions on made here' }).click();
    await page.getByRole('menuitem', { name: 'Restore' }).click();
    await page.getByText('Nothing here yet').waitFor();
  });
});

describe('the runs of an experiment', () => {
  it('are filtered with completion, and what is wrong is said where it was typed', async () => {
    const { page } = tab;
    await tab.visit(`/experiments/${filled.experiment}`);
    await link('tune-0').waitFor();
    await tab.expectAccessible();
    await filterBox().click();
    await filterBox().pressSequentially('metrics.lo');
    await page.getByRole('option', { name: 'metrics.loss' }).click();
    await page.getByRole('option', { name: '<', exact: false }).first().waitFor();
    await filterBox().pressSequentially("< 'x'");
    await filterBox().press('Enter');
    tab.allow(/400/);
    await page.getByRole('alert').getByText('numeric').waitFor();
    expect(await filterBox().getAttribute('aria-invalid')).toBe('true');
    await filterBox().fill("params.optimizer = 'adam' AND params.depth = '1'");
    await filterBox().press('Enter');
    await expect.poll(shown).toEqual(['tune-1', 'tune-0']);
    expect(page.url()).toContain('filter=');
    await page.reload();
    await expect.poll(shown).toEqual(['tune-1', 'tune-0']);
  });

  it('are ordered by the server, and a view is kept in the address', async () => {
    const { page } = tab;
    await tab.visit(`/experiments/${filled.experiment}?filter=params.depth%20!%3D%20'9'`);
    await page.getByRole('columnheader', { name: 'f1' }).getByRole('button').click();
    await expect.poll(async () => (await shown())[0]).toMatch(/tune-[37]/);
    await page.getByRole('columnheader', { name: 'f1' }).getByRole('button').click();
    await expect.poll(async () => (await shown())[0]).toMatch(/tune-[04]/);
    await page.getByRole('button', { name: 'Columns' }).click();
    await page.getByRole('checkbox', { name: 'team' }).check();
    await page.getByRole('checkbox', { name: 'accuracy' }).uncheck();
    await page.getByLabel('Find a column').fill('of another run');
    await page.getByRole('button', { name: 'params.of another run' }).click();
    await page.keyboard.press('Escape');
    await page.getByRole('columnheader', { name: 'of another run' }).waitFor();
    await page.getByRole('columnheader', { name: 'team' }).waitFor();
    await page.reload();
    await page.getByRole('columnheader', { name: 'team' }).waitFor();
    expect(await page.getByRole('columnheader', { name: 'accuracy' }).count()).toBe(0);
  });

  it('are looked at in steps, which the back button takes back', async () => {
    const { page } = tab;
    await tab.visit(`/experiments/${filled.experiment}`);
    await link('tune-3').waitFor();
    await filterBox().fill("params.depth = '1'");
    await filterBox().press('Enter');
    await expect.poll(shown).toEqual(['tune-1', 'tune-0']);
    await page.getByLabel('Group runs by').selectOption({ label: 'By team' });
    await page.getByRole('button', { name: /^north/ }).waitFor();
    await page.goBack();
    await expect.poll(shown).toEqual(['tune-1', 'tune-0']);
    await page.goBack();
    await link('tune-3').waitFor();
    expect(await filterBox().inputValue()).toBe('');
    await page.goForward();
    await expect.poll(shown).toEqual(['tune-1', 'tune-0']);
    expect(await filterBox().inputValue()).toBe("params.depth = '1'");
  });

  it('are grouped by a tag and by their parent, all of them, with means', async () => {
    const { page } = tab;
    await tab.visit(`/experiments/${filled.experiment}`);
    await page.getByLabel('Group runs by').selectOption({ label: 'By team' });
    const north = page.getByRole('button', { name: /^north/ });
    await north.waitFor();
    await page.getByRole('row', { name: /^south 4.*Mean 0.535/ }).waitFor();
    expect(await shown()).toEqual([]);
    await north.click();
    await expect.poll(shown).toEqual(['tune-5', 'tune-4', 'tune-1', 'tune-0']);
    expect(await north.getAttribute('aria-expanded')).toBe('true');
    await tab.expectAccessible();
    await page.getByLabel('Select run tune-4').check();
    await page.getByRole('region', { name: 'Selected runs' }).waitFor();
    await north.click();
    await expect.poll(shown).toEqual([]);
    await page.getByLabel('Group runs by').selectOption({ label: 'By parent run' });
    await page.getByRole('button', { name: /^sweep 2/ }).click();
    await expect.poll(shown).toEqual(['child-1', 'child-0']);
    await tab.visit(`/experiments/${filled.many}?group=tags.half`);
    await page.getByRole('row', { name: /^even 225/ }).waitFor();
    await page.getByRole('button', { name: /^odd 225/ }).click();
    await link('sweep-0449').waitFor();
    await page
      .locator('.run-table')
      .evaluate((element) => element.scrollTo(0, element.scrollHeight));
    await link('sweep-0251').waitFor();
    await page.getByText('2 groups of 450 runs').waitFor();
    await tab.visit(`/experiments/${filled.many}?group=params.index`);
    await page.getByText('100 groups of 450 runs so far, scroll for more').waitFor();
  });

  it('are grouped, searched and shown by keys that only old runs have', async () => {
    const { page } = tab;
    const ask = async (path: string, body: object) => {
      const answer = await fetch(`${inject('url')}/api/2.0/mlflow/runs/${path}`, {
        method: 'POST',
        headers: { 'Content-Type': 'application/json' },
        body: JSON.stringify(body),
      });
      return answer.json() as Promise<{ runs: { info: { run_id: string } }[] }>;
    };
    const { runs } = await ask('search', {
      experiment_ids: [filled.many],
      filter: "attributes.run_name = 'sweep-0001'",
    });
    await ask('set-tag', { run_id: runs[0]?.info.run_id, key: 'early', value: 'bird' });
    await tab.visit(`/experiments/${filled.many}`);
    await page.getByLabel('Group runs by').selectOption({ label: 'By early' });
    await page.getByRole('row', { name: /^bird 1/ }).waitFor();
    await filterBox().fill('tags.ear');
    await page.getByRole('option', { name: 'tags.early' }).waitFor();
    await filterBox().fill('');
    await page.keyboard.press('Escape');
    await page.getByRole('button', { name: 'Columns' }).click();
    await page.getByRole('checkbox', { name: 'early' }).check();
    await page.keyboard.press('Escape');
    await page.getByRole('columnheader', { name: 'early' }).waitFor();
  });

  it('are shown in pages as one scrolls, and only those in sight', async () => {
    const { page } = tab;
    await tab.visit(`/experiments/${filled.many}`);
    await link('sweep-0449').waitFor();
    const table = page.locator('.run-table');
    await expect
      .poll(
        async () => {
          await table.evaluate((element) => element.scrollTo(0, element.scrollHeight));
          return (await shown()).at(-1);
        },
        { timeout: 20_000 },
      )
      .toBe('sweep-0000');
    expect((await shown()).length).toBeLessThan(80);
    await page.getByText('450 runs', { exact: true }).waitFor();
  });

  it('are exported, all of them', async () => {
    const { page } = tab;
    await tab.visit(`/experiments/${filled.many}`);
    await link('sweep-0449').waitFor();
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('button', { name: 'Export CSV' }).click(),
    ]);
    const lines = (await readFile(await download.path(), 'utf8')).trim().split('\r\n');
    expect(lines).toHaveLength(451);
    expect(lines[0]).toContain('run_id,status,start_time,duration,metrics.loss,params.index');
  });

  it('are tagged, deleted and restored together', async () => {
    const { page } = tab;
    const mine = encodeURIComponent("attributes.run_name LIKE 'sweep-004%'");
    await tab.visit(`/experiments/${filled.many}?filter=${mine}`);
    await page.getByLabel('Select run sweep-0049').check();
    await page.getByLabel('Select run sweep-0048').check();
    await page.getByRole('button', { name: 'Tag', exact: true }).click();
    await page.getByLabel('Key').fill('chosen');
    await page.getByLabel('Value').fill('yes');
    await page.getByRole('button', { name: 'Set tag' }).click();
    await page.getByText('Tagged 2 runs').waitFor();
    await page.getByLabel('Select run sweep-0049').check();
    await page.getByRole('button', { name: 'Delete', exact: true }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click();
    await link('sweep-0049').waitFor({ state: 'detached' });
    await page.getByRole('button', { name: 'Deleted', exact: true }).click();
    await page.getByLabel('Select run sweep-0049').check();
    await page.getByRole('button', { name: 'Restore' }).click();
    await page.getByText('No run fits this filter').waitFor();
    await page.getByRole('button', { name: 'Active', exact: true }).click();
    await page.getByLabel('Select run sweep-0049').check();
    await page.getByLabel('Select run sweep-0048').check();
    await page.getByRole('link', { name: 'Compare' }).click();
    await page.getByRole('heading', { name: 'Compare 2 runs' }).waitFor();
  });

  it('show how runs under way get on', async () => {
    const { page } = tab;
    await tab.visit(`/experiments/${filled.experiment}?filter=attributes.run_name%3D'under-way'`);
    await page.getByText('Running').waitFor();
    const change = (path: string, body: object) =>
      fetch(`${inject('url')}/api/2.0/mlflow/runs/${path}`, {
        method: 'POST',
        headers: { 'Content-Type': 'application/json' },
        body: JSON.stringify({ run_id: filled.running, ...body }),
      });
    await change('log-metric', { key: 'loss', value: 0.125, timestamp: 1, step: 0 });
    await page.getByText('0.125').waitFor();
    await change('update', { status: 'FAILED', end_time: Date.now() });
    await page.getByText('Failed').waitFor();
  });
});
