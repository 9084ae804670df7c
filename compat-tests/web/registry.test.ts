import { describe, expect, inject, it } from 'vitest';
import { eachInTab } from './support/tab.js';

const { model } = inject('webFilled');
const tab = eachInTab();

describe('the registry', () => {
  it('lists models, searches them, and makes one', async () => {
    const { page } = tab;
    await tab.visit('/models');
    await page.getByRole('link', { name: model, exact: true }).waitFor();
    await tab.expectAccessible();
    await page.getByLabel('Search models by name').fill('no such name');
    await page.getByText('No model has such a name').waitFor();
    await page.getByRole('button', { name: 'New model' }).click();
    await page.getByLabel('Name', { exact: true }).fill('made here');
    await page.getByRole('button', { name: 'Create' }).click();
    await page.getByRole('heading', { name: 'made here' }).waitFor();
    await page.getByText('No versions yet').waitFor();
  });

  it('shows the versions of a model, and its stages', async () => {
    const { page } = tab;
    await tab.visit(`/models/${model}`);
    await page.getByText('@champion').waitFor();
    await page.getByText('1.0.0').waitFor();
    await tab.expectAccessible();
    await page.getByRole('tab', { name: 'Stages' }).click();
    const production = page.getByRole('region', { name: 'Production' });
    await production.getByText('Version 1').waitFor();
    await tab.expectAccessible();
    await page.getByRole('button', { name: 'Move version 2' }).click();
    await page.getByRole('menuitem', { name: 'Move to Staging' }).click();
    await page.getByRole('button', { name: 'Move', exact: true }).click();
    await page.getByRole('region', { name: 'Staging' }).getByText('Version 2').waitFor();
    await page.getByRole('tab', { name: 'About' }).click();
    await page.locator('.markdown strong', { hasText: 'likely' }).waitFor();
    await tab.expectAccessible();
  });

  it('keeps a long alias within what it stands in', async () => {
    const { page } = tab;
    const name = 'long-alias';
    const post = async (path: string, data: object) => {
      const headers = { origin: new URL(inject('url')).origin };
      const to = `${inject('url')}/api/2.0/mlflow/${path}`;
      expect((await page.request.post(to, { headers, data })).status()).toBe(200);
    };
    await post('registered-models/create', { name });
    await post('model-versions/create', { name, source: 's3://elsewhere/model' });
    await post('registered-models/alias', { name, alias: 'q'.repeat(200), version: '1' });
    const at = `/models/${name}`;
    for (const path of [at, `${at}?tab=stages`, `${at}?tab=about`, `${at}/versions/1`]) {
      await tab.visit(path);
      const badge = page.locator('.badge.info', { hasText: 'qqq' });
      await badge.first().waitFor();
      const stuckOut = await badge.evaluateAll((all) =>
        all.filter((one) => {
          const around = one.closest('.version-card, .card, td, header');
          const end = around?.getBoundingClientRect().right ?? 0;
          return one.getBoundingClientRect().right > end + 1;
        }),
      );
      expect([path, stuckOut.length]).toEqual([path, 0]);
    }
  });

  it('shows a version: number, source, signature, digests, lineage', async () => {
    const { page } = tab;
    await tab.visit(`/models/${model}/versions/1`);
    await page.getByText('It is the first version.').waitFor();
    await page.getByRole('link', { name: 'tune-0' }).waitFor();
    await tab.expectAccessible();
    await page.getByLabel('New alias').fill('fresh');
    await page.getByRole('button', { name: 'Set alias' }).click();
    await page.getByRole('button', { name: 'Remove alias fresh' }).click();
    await page.getByRole('button', { name: 'Remove alias fresh' }).waitFor({ state: 'detached' });
    await page.getByRole('tab', { name: 'Signature' }).click();
    await page.getByRole('cell', { name: 'spend' }).first().waitFor();
    await tab.expectAccessible();
    await page.getByRole('tab', { name: 'Files' }).click();
    await page.getByText('Unchanged since registration').waitFor();
    await page.getByRole('link', { name: 'Download MLmodel' }).waitFor();
    await tab.expectAccessible();
    await page.getByRole('tab', { name: 'Lineage' }).click();
    await page.getByText('customers').waitFor();
    await page.getByText('@champion').last().waitFor();
    await tab.expectAccessible();
  });
});
