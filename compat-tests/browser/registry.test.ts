import { describe, expect, inject, it } from 'vitest';
import { eachInTab } from './support/tab.js';

const url = inject('url');
const browser = eachInTab();

async function get(path: string, query: Readonly<Record<string, string>>) {
  const answer = await fetch(`${url}/api/2.0/mlflow/${path}?${new URLSearchParams(query)}`);
  expect(answer.status).toBe(200);
  return (await answer.json()) as Record<string, Record<string, unknown>>;
}

describe('registered models', () => {
  it('are listed and lead to a version', async () => {
    const { page, visit } = browser.tab;
    await visit('/models');
    // Once for each browser: news about the page.
    await page.getByRole('button', { name: 'Try it now' }).click();
    await page.getByRole('link', { name: 'tour-model', exact: true }).click();
    await page.getByText('words about the model').waitFor();
    await page.getByRole('link', { name: 'Version 1', exact: true }).click();
    await page.getByRole('heading', { name: 'Version 1' }).waitFor();
    await page.getByRole('link', { name: 'alpha-run' }).waitFor();
    await page.getByText('Inputs (2)').waitFor();
  });

  it('have aliases that can be changed on the page', async () => {
    const { page, visit } = browser.tab;
    await visit('/models/tour-model/versions/1');
    const alias = page.getByText('champion').first();
    await alias.locator('xpath=ancestor::*[.//button][1]').getByRole('button').click();
    await page.getByRole('dialog').getByRole('combobox').fill('challenger');
    await page.keyboard.press('Enter');
    const changed = page.waitForResponse(/\/registered-models\/alias$/);
    await page.getByRole('button', { name: 'Save aliases' }).click();
    await changed;
    await page.getByRole('dialog').waitFor({ state: 'hidden' });
    await page.getByText('challenger').first().waitFor();
    const { model_version } = await get('registered-models/alias', {
      name: 'tour-model',
      alias: 'challenger',
    });
    expect(model_version).toMatchObject({ name: 'tour-model', version: '1' });
  });

  it('have stages that can be changed on the page', async () => {
    const { page, visit } = browser.tab;
    await visit('/models/tour-model/versions/2');
    await page.getByRole('heading', { name: 'Version 2' }).waitFor();
    // The old page knows stages, the new one aliases.
    await page.getByRole('switch', { name: 'New model registry UI' }).click();
    await page.getByRole('button', { name: 'Disable' }).click();
    await page.getByRole('dialog').waitFor({ state: 'hidden' });
    await page.getByText('None', { exact: true }).first().click();
    await page.locator('[role=menuitem]', { hasText: 'Production' }).click();
    // The dialog says Production too, so the text alone does not tell that the change is made.
    const changed = page.waitForResponse(/\/transition-stage$/);
    await page.getByRole('dialog').getByRole('button', { name: 'OK' }).click();
    await changed;
    await page.getByText('Production', { exact: true }).first().waitFor();
    const { model_version } = await get('model-versions/get', { name: 'tour-model', version: '2' });
    expect(model_version).toMatchObject({ current_stage: 'Production' });
  });
});

describe('prompts', () => {
  it('are listed and shown with their versions', async () => {
    const { page, visit } = browser.tab;
    await visit('/prompts');
    await page.getByRole('link', { name: 'tour-prompt' }).click();
    await page.getByText('Say {{word}} twice').first().waitFor();
    await page.getByText('Version 1').first().click();
    await page.getByText('Say {{word}} once').first().waitFor();
    await page.getByText('production').first().waitFor();
  });
});
