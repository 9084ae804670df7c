import { describe, expect, it } from 'vitest';
import { people } from './support/people.js';

const { as, allow } = people();

describe('a version', () => {
  it('shows its number, why it has it, its signature, and what was found in ONNX', async () => {
    const ada = await as('ada', '/models/credit-risk/versions/3');
    await ada.locator('.page-name .semver', { hasText: '2.0.0' }).waitFor();
    await ada.getByText('Compared with version 1.1.0.').waitFor();
    await ada.getByRole('tab', { name: 'Signature' }).click();
    await ada.getByRole('heading', { name: 'Inputs (1)' }).waitFor();
    await ada.getByText('float32 (-1 × 4)').waitFor();
    const onnx = ada.locator('section.card').filter({ hasText: 'Operator set' });
    await onnx.getByText('Verified').waitFor();
    expect(Number(await onnx.locator('dd').first().textContent())).toBeGreaterThan(9);
  });

  it('shows its digests, and gives its files', async () => {
    const ada = await as('ada', '/models/credit-risk/versions/2?tab=files');
    await ada.getByText('Unchanged since registration').waitFor();
    const [download] = await Promise.all([
      ada.waitForEvent('download'),
      ada.getByRole('link', { name: 'Download model.onnx' }).click(),
    ]);
    expect(download.suggestedFilename()).toBe('model.onnx');
  });

  it('shows who loads it, in a graph that begins with its data', async () => {
    const ada = await as('ada', '/models/credit-risk/versions/2?tab=lineage');
    const part = (name: string) => ada.getByRole('region', { name });
    await part('Data').getByText('applications_2026_q3').waitFor();
    await part('Data').getByText('bureau_scores').waitFor();
    await part('Run').getByRole('link', { name: 'logistic-2' }).waitFor();
    await part('Model').getByText(/^m-/).waitFor();
    await part('Version').getByText('credit-risk, version 2').waitFor();
    await part('Served as').getByText('@champion').waitFor();
    await part('Consumers').getByText('scoring-service').waitFor();
    await part('Consumers')
      .getByText(/2 loads/)
      .waitFor();
    // Two sets of data, a run, a model, a stage, an alias and a consumer hang together.
    await expect.poll(() => ada.locator('.lineage-edges path').count()).toBe(7);
  });

  it('says what it has not', async () => {
    const ada = await as('ada', '/models/churn/versions/1?tab=signature');
    await ada.getByText('No signature').waitFor();
    expect(await ada.getByRole('heading', { name: 'ONNX' }).count()).toBe(0);
    await ada.getByRole('tab', { name: 'Lineage' }).click();
    await ada.getByText('Nobody has loaded it.').waitFor();
    await ada.getByText('In no stage, and under no alias.').waitFor();
  });

  it('is not moved to Production by one person, who is told what is missing', async () => {
    allow(/status of 40[03]/);
    const ada = await as('ada', '/models/credit-risk?tab=stages');
    await ada.getByRole('button', { name: 'Move version 3' }).click();
    await ada.getByRole('menuitem', { name: 'Move to Production' }).click();
    await ada.getByRole('button', { name: 'Move', exact: true }).click();
    await ada.getByRole('dialog').getByRole('alert').getByText('MODEL_CARD_REQUIRED').waitFor();
    await ada.keyboard.press('Escape');
    await ada.getByRole('region', { name: 'Staging' }).getByText('Version 3').waitFor();
  });
});
