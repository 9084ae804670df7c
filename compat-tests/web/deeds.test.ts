import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { people } from './support/people.js';

const { as, allow } = people();

const readiness = (model: string, version = 1, tab = 'readiness') =>
  `/models/${model}/versions/${version}/readiness?tab=${tab}`;

describe('requests', () => {
  it('are refused by a lead with a comment, which whoever asked reads and answers', async () => {
    const lena = await as('lena', '/inbox');
    const request = lena.getByRole('article').filter({ hasText: 'limits, version 1' });
    await request.getByLabel('Comment on the request').fill('The limits are those of last year.');
    await request.getByRole('button', { name: 'Reject' }).click();
    await request.waitFor({ state: 'detached' });
    const ada = await as('ada', readiness('limits', 1, 'activity'));
    await ada.getByText('The limits are those of last year.').waitFor();
    await ada.getByLabel('Comment', { exact: true }).fill('I train it anew.');
    await ada.getByRole('button', { name: 'Comment' }).click();
    await ada.getByRole('listitem').filter({ hasText: 'I train it anew.' }).waitFor();
    await ada.goto(ada.url().replace('tab=activity', 'tab=readiness'));
    await ada.getByLabel('Comment for those who decide').fill('With the limits of this year.');
    await ada.getByRole('button', { name: 'Request promotion to Production' }).click();
    await ada.getByText('Asked for by ada').waitFor();
    await ada.getByRole('button', { name: 'Take back' }).click();
    await ada.getByRole('button', { name: 'Request promotion to Production' }).waitFor();
  });

  it('are approved by the keyboard alone', async () => {
    const lena = await as('lena', '/inbox');
    const { keyboard } = lena;
    const request = lena.getByRole('article').filter({ hasText: 'by-keyboard' });
    await request.waitFor();
    const focused = () =>
      lena.evaluate(
        "document.activeElement.getAttribute('aria-label') ?? document.activeElement.textContent",
      );
    for (let presses = 0; presses < 60; presses += 1) {
      await keyboard.press('Tab');
      if (String(await focused()).includes('request for version 1 of by-keyboard')) break;
    }
    await keyboard.type('Read without a mouse.');
    await keyboard.press('Tab');
    expect(await focused()).toBe('Approve');
    await keyboard.press('Enter');
    await request.waitFor({ state: 'detached' });
    await lena.goto(lena.url().replace(/#.*/, `#${readiness('by-keyboard', 1, 'live')}`));
    await lena
      .getByRole('table', { name: 'Live versions' })
      .getByRole('cell', { name: 'Production' })
      .waitFor();
  });

  it('are decided by nobody who may not', async () => {
    const vera = await as('vera', '/inbox?tab=open');
    await vera.getByRole('article').filter({ hasText: 'churn, version 1' }).waitFor();
    const otto = await as('otto', '/inbox');
    await otto.getByText('Nothing waits for you').waitFor();
    expect(await otto.getByRole('button', { name: 'Approve' }).count()).toBe(0);
    const ada = await as('ada', '/inbox?tab=open');
    const own = ada.getByRole('article').filter({ hasText: 'churn, version 1' });
    await own.getByRole('button', { name: 'Take back' }).waitFor();
    expect(await own.getByRole('button', { name: 'Approve' }).count()).toBe(0);
  });
});

describe('what serves', () => {
  it('is taken back after saying what will be served, and the dialog gives the focus back', async () => {
    const lena = await as('lena', readiness('pricing', 2, 'live'));
    const opener = lena.getByRole('button', { name: 'Roll back' });
    await opener.focus();
    await lena.keyboard.press('Enter');
    const dialog = lena.getByRole('dialog');
    await dialog.getByText('Version 1').last().waitFor();
    for (let presses = 0; presses < 12; presses += 1) {
      await lena.keyboard.press('Tab');
      const isOutside = await lena.evaluate(
        "!document.activeElement.closest('dialog') && document.activeElement !== document.body",
      );
      expect(isOutside).toBe(false);
    }
    await lena.keyboard.press('Escape');
    await dialog.waitFor({ state: 'detached' });
    expect(await lena.evaluate('document.activeElement.textContent')).toContain('Roll back');
    await opener.click();
    const go = dialog.getByRole('button', { name: 'Serve version 1' });
    expect(await go.isDisabled()).toBe(true);
    await dialog.getByLabel('Reason').fill('It prices everything at nought.');
    await go.click();
    await dialog.waitFor({ state: 'detached' });
    const live = lena.getByRole('table', { name: 'Live versions' });
    await live.getByRole('row').filter({ hasText: 'Production' }).getByText('Version 1').waitFor();
    await lena.getByRole('cell', { name: 'Rolled back' }).waitFor();
  });

  it('says why where the server refuses it after all', async () => {
    allow(/status of 403/);
    const lena = await as('lena', readiness('credit-risk', 2, 'live'));
    const refusal = { error_code: 'PERMISSION_DENIED', message: 'lena is no lead any more.' };
    await lena.route('**/rollback', (route) => route.fulfill({ status: 403, json: refusal }));
    await lena.getByRole('button', { name: 'Roll back' }).click();
    await lena.getByLabel('Reason').fill('I would rather have my first one.');
    await lena.getByRole('button', { name: 'Serve version 1' }).click();
    await lena.getByRole('dialog').getByRole('alert').getByText(refusal.message).waitFor();
  });

  it('was something else at another time', async () => {
    const ada = await as('ada', readiness('credit-risk', 2, 'live'));
    await ada.getByRole('table', { name: 'Live versions' }).waitFor();
    await ada.getByLabel('At').fill('2020-01-01T00:00');
    await ada.getByText('No version was live.').waitFor();
    await ada
      .getByRole('table', { name: 'Periods' })
      .getByRole('cell', { name: 'Replaced by another' })
      .first()
      .waitFor();
  });
});

describe('emergencies', () => {
  it('are declared by who is on call, and reviewed by a lead', async () => {
    const oliver = await as('oliver', '/inbox?tab=emergencies');
    await oliver.getByRole('button', { name: 'Declare an emergency' }).click();
    await oliver.getByLabel('Model').fill('churn');
    await oliver.getByLabel('Reason').fill('Everybody is called a leaver since noon.');
    await oliver.getByLabel('Ticket').fill('INC-7');
    await oliver.getByRole('button', { name: 'Declare the emergency' }).click();
    await oliver.getByRole('heading', { name: /^churn: Everybody is called/ }).waitFor();
    await oliver.getByText('Somebody else has to review it.').first().waitFor();
    const lena = await as('lena', '/inbox?tab=emergencies');
    const fraud = lena.locator('section.card').filter({ hasText: 'fraud: The live model' });
    await fraud.getByText('To be reviewed').waitFor();
    await fraud.getByLabel('Review of the emergency of fraud').fill('It was right.');
    await fraud.getByRole('button', { name: 'Close the review' }).click();
    await fraud.getByText('lena: It was right.').waitFor();
  });
});

describe('cards', () => {
  it('are checked and shown while one writes them', async () => {
    const ada = await as('ada', readiness('credit-risk', 3, 'card'));
    const editor = ada.getByLabel('Model card, in YAML');
    await ada.getByText('to mend').waitFor();
    await editor.fill(
      'name: credit-risk\nversion: "3"\nintended_use: Scoring *private* customers.\n',
    );
    const preview = ada.getByRole('region', { name: 'Preview of the card' });
    await preview.locator('em', { hasText: 'private' }).waitFor();
    await ada.getByText("'owner'").waitFor();
    allow(/status of 400/);
    await editor.fill('name: [');
    await ada.getByText('No card yet').waitFor();
    expect(await ada.getByRole('button', { name: 'Save card' }).isDisabled()).toBe(true);
  });
});

describe('alerts', () => {
  it('are acknowledged with a note', async () => {
    const lena = await as('lena', '/alerts');
    const alert = lena.getByRole('article').filter({
      hasText: "ada was not let change Production of registered model 'credit-risk' version 3",
    });
    await alert.getByLabel('Note on').fill('The card is on its way.');
    await alert.getByRole('button', { name: 'Acknowledge' }).click();
    await alert.waitFor({ state: 'detached' });
    await lena.getByRole('button', { name: 'Acknowledged' }).click();
    await lena.getByText('Acknowledged by lena. The card is on its way.').waitFor();
  });
});

describe('compliance', () => {
  it('is taken away by an auditor', async () => {
    const otto = await as('otto', readiness('credit-risk', 2, 'compliance'));
    await otto.getByText('vnd.dev.sigstore.bundle').waitFor();
    for (const [label, begins] of [
      ['Everything, as ZIP', 'PK'],
      ['Report, as PDF', '%PDF'],
      ['Data, as JSON', '{'],
    ] as const) {
      const [download] = await Promise.all([
        otto.waitForEvent('download'),
        otto.getByRole('link', { name: label }).click(),
      ]);
      const file = await readFile(await download.path());
      expect(file.subarray(0, begins.length).toString()).toBe(begins);
    }
  });
});
