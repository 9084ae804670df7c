import { expect, it } from 'vitest';
import { createApp } from '../app.js';
import { toConfig } from '../platform/config/config.js';
import { serve } from '../platform/http/testing/serve.js';
import { createLog } from '../platform/log.js';
import { forEachDatabase } from '../testing/for-each-database.js';
import { newFolder } from '../testing/new-folder.js';
import { hashPassword } from './passwords.js';
import { basic } from './testing/sign-in-on.js';
import { UserStore } from './users/users.store.js';

const PASSWORD = 'correct horse battery';

forEachDatabase((open) => {
  it('tells of what services have refused by themselves, without passwords', async () => {
    const database = await open();
    const passwordHash = await hashPassword(PASSWORD);
    await database.write(async (tx) => {
      const users = new UserStore(database);
      for (const username of ['root', 'ann']) {
        await users.insert(tx, { username, passwordHash, isAdmin: username === 'root', now: 1 });
      }
    });
    const config = toConfig(
      { auth: 'true', artifactsDestination: newFolder(), logLevel: 'silent' },
      {},
    );
    const ask = await serve(await createApp(config, database, createLog('silent')));
    const call = (who: string, method: string, path: string, json?: unknown) =>
      ask(`/api/${path}`, {
        ...{ method, headers: basic(who, PASSWORD) },
        ...(json === undefined ? {} : { json }),
      });
    const account = { username: 'eve', password: 'a secret of ann' };
    const grant = {
      ...{ username: 'ann', resource_type: 'experiment', resource_id: '0', permission: 'MANAGE' },
    };
    for (const [path, json] of [
      ['2.0/mlflow/users/create', account],
      ['3.0/mlflow/users/permissions/grant', grant],
      ['3.0/mlflow/roles/create', { name: 'mine', workspace: 'default' }],
    ] as const) {
      expect((await call('ann', 'POST', path, json)).status).toBe(403);
    }
    const { json } = await call('root', 'GET', 'governance/v1/audit?decision=denied&actor=ann');
    const entries = (json.entries as { entry: Record<string, unknown> }[]).map(
      ({ entry }) => entry,
    );
    expect(entries).toMatchObject([
      { action: 'createRole', decision: 'denied', after: { name: 'mine' } },
      { action: 'grantUserPermission', after: { resource_id: '0', permission: 'MANAGE' } },
      { action: 'createUser', after: { username: 'eve' }, reason: 'Permission denied' },
    ]);
    expect(JSON.stringify(entries)).not.toContain('secret');

    const { run } = (await call('root', 'POST', '2.0/mlflow/runs/create', { experiment_id: '0' }))
      .json as { run: { info: { run_id: string } } };
    const made = await call('root', 'GET', 'governance/v1/audit?action=run.create');
    expect(made.json.entries).toMatchObject([
      { entry: { actor: { name: 'root' }, object: { kind: 'run', id: run.info.run_id } } },
    ]);
  });
});
