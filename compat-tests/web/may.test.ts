import { describe, expect, inject, it } from 'vitest';
import { people } from './support/people.js';

const { as } = people();
const { url, experiment } = inject('governed');
const VERSION = '/models/credit-risk/versions/3';

describe('whoever may only look', () => {
  it('is offered nothing that changes a model, a version or a run', async () => {
    const otto = await as('otto', VERSION);
    await otto.getByText('Adds tenure').waitFor();
    // What one may do has been asked for by then.
    await otto.waitForLoadState('networkidle');
    const offered = (name: RegExp) => otto.getByRole('button', { name }).count();
    expect(await offered(/^(Edit|Tag|Stage|Set alias|Remove)/)).toBe(0);
    await otto.goto(`${url}/#/models/credit-risk?tab=stages`);
    await otto.getByRole('region', { name: 'Production' }).getByText('Version 2').waitFor();
    expect(await offered(/^Move version/)).toBe(0);
    await otto.goto(`${url}/#${VERSION}/readiness`);
    await otto.getByText('Model card is complete and current').waitFor();
    expect(await offered(/^Request promotion/)).toBe(0);
    await otto.goto(`${url}/#/experiments/${experiment}`);
    await otto
      .getByLabel(/^Select run/)
      .first()
      .check();
    const bar = otto.getByRole('region', { name: 'Selected runs' });
    await bar.getByRole('button', { name: 'CSV' }).waitFor();
    expect(await offered(/^(Tag|Delete|Restore)$/)).toBe(0);
  });
});

describe('a card', () => {
  it('that somebody else has saved meanwhile is not written over', async () => {
    const name = 'card-of-two';
    const ada = await as('ada', '/models');
    const send = async (method: 'POST' | 'PUT', path: string, data: object | string) => {
      const type = typeof data === 'string' ? 'application/yaml' : 'application/json';
      const headers = { 'content-type': type, origin: new URL(url).origin };
      const answer = await ada.request.fetch(`${url}/api/${path}`, { method, headers, data });
      expect(answer.status()).toBe(200);
    };
    await send('POST', '2.0/mlflow/registered-models/create', { name });
    const source = 's3://elsewhere/model';
    await send('POST', '2.0/mlflow/model-versions/create', { name, source });
    const card = (use: string) =>
      JSON.stringify({
        ...{ name, version: '1', intended_use: `Scoring applications of ${use}.` },
        limitations: 'Trained on customers of two countries; not for companies.',
        ...{ training_dataset: 'applications_2026_q3', owner: 'credit-team' },
        fairness_metrics: { demographic_parity: 0.95 },
      });
    await ada.goto(`${url}/#/models/${name}/versions/1/readiness?tab=card`);
    const text = ada.getByLabel('Model card, in YAML');
    await text.fill(card('private customers'));
    await ada.getByText('The server has nothing to object to').waitFor();
    await send('PUT', `governance/v1/models/${name}/versions/1/card`, card('students'));
    await ada.getByRole('button', { name: 'Save card' }).click();
    await ada.getByText('Somebody has saved another card').waitFor();
    await ada.getByRole('button', { name: 'Take theirs' }).click();
    await expect.poll(() => text.inputValue()).toContain('of students');
  });
});
