import { describe, expect, inject, it } from 'vitest';
import { PASSWORD } from './support/governed.js';
import { people } from './support/people.js';

const { sink } = inject('governed');
const { as, allow } = people();

describe('users, roles and tokens', () => {
  it('are made, given rights, and deleted by an administrator', async () => {
    const admin = await as('admin', '/admin?tab=users');
    await admin.getByLabel('User name').fill('wanda');
    await admin.getByLabel('Password', { exact: true }).fill(PASSWORD);
    await admin.getByRole('button', { name: 'Create user' }).click();
    await admin.getByRole('button', { name: 'Make an administrator of wanda' }).click();
    await admin.getByRole('button', { name: 'Make an ordinary user of wanda' }).click();
    await admin.getByRole('tab', { name: 'Roles' }).click();
    await admin.getByLabel('Role name').fill('night-shift');
    await admin.getByRole('button', { name: 'Create role' }).click();
    const role = admin.locator('section.card').filter({ hasText: 'night-shift' });
    await role.getByLabel('Right for night-shift', { exact: true }).selectOption('rollback');
    await role.getByLabel('Models of the right for night-shift').fill('credit-*');
    await role.getByRole('button', { name: 'Give the right' }).click();
    await role.getByText('of credit-*').waitFor();
    await role.getByLabel('User to be given night-shift').fill('wanda');
    await role.getByRole('button', { name: 'Assign' }).click();
    await admin.getByText('Assigned').waitFor();
    await role.getByRole('button', { name: 'Remove the right rollback from night-shift' }).click();
    await role.getByText('of credit-*').waitFor({ state: 'detached' });
    await role.getByLabel('Level for night-shift', { exact: true }).selectOption('EDIT');
    await role.getByLabel('Kind of things of the level').selectOption('registered_model');
    await role.getByLabel('Things of the level for night-shift', { exact: true }).fill('churn');
    await role.getByRole('button', { name: 'Give the level' }).click();
    await role.getByRole('button', { name: /^Remove the level EDIT of .*churn/ }).click();
    await role.getByText('registered models churn').waitFor({ state: 'detached' });
    await admin.getByRole('tab', { name: 'Users' }).click();
    const wanda = admin.getByRole('row').filter({ hasText: 'wanda' });
    await wanda.getByText('night-shift').waitFor();
    await wanda.getByRole('button', { name: 'Take the role night-shift from wanda' }).click();
    await wanda.getByText('night-shift').waitFor({ state: 'detached' });
    const another = `${PASSWORD} anew`;
    await wanda.getByRole('button', { name: 'Change the password of wanda' }).click();
    await admin.getByLabel('New password').fill(another);
    await admin.getByRole('button', { name: 'Change password' }).click();
    await admin.getByRole('dialog').waitFor({ state: 'detached' });
    const signIn = await fetch(`${inject('governed').url}/api/2.0/mlflow/users/current`, {
      headers: { authorization: `Basic ${btoa(`wanda:${another}`)}` },
    });
    expect(signIn.status).toBe(200);
    await wanda.getByRole('button', { name: 'Delete wanda' }).click();
    await admin.getByRole('dialog').getByRole('button', { name: 'Delete' }).click();
    await wanda.waitFor({ state: 'detached' });
    await admin.getByRole('tab', { name: 'Roles' }).click();
    await role.getByRole('button', { name: 'Delete the role night-shift' }).click();
    await admin.getByRole('dialog').getByRole('button', { name: 'Delete' }).click();
    await role.waitFor({ state: 'detached' });
  });

  it('change their own password, with the one that they have', async () => {
    allow(/status of 40[013]/);
    const vera = await as('vera', '/admin');
    await vera.getByRole('button', { name: 'Change password' }).click();
    const dialog = vera.getByRole('dialog');
    await dialog.getByLabel('Current password').fill('not this one');
    await dialog.getByLabel('New password').fill(`${PASSWORD} anew`);
    await dialog.getByRole('button', { name: 'Change password' }).click();
    await dialog.getByRole('alert').waitFor();
  });

  it('say what is wrong with a password', async () => {
    allow(/status of 400/);
    const admin = await as('admin', '/admin?tab=users');
    await admin.getByLabel('User name').fill('short');
    await admin.getByLabel('Password', { exact: true }).fill('x');
    await admin.getByRole('button', { name: 'Create user' }).click();
    await admin.getByRole('alert').getByText('12').waitFor();
  });

  it('are not shown to others, who have tokens of their own', async () => {
    const ada = await as('ada', '/admin');
    await ada.getByLabel('Token name').waitFor();
    expect(await ada.getByRole('tab', { name: 'Users' }).count()).toBe(0);
    await ada.getByLabel('Token name').fill('nightly');
    await ada.getByLabel('registry', { exact: true }).check();
    await ada.getByRole('button', { name: 'Make token' }).click();
    await ada.getByText('it is not shown again').waitFor();
    const token = (await ada.locator('.once code').textContent()) ?? '';
    const { status } = await fetch(`${inject('governed').url}/api/2.0/mlflow/users/current`, {
      headers: { authorization: `Bearer ${token}` },
    });
    expect(status).toBe(200);
    await ada.getByRole('button', { name: 'Revoke nightly' }).click();
    await ada.getByRole('row').filter({ hasText: 'nightly' }).waitFor({ state: 'detached' });
  });
});

describe('webhooks and notifications', () => {
  it('show what was sent, and send it again', async () => {
    const admin = await as('admin', '/admin?tab=webhooks');
    for (const [name, address] of [
      ['deploys', `${sink}/deploys`],
      ['dashboard', `${sink}/gone`],
    ] as const) {
      await admin.getByLabel('Webhook name').fill(name);
      await admin.getByLabel('Address').fill(address);
      await admin.getByLabel('Secret, to sign with').fill('a secret of this test');
      await admin.getByLabel('model_version_tag.set').check();
      await admin.getByRole('button', { name: 'Create webhook' }).click();
      await admin.getByRole('heading', { name, exact: true }).waitFor();
    }
    const ada = await as('ada', '/models/credit-risk/versions/3');
    await ada.getByRole('button', { name: 'Tag', exact: true }).click();
    await ada.getByLabel('Key of the tag').fill('told');
    await ada.getByLabel('Value of the tag').fill('yes');
    await ada.getByRole('button', { name: 'Add' }).click();
    await ada.getByRole('button', { name: 'Remove tag told' }).waitFor();

    const one = (name: string) => admin.locator('section.card').filter({ hasText: `/${name}` });
    const told = admin.getByRole('row').filter({ hasText: 'model_version_tag.set' });
    await expect
      .poll(
        async () => {
          await admin.reload();
          await admin.getByRole('button', { name: 'Deliveries of deploys' }).click();
          await told.first().waitFor();
          return one('deploys').getByText('SUCCEEDED').count();
        },
        { timeout: 20_000 },
      )
      .toBe(1);
    await one('deploys').getByRole('button', { name: 'Send again' }).click();
    await admin.getByText('It is sent again').waitFor();
    await admin.getByRole('button', { name: 'Test deploys' }).click();
    await admin.getByText('deploys answered 204').waitFor();
    await admin.getByRole('button', { name: 'Test dashboard' }).click();
    await admin
      .getByRole('status')
      .getByText(/^dashboard: .*410/)
      .waitFor();
    await admin.getByRole('button', { name: 'Pause deploys' }).click();
    await admin.getByRole('button', { name: 'Resume deploys' }).click();
    await admin.getByRole('button', { name: 'Pause deploys' }).waitFor();
    await admin.getByRole('button', { name: 'Edit dashboard' }).click();
    const dialog = admin.getByRole('dialog');
    await dialog.getByLabel('Webhook name').fill('old-board');
    await dialog.getByLabel('model_version_tag.deleted').check();
    await dialog.getByLabel('State').selectOption('Paused');
    await dialog.getByRole('button', { name: 'Save' }).click();
    await one('gone').getByText('Paused').waitFor();
    await one('gone')
      .getByText(/model_version_tag.deleted/)
      .waitFor();
    await admin.getByRole('button', { name: 'Deliveries of old-board' }).click();
    await one('gone').getByText('410').waitFor();
    await admin.getByRole('button', { name: 'Delete old-board' }).click();
    await admin.getByRole('dialog').getByRole('button', { name: 'Delete' }).click();
    await admin.getByRole('heading', { name: 'old-board' }).waitFor({ state: 'detached' });
  });

  it('tell whoever subscribes to events of governance', async () => {
    const admin = await as('admin', '/admin?tab=notifications');
    await admin.getByLabel('Address').fill(`${sink}/governance`);
    await admin.getByLabel('All events').uncheck();
    await admin.getByLabel('registered_model.created').check();
    await admin.getByLabel('Models').fill('told-*');
    await admin.getByRole('button', { name: 'Subscribe' }).click();
    await admin.getByText('registered_model.created of told-*').waitFor();
    const ada = await as('ada', '/models');
    await ada.getByRole('button', { name: 'New model' }).click();
    await ada.getByLabel('Name', { exact: true }).fill('told-of');
    await ada.getByRole('button', { name: 'Create' }).click();
    await ada.getByRole('heading', { name: 'told-of' }).waitFor();
    const sent = admin.getByRole('row').filter({ hasText: 'told-of' });
    await expect
      .poll(
        async () => {
          await admin.reload();
          await admin.getByRole('button', { name: /^Deliveries of/ }).click();
          await admin.getByRole('columnheader', { name: 'State' }).waitFor();
          return sent.getByText('SUCCEEDED').count();
        },
        { timeout: 20_000 },
      )
      .toBe(1);
    await sent.getByRole('button', { name: /^Send again/ }).click();
    await admin.getByText('It is sent again').waitFor();
    await admin.getByRole('button', { name: /^Pause/ }).click();
    await admin.getByText('Paused').waitFor();
    await admin.getByRole('button', { name: /^Edit/ }).click();
    const dialog = admin.getByRole('dialog');
    await dialog.getByLabel('Address').fill(`${sink}/elsewhere`);
    await dialog.getByLabel('Description').fill('For the night shift');
    await dialog.getByLabel('Secret, to sign with', { exact: true }).fill('another secret');
    await dialog.getByLabel('comment.created').check();
    await dialog.getByRole('button', { name: 'Save' }).click();
    await dialog.waitFor({ state: 'detached' });
    await admin.getByText(/^comment.created, registered_model.created of told-\*/).waitFor();
    await admin.getByText('For the night shift').waitFor();
    await admin.getByRole('button', { name: 'Resume' }).click();
    await admin.getByRole('button', { name: 'Test' }).click();
    await admin.getByText(/elsewhere answered 204/).waitFor();
  });

  it('change registry webhooks, each for whoever manages the model', async () => {
    const ada = await as('ada', '/admin?tab=registry-webhooks');
    await ada.getByText('Of which model?').waitFor();
    await ada.getByLabel('Webhooks of the model').fill('credit-risk');
    await ada.getByRole('button', { name: 'Show' }).click();
    await ada.getByText('No registry webhooks yet').waitFor();
    await ada.getByLabel('Address').fill(`${sink}/registry`);
    await ada.getByRole('button', { name: 'Create webhook' }).click();
    await ada.getByRole('heading', { name: `${sink}/registry` }).waitFor();
    await ada.getByRole('button', { name: /^Edit/ }).click();
    const dialog = ada.getByRole('dialog');
    await dialog.getByLabel('Address').fill(`${sink}/gone`);
    await dialog.getByLabel('State').selectOption('Tests only');
    await dialog.getByLabel('None any more: Secret, to sign with').check();
    await dialog.getByLabel('COMMENT_CREATED').check();
    await dialog.getByRole('button', { name: 'Save' }).click();
    await ada.getByText(/^COMMENT_CREATED, MODEL_VERSION_TRANSITIONED_STAGE of/).waitFor();
    await ada.getByText('Tests only').waitFor();
    await ada.getByRole('button', { name: /^Test/ }).click();
    await ada.getByRole('status').getByText(/410/).waitFor();
    await ada.getByRole('button', { name: /^Delete/ }).click();
    await ada.getByRole('dialog').getByRole('button', { name: 'Delete' }).click();
    await ada.getByText('No registry webhooks yet').waitFor();
  });

  it('say which receivers may not be', async () => {
    allow(/status of 400/);
    const admin = await as('admin', '/admin?tab=webhooks');
    await admin.getByLabel('Webhook name').fill('inside');
    await admin.getByLabel('Address').fill('http://10.0.0.1/');
    await admin.getByRole('button', { name: 'Create webhook' }).click();
    await admin.getByRole('alert').waitFor();
  });
});

describe('the server', () => {
  it('says how it is', async () => {
    const admin = await as('admin', '/admin?tab=health');
    await admin.getByText('Ready, with its database').waitFor();
    await admin.getByText('Up since').waitFor();
    await admin.getByRole('cell', { name: 'process_resident_memory_bytes' }).waitFor();
  });

  it('measures a rollback', async () => {
    const admin = await as('admin', '/inbox?tab=drills');
    await admin.getByText('No drill was held yet').waitFor();
    await admin.getByRole('button', { name: 'Start a drill' }).click();
    await admin.getByText('Within budget').waitFor({ timeout: 45_000 });
    await admin.getByRole('cell', { name: /^commit to watcher/ }).waitFor();
  });
});

describe('policies and the audit log', () => {
  const policy = 'profiles: [{ name: trial, models: ["trial-*"], mode: observe }]';

  it('are tried in a dry run that changes nothing, then put in force by an administrator', async () => {
    const admin = await as('admin', '/policies');
    await admin.getByRole('button', { name: 'Edit' }).click();
    await admin.getByLabel('Policy, in YAML').fill(policy);
    await admin.getByRole('button', { name: 'Dry run' }).click();
    await admin.getByText('It can be put in force').waitFor();
    await admin.getByText('max_age_days').waitFor();
    await admin.reload();
    await admin.getByText('Only the built-in policy was ever in force.').waitFor();
    await admin.getByRole('button', { name: 'Edit' }).click();
    allow(/status of 400/);
    await admin.getByLabel('Policy, in YAML').fill('profiles: [{ name: trial, mode: sometimes }]');
    await admin.getByRole('button', { name: 'Dry run' }).click();
    await admin.getByRole('alert').getByText('mode').waitFor();
    await admin.getByLabel('Policy, in YAML').fill(policy);
    await admin.getByRole('button', { name: 'Put in force' }).click();
    await admin.getByText('put in force here by admin').first().waitFor();
    const ada = await as('ada', '/policies');
    await ada.getByText('trial-*').first().waitFor();
    expect(await ada.getByRole('button', { name: 'Edit' }).count()).toBe(0);
  });

  it('are looked through and verified by an auditor alone', async () => {
    const otto = await as('otto', '/audit');
    await otto.getByLabel('Action').fill('model_version.transition');
    await otto.getByLabel('Who').fill('oliver');
    await otto.getByRole('row').filter({ hasText: 'fraud/1' }).waitFor();
    await otto
      .getByRole('button', { name: /^Entry/ })
      .first()
      .click();
    await otto.getByRole('dialog').getByText('Leaf hash').waitFor();
    await otto.keyboard.press('Escape');
    await otto.getByLabel('Decision').selectOption('denied');
    await otto.getByText('No entry fits').waitFor();
    await otto.getByRole('button', { name: 'Verify the log' }).click();
    await otto.getByText('Unchanged').waitFor();
    const [download] = await Promise.all([
      otto.waitForEvent('download'),
      otto.getByRole('link', { name: 'Export' }).click(),
    ]);
    expect(download.suggestedFilename()).toBe('audit.ndjson');
    allow(/status of 403/);
    const ada = await as('ada', '/audit');
    await ada.getByText('You may not read the audit log').waitFor();
  });
});
