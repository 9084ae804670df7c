import { describe, expect, inject, it } from 'vitest';
import { people } from './support/people.js';

const { as, allow } = people();
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

describe('an emergency', () => {
  it('is offered to who may declare one, and to nobody else', async () => {
    const declare = { name: 'Declare an emergency' };
    const oliver = await as('oliver', '/inbox?tab=emergencies');
    await oliver.getByRole('button', declare).waitFor();
    for (const person of ['ada', 'lena', 'otto'] as const) {
      const page = await as(person, '/inbox?tab=emergencies');
      await page.getByText('The live model').first().waitFor();
      expect([person, await page.getByRole('button', declare).count()]).toEqual([person, 0]);
    }
  });

  it('is reviewed by who may, once there is something to review', async () => {
    const oliver = await as('oliver', '/inbox?tab=emergencies');
    const declared = await oliver.request.post(`${url}/api/governance/v1/break-glass`, {
      headers: { origin: new URL(url).origin },
      data: { model: 'credit-risk', reason: 'It scores nobody at all today.', ticket: 'INC-9' },
    });
    expect(declared.status()).toBe(200);
    for (const person of ['ada', 'lena', 'admin'] as const) {
      const page = await as(person, '/inbox?tab=emergencies');
      const one = page.locator('section.card').filter({ hasText: 'It scores nobody at all' });
      await one.getByText('is reviewed once it was used or has ended').waitFor();
      expect(await one.getByRole('button').count()).toBe(0);
    }
    const ada = await as('ada', '/inbox?tab=emergencies');
    await ada.getByText('It scores nobody at all').waitFor();
    expect(await ada.getByLabel(/^Review of the emergency/).count()).toBe(0);
  });
});

describe('what serves', () => {
  it('is rolled back by who may: edit alone is not enough, and not asked for either', async () => {
    const live = '/models/credit-risk/versions/2/readiness?tab=live';
    const back = { name: 'Roll back' };
    for (const person of ['oliver', 'lena', 'admin'] as const) {
      const page = await as(person, live);
      await page.getByRole('button', back).waitFor();
    }
    for (const person of ['ada', 'otto'] as const) {
      const page = await as(person, live);
      await page
        .getByRole('table', { name: 'Live versions' })
        .getByText('Version 2')
        .first()
        .waitFor();
      expect([person, await page.getByRole('button', back).count()]).toEqual([person, 0]);
    }
  });
});

describe('an alert', () => {
  it('is shown without a button to who may not acknowledge it', async () => {
    const otto = await as('otto', '/alerts');
    const alerts = otto.locator('article.alert').filter({ hasText: 'fraud' });
    await alerts.first().waitFor();
    await otto.waitForLoadState('networkidle');
    expect(await alerts.getByRole('button', { name: 'Acknowledge' }).count()).toBe(0);
  });
});

describe('stages of a policy', () => {
  it('have their lanes and their words in menus when no version is in them', async () => {
    const admin = await as('admin', '/models');
    const origin = new URL(url).origin;
    const send = async (method: 'POST' | 'PUT', path: string, data: object) => {
      const answer = await admin.request.fetch(`${url}/api/${path}`, {
        ...{ method, headers: { origin }, data },
      });
      expect(answer.status()).toBe(200);
    };
    const policy = (await (await admin.request.get(`${url}/api/governance/v1/policy`)).json())
      .policy;
    const policy_yaml =
      'profiles:\n  - name: laned\n    models: [laned]\n    mode: enforce\n' +
      '    stages: [{ name: Shadow, acts_as: Staging }, { name: Canary, acts_as: Production }]\n';
    await send('PUT', 'governance/v1/policy', { policy_yaml });
    try {
      await send('POST', '2.0/mlflow/registered-models/create', { name: 'laned' });
      const version = { name: 'laned', source: 's3://elsewhere/model' };
      await send('POST', '2.0/mlflow/model-versions/create', version);
      await admin.goto(`${url}/#/models/laned?tab=stages`);
      await admin.getByRole('region', { name: 'Canary' }).getByText('None').waitFor();
      expect(await admin.locator('.lane h2').allTextContents()).toEqual([
        ...['None', 'Staging', 'Shadow', 'Production', 'Canary', 'Archived'],
      ]);
      await admin.getByRole('button', { name: 'Move version 1' }).click();
      await admin.getByRole('menuitem', { name: 'Move to Shadow' }).click();
      await admin.getByRole('button', { name: 'Move', exact: true }).click();
      await admin.getByRole('region', { name: 'Shadow' }).getByText('Version 1').waitFor();
      // It has no signature.
      allow(/404 \(Not Found\)/);
      await admin.goto(`${url}/#/models/laned/versions/1/readiness`);
      await admin.getByRole('button', { name: 'Canary' }).waitFor();
    } finally {
      await send('PUT', 'governance/v1/policy', { policy_yaml: policy.policy_yaml });
    }
  });
});

describe('a card', () => {
  it('is shown to who may not change it, with what the server says of it', async () => {
    const otto = await as('otto', '/models/credit-risk/versions/2/readiness?tab=card');
    await otto.getByText('The server has nothing to object to').waitFor();
    expect(await otto.getByText('No card yet').count()).toBe(0);
    expect(await otto.getByRole('button', { name: 'Save card' }).count()).toBe(0);
  });

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
    // The server is who finds that out.
    allow(/409 \(Conflict\)/);
    await ada.getByRole('button', { name: 'Save card' }).click();
    await ada.getByText('Somebody has saved another card').waitFor();
    await ada.getByRole('button', { name: 'Take theirs' }).click();
    await expect.poll(() => text.inputValue()).toContain('of students');
    const mine = `# As we agreed.\n${card('private customers')}`;
    await text.fill(mine);
    await ada.getByText('The server has nothing to object to').waitFor();
    await send('PUT', `governance/v1/models/${name}/versions/1/card`, card('pensioners'));
    await ada.getByRole('button', { name: 'Save card' }).click();
    await ada.getByRole('button', { name: 'Keep mine' }).click();
    await ada.getByRole('button', { name: 'Save card' }).click();
    await ada.getByText('The card is saved').waitFor();
    await ada.waitForLoadState('networkidle');
    expect(await text.inputValue()).toBe(mine);
    const stored = await ada.request.get(`${url}/api/governance/v1/models/${name}/versions/1/card`);
    expect((await stored.json()).card.intended_use).toContain('private customers');
  });
});
