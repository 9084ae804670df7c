import { expect, it } from 'vitest';
import { hashPassword } from './access/passwords.js';
import { basic } from './access/testing/sign-in-on.js';
import { UserStore } from './access/users/users.store.js';
import { createApp } from './app.js';
import { toConfig } from './platform/config/config.js';
import { serve } from './platform/http/testing/serve.js';
import { createLog } from './platform/log.js';
import { forEachDatabase } from './testing/for-each-database.js';
import { newFolder } from './testing/new-folder.js';

const PASSWORD = 'correct horse battery';
const PERMISSIONS = ['READ', 'USE', 'EDIT', 'MANAGE', 'DENY', undefined] as const;
const SOME = [...PERMISSIONS.keys()];

forEachDatabase((open) => {
  async function serverWith(floor: string, accessPolicies?: string) {
    const database = await open();
    const passwordHash = await hashPassword(PASSWORD);
    await database.write(async (tx) => {
      const users = new UserStore(database);
      for (const username of ['root', 'ann', 'chief']) {
        const isAdmin = username === 'root';
        await users.insert(tx, { username, passwordHash, isAdmin, now: 1 });
      }
    });
    const config = toConfig(
      { auth: 'true', artifactsDestination: newFolder(), logLevel: 'silent' },
      {
        authConfig: `[mlflow]\ndefault_permission = ${floor}\n`,
        ...(accessPolicies === undefined ? {} : { accessPolicies }),
      },
    );
    const ask = await serve(await createApp(config, database, createLog('silent')));
    const call = async (who: string, method: string, path: string, json?: unknown) => {
      const { status, json: answer } = await ask(`/api/${path}`, {
        ...{ method, headers: basic(who, PASSWORD) },
        ...(json === undefined ? {} : { json }),
      });
      return { status, answer };
    };
    const grant = (resource_type: string, resource_id: string, permission: string | undefined) =>
      permission === undefined
        ? undefined
        : call('root', 'POST', '3.0/mlflow/users/permissions/grant', {
            ...{ username: 'ann', resource_type, resource_id, permission },
          });
    return { ask, call, grant };
  }

  it.each(['NO_PERMISSIONS', 'READ'])(
    'lists what can be read one by one, and nothing else, where %s is the default',
    { timeout: 60_000 },
    async (floor) => {
      const { ask, call, grant } = await serverWith(floor);
      const ids: string[] = [];
      for (const each of SOME) {
        const made = await call('root', 'POST', '2.0/mlflow/experiments/create', {
          name: `experiment ${each}`,
        });
        ids.push(String(made.answer.experiment_id));
        const tags = [{ key: 'mlflow.prompt.is_prompt', value: 'true' }];
        for (const [name, more] of [
          [`model ${each}`, {}],
          [`prompt ${each}`, { tags }],
        ] as const) {
          await call('root', 'POST', '2.0/mlflow/registered-models/create', { name, ...more });
          await call('root', 'POST', '2.0/mlflow/model-versions/create', {
            ...{ name, source: 's3://b/x' },
          });
          await grant(
            name.split(' ', 1)[0] === 'model' ? 'registered_model' : 'prompt',
            name,
            PERMISSIONS[each],
          );
          // A grant on the other kind of the same name says nothing.
          await grant(name.startsWith('model') ? 'prompt' : 'registered_model', name, 'DENY');
        }
        await grant('experiment', ids.at(-1) ?? '', PERMISSIONS[each]);
      }

      const readable = async (paths: readonly string[]) => {
        const open: string[] = [];
        for (const path of paths) {
          if ((await call('ann', 'GET', path)).status === 200) open.push(path.split('=')[1] ?? '');
        }
        return open.map(decodeURIComponent).sort();
      };
      const experiments = await readable(
        ['0', ...ids].map((id) => `2.0/mlflow/experiments/get?experiment_id=${id}`),
      );
      expect(experiments).toHaveLength(floor === 'READ' ? 6 : 4);
      const listed: string[] = [];
      let page_token = '';
      do {
        // Pages of two show that none comes short.
        const { answer } = await call('ann', 'POST', '2.0/mlflow/experiments/search', {
          ...{ max_results: 2, page_token },
        });
        const found = (answer.experiments ?? []) as { experiment_id: string }[];
        listed.push(...found.map(({ experiment_id }) => experiment_id));
        page_token = String(answer.next_page_token ?? '');
        expect(found.length === 2 || page_token === '').toBe(true);
      } while (page_token !== '');
      expect(listed.sort()).toEqual(experiments);

      const names = SOME.flatMap((each) => [`model ${each}`, `prompt ${each}`]);
      const models = await readable(
        names.map((name) => `2.0/mlflow/registered-models/get?name=${encodeURIComponent(name)}`),
      );
      expect(models).toHaveLength(floor === 'READ' ? 10 : 8);
      const ofPrompts = encodeURIComponent("tags.`mlflow.prompt.is_prompt` = 'true'");
      for (const [list, path] of [
        ['registered_models', '2.0/mlflow/registered-models/search?max_results=100'],
        ['model_versions', '2.0/mlflow/model-versions/search?max_results=100'],
      ] as const) {
        // MLflow leaves prompts out unless they are asked for.
        const plain = await call('ann', 'GET', path);
        const prompts = await call('ann', 'GET', `${path}&filter=${ofPrompts}`);
        const found = [plain, prompts].flatMap(
          ({ answer }) => (answer[list] ?? []) as { name: string }[],
        );
        expect([...new Set(found.map(({ name }) => name))].sort(), list).toEqual(models);
      }

      const runsOf = { experiment_ids: ids, max_results: 100 };
      for (const id of ids) {
        await call('root', 'POST', '2.0/mlflow/runs/create', { experiment_id: id });
      }
      const { answer } = await call('ann', 'POST', '2.0/mlflow/runs/search', runsOf);
      const runs = (answer.runs ?? []) as { info: { experiment_id: string } }[];
      expect(runs.map(({ info }) => info.experiment_id).sort()).toEqual(
        experiments.filter((id) => id !== '0'),
      );
      const grouped = await call('ann', 'POST', 'runledger/v1/runs/groups', {
        ...{ experiment_ids: ids, group_by: 'tags.team' },
      });
      expect(grouped.answer.runs).toBe(runs.length);
      const graphql = await ask('/graphql', {
        method: 'POST',
        headers: basic('ann', PASSWORD),
        json: {
          query:
            '{ mlflowSearchRuns(input: {experimentIds: ' +
            `${JSON.stringify(ids)}, maxResults: 100}) { runs { info { experimentId } } } }`,
        },
      });
      expect(graphql.body.match(/"experimentId"/g)).toHaveLength(runs.length);
    },
  );

  it('gives nothing for a role of another workspace, whatever its name', async () => {
    const { call } = await serverWith('NO_PERMISSIONS');
    const post = (path: string, json: object) => call('root', 'POST', `3.0/mlflow/${path}`, json);
    const made = await post('roles/create', { workspace: 'elsewhere', name: 'auditor' });
    const { id: role_id } = made.answer.role as { id: number };
    for (const grant of [
      { resource_type: 'workspace', permission: 'MANAGE' },
      { resource_type: 'experiment', permission: 'MANAGE' },
    ]) {
      const given = { role_id, resource_pattern: '*', ...grant };
      expect((await post('roles/permissions/add', given)).status).toBe(200);
    }
    const right = await call('root', 'POST', `governance/v1/roles/${role_id}/rights`, {
      action: 'audit',
    });
    expect(right.status).toBe(200);
    expect((await post('roles/assign', { role_id, username: 'ann' })).status).toBe(200);

    const experiment = '2.0/mlflow/experiments/get?experiment_id=0';
    expect((await call('ann', 'GET', experiment)).status).toBe(403);
    const search = { max_results: 10 };
    const found = await call('ann', 'POST', '2.0/mlflow/experiments/search', search);
    expect(found).toEqual({ status: 200, answer: {} });
    expect((await call('ann', 'GET', 'governance/v1/audit')).status).toBe(403);
  });

  it('hides what a policy of the operator forbids to read, and shows what one permits', async () => {
    const { call } = await serverWith(
      'NO_PERMISSIONS',
      `@id("public") permit (principal, action == Action::"read", resource)
         when { resource.kind == "registered_model" && resource.name like "pub*_*" };
       @id("secret") forbid (principal, action in [Action::"read", Action::"edit"], resource)
         when { resource.name like "*secret*" } unless { principal == User::"root" };
       @id("nobody") forbid (principal, action, resource == Resource::"registered_model/pub_none");
       @id("chiefs") forbid (principal in Role::"banned", action == Action::"read", resource)
         when { ["pub_a", "pub_b"].contains(resource.name) };`,
    );
    const names = ['pub_a', 'pub_b', 'PUB_c', 'pubx', 'pub_secret', 'pub_none', 'mine_secret'];
    for (const name of [...names, 'mine']) {
      await call('root', 'POST', '2.0/mlflow/registered-models/create', { name });
      await call('root', 'POST', '2.0/mlflow/model-versions/create', { name, source: 's3://b/x' });
    }
    for (const name of ['mine', 'mine_secret']) {
      await call('root', 'POST', '3.0/mlflow/users/permissions/grant', {
        ...{ username: 'ann', resource_type: 'registered_model', resource_id: name },
        permission: 'MANAGE',
      });
    }
    const listed = async (who: string) => {
      const { answer } = await call(
        who,
        'GET',
        '2.0/mlflow/registered-models/search?max_results=100',
      );
      return ((answer.registered_models ?? []) as { name: string }[]).map(({ name }) => name);
    };
    const readable = async (who: string) => {
      const open: string[] = [];
      for (const name of [...names, 'mine'].sort()) {
        const path = `2.0/mlflow/registered-models/get?name=${name}`;
        if ((await call(who, 'GET', path)).status === 200) open.push(name);
      }
      return open;
    };
    expect(await listed('ann')).toEqual(['mine', 'pub_a', 'pub_b']);
    expect(await readable('ann')).toEqual(['mine', 'pub_a', 'pub_b']);
    const all = ['PUB_c', 'mine', 'mine_secret', 'pub_a', 'pub_b', 'pub_secret', 'pubx'];
    expect((await listed('root')).sort()).toEqual(all);
    expect(await readable('root')).toEqual(all);

    const made = await call('root', 'POST', '3.0/mlflow/roles/create', {
      ...{ workspace: 'default', name: 'banned' },
    });
    const { id: role_id } = made.answer.role as { id: number };
    await call('root', 'POST', '3.0/mlflow/roles/assign', { role_id, username: 'ann' });
    expect(await listed('ann')).toEqual(['mine']);
    const versions = await call('ann', 'GET', '2.0/mlflow/model-versions/search?max_results=100');
    expect((versions.answer.model_versions as { name: string }[]).map(({ name }) => name)).toEqual([
      'mine',
    ]);
  });
});
