import { describe, expect, inject, it } from 'vitest';
import { eachInTab } from './support/tab.js';

const filled = inject('webFilled');
const tab = eachInTab();
const traces = `/experiments/${filled.experiment}/traces`;
const filterBox = () => tab.page.getByRole('combobox', { name: 'Filter of traces' });
const rows = () => tab.page.getByRole('table', { name: 'Traces' }).locator('tbody tr');

describe('traces', () => {
  it('are found from their experiment, searched with completion, and say what is wrong', async () => {
    const { page } = tab;
    await tab.visit(`/experiments/${filled.experiment}`);
    await page.getByRole('link', { name: 'Traces', exact: true }).click();
    await expect.poll(() => rows().count()).toBe(4);
    await page.getByText('correct: true').waitFor();
    await tab.expectAccessible();
    await filterBox().click();
    await filterBox().pressSequentially('trace.sta');
    await page.getByRole('option', { name: 'trace.status' }).click();
    // What is typed before the name stands in the box would go to where it stood.
    await expect.poll(() => filterBox().inputValue()).toMatch(/^trace\.status/);
    await filterBox().pressSequentially("= 'ERR");
    await page.getByRole('option', { name: "'ERROR'" }).click();
    await filterBox().press('Enter');
    await expect.poll(() => rows().count()).toBe(1);
    await page.reload();
    await expect.poll(() => rows().count()).toBe(1);
    tab.allow(/400/);
    await filterBox().fill('trace.nonsense = 1');
    await filterBox().press('Enter');
    await page.getByRole('alert').getByText('nonsense').waitFor();
    expect(await filterBox().getAttribute('aria-invalid')).toBe('true');
  });

  it('are trees of spans along the time, with what each was given and gave', async () => {
    const { page } = tab;
    await tab.visit(`${traces}/${filled.failedTrace}`);
    await page.getByRole('heading', { name: 'Spans (4)' }).waitFor();
    await page.getByText('The model did not answer in time').first().waitFor();
    await page.getByRole('button', { name: 'retrieve', exact: true }).click();
    await page.getByText('Returns are free.').waitFor();
    expect(await page.locator('.stretch').count()).toBe(4);
    await page.getByRole('button', { name: 'Spans below generate' }).click();
    await page.getByRole('button', { name: 'tokenize' }).waitFor({ state: 'detached' });
    await tab.expectAccessible();
  });

  it('show what was said of them, and take feedback', async () => {
    const { page } = tab;
    await tab.visit(`${traces}/${filled.assessedTrace}`);
    await page.getByText('It says so in the terms.').waitFor();
    await page.getByText('Expectation by ada').waitFor();
    await page.getByRole('button', { name: 'Give feedback' }).click();
    await page.getByLabel('What is judged').fill('helpful');
    await page.getByLabel(/^Value/).fill('yes');
    await tab.expectAccessible();
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByRole('listitem').filter({ hasText: 'helpful' }).getByText('true').waitFor();
  });
});

describe('prompts', () => {
  it('have versions, and show what changed from one to another', async () => {
    const { page } = tab;
    await tab.visit('/prompts');
    await page.getByLabel('Search prompts by name').fill('answer');
    await page.getByRole('link', { name: filled.chatPrompt }).waitFor({ state: 'detached' });
    await page.getByRole('link', { name: filled.prompt }).click();
    await page.getByText('Never promise a refund.').waitFor();
    await page.getByText('@live').waitFor();
    await tab.expectAccessible();
    await page.getByRole('button', { name: /^Version 1/ }).click();
    await page.getByText('Be short.').waitFor();
    await page.getByRole('tab', { name: 'Compare' }).click();
    await page.locator('ins', { hasText: 'Never promise a refund.' }).waitFor();
    await page.getByLabel('Old version').selectOption('1');
    await page.locator('del', { hasText: 'Be short.' }).waitFor();
    expect(page.url()).toContain('before=1');
    await tab.expectAccessible();
    await tab.visit(`/prompts/${filled.chatPrompt}`);
    await page.getByRole('heading', { name: 'system' }).waitFor();
    tab.allow(/404/);
    await tab.visit('/prompts/none');
    await page.getByText('RESOURCE_DOES_NOT_EXIST').waitFor();
  });
});

describe('in the dark', () => {
  it.each([
    ['runs', `/experiments/${filled.experiment}?group=tags.team`],
    ['a run', `/experiments/${filled.experiment}/runs/${filled.runs[0]}`],
    [
      'artifacts',
      `/experiments/${filled.experiment}/runs/${filled.runs[0]}?tab=artifacts&file=scores.csv`,
    ],
    [
      'a comparison',
      `/compare-runs?runs=${encodeURIComponent(JSON.stringify(filled.runs.slice(0, 3)))}`,
    ],
    ['traces', traces],
    ['a trace', `${traces}/${filled.failedTrace}`],
    ['a prompt', `/prompts/${filled.prompt}?tab=compare`],
  ])('%s can be used by everybody', async (_, path) => {
    const { page } = tab;
    await page.emulateMedia({ colorScheme: 'dark' });
    await tab.visit(path);
    await page.locator('h1').waitFor();
    await page.waitForLoadState('networkidle');
    await tab.expectAccessible();
    await page.setViewportSize({ width: 390, height: 800 });
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(390);
  });
});
