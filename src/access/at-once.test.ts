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
const CHANGED = 'another horse battery';

forEachDatabase((open) => {
  it('holds for the next request what this server has changed of access', async () => {
    const database = await open();
    const passwordHash = await hashPassword(PASSWORD);
    await database.write(async (tx) => {
      const users = new UserStore(database);
      for (const username of ['root', 'ann', 'bob']) {
        await users.insert(tx, { username, passwordHash, isAdmin: username === 'root', now: 1 });
      }
    });
    const config = toConfig(
      { auth: 'true', artifactsDestination: newFolder(), logLevel: 'silent' },
      { authConfig: '[mlflow]\ndefault_permission = NO_PERMISSIONS\n' },
    );
    const ask = await serve(await createApp(config, database, createLog('silent')));
    const call = (who: string, method: string, path: string, json?: unknown, password = PASSWORD) =>
      ask(`/api/${path}`, {
        ...{ method, headers: basic(who, password) },
        ...(json === undefined ? {} : { json }),
      });
    const good = async (...asked: Parameters<typeof call>) => {
      const { status, json } = await call(...asked);
      expect({ asked: asked.slice(0, 3), status, json }).toMatchObject({ status: 200 });
      return json;
    };
    const model = '2.0/mlflow/registered-models';
    const seen = async (who: string) => (await call(who, 'GET', `${model}/get?name=m`)).status;
    const grant = { username: 'bob', resource_type: 'registered_model', resource_id: 'm' };
    const permissions = '3.0/mlflow/users/permissions';

    await good('ann', 'POST', `${model}/create`, { name: 'm' });
    await good('ann', 'POST', `${permissions}/grant`, { ...grant, permission: 'READ' });
    expect(await seen('bob')).toBe(200);
    await good('ann', 'POST', `${permissions}/revoke`, grant);
    expect(await seen('bob')).toBe(403);

    // A name that is free again is not the model that somebody was let see a moment ago.
    expect(await seen('ann')).toBe(200);
    await good('ann', 'DELETE', `${model}/delete`, { name: 'm' });
    await good('bob', 'POST', `${model}/create`, { name: 'm' });
    expect(await seen('ann')).toBe(403);
    expect(await seen('bob')).toBe(200);
    await good('bob', 'POST', `${model}/rename`, { name: 'm', new_name: 'n' });
    await good('ann', 'POST', `${model}/create`, { name: 'm' });
    expect(await seen('bob')).toBe(403);

    const own = { username: 'ann', password: CHANGED, current_password: PASSWORD };
    await good('ann', 'PATCH', '2.0/mlflow/users/update-password', own);
    expect(await seen('ann')).toBe(401);
    await good('ann', 'GET', `${model}/get?name=m`, undefined, CHANGED);

    const { token, token_info } = (await good('bob', 'POST', 'runledger/v1/tokens', {
      ...{ name: 't', scopes: ['read'] },
    })) as { token: string; token_info: { token_id: string } };
    const byToken = async () => {
      const headers = { Authorization: `Bearer ${token}` };
      return (await ask('/api/2.0/mlflow/users/current', { headers })).status;
    };
    expect(await byToken()).toBe(200);
    await good('bob', 'DELETE', `runledger/v1/tokens/${token_info.token_id}`);
    expect(await byToken()).toBe(401);

    const person = { username: 'bob' };
    const who = async () => (await call('bob', 'GET', '2.0/mlflow/users/get?username=ann')).status;
    await good('root', 'PATCH', '2.0/mlflow/users/update-admin', { ...person, is_admin: true });
    expect(await who()).toBe(200);
    await good('root', 'PATCH', '2.0/mlflow/users/update-admin', { ...person, is_admin: false });
    expect(await who()).toBe(403);
    await good('root', 'DELETE', '2.0/mlflow/users/delete', person);
    expect(await who()).toBe(401);
  });
});
