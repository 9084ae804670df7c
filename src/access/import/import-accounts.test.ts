import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Sqlite from 'better-sqlite3';
import { expect, it, onTestFinished } from 'vitest';
import { inWorkspace } from '../../platform/db/workspace.js';
import { forEachDatabase } from '../../testing/for-each-database.js';
import { BY_TESTER } from '../../testing/tester.js';
import { GrantStore } from '../grants/grants.store.js';
import { verifyPassword } from '../passwords.js';
import { accessOn } from '../testing/access-on.js';
import { importAccounts } from './import-accounts.js';
import { readMlflowAccounts } from './mlflow-accounts.store.js';

/** A database of accounts as a release of MLflow has made it. */
async function made(version: string, also = '') {
  const folder = await mkdtemp(join(tmpdir(), 'runledger-accounts-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const file = join(folder, 'basic_auth.db');
  const sql = readFileSync(new URL(`testing/accounts-${version}.sql`, import.meta.url), 'utf8');
  const database = new Sqlite(file);
  database.exec(sql + also);
  database.close();
  return readMlflowAccounts({ kind: 'sqlite', file });
}

forEachDatabase((open) => {
  async function target() {
    const access = await accessOn(await open());
    const parts = {
      ...{ database: access.database, now: () => 1, trail: { record: async () => undefined } },
      ...{
        users: access.userStore,
        roles: access.roleStore,
        grantsIn: (workspace: string) => new GrantStore(inWorkspace(access.database, workspace)),
      },
    };
    const { read } = access.database;
    const level = async (name: string, kind: string, id: string) =>
      access.levels.levelOf((await access.by(name)).caller, kind, id);
    return { ...access, parts, read, level };
  }

  it('moves accounts, roles and permissions of 3.17 in, and may be run again', async () => {
    const { parts, read, userStore, roleStore, level } = await target();
    const accounts = await made('3.17.2');
    expect(await importAccounts(parts, accounts, BY_TESTER)).toEqual({
      ...{ users: 3, roles: 1, permissions: 4, assignments: 1, left: [] },
    });
    const ann = await userStore.find(read, 'ann');
    expect(ann).toMatchObject({ isAdmin: false });
    expect(await verifyPassword(ann?.passwordHash ?? '', 'password-of-ann-1')).toBe(true);
    expect(await userStore.find(read, 'bob')).toMatchObject({ isAdmin: true });
    const roles = await roleStore.ofUser(read, ann?.id ?? 0);
    expect(roles.map(({ name, permissions }) => [name, permissions.length])).toEqual([
      ['readers', 2],
      [`__user_${ann?.id}__`, 1],
    ]);
    expect(await level('ann', 'experiment', '7')).toBe('MANAGE');

    await importAccounts(parts, accounts, BY_TESTER);
    expect(await importAccounts(parts, accounts, BY_TESTER)).toEqual({
      ...{ users: 0, roles: 0, permissions: 0, assignments: 0, left: [] },
    });
    expect(await userStore.count(read)).toBe(4);
  });

  it('moves accounts and permissions of 2.22 in', async () => {
    const { parts, read, userStore, grantStore, level } = await target();
    expect(await importAccounts(parts, await made('2.22.5'), BY_TESTER)).toEqual({
      ...{ users: 3, roles: 0, permissions: 3, assignments: 0, left: [] },
    });
    const ann = await userStore.find(read, 'ann');
    expect(await grantStore.ofUser(read, ann?.id ?? 0)).toMatchObject([
      { resource_type: 'experiment', resource_pattern: '0', permission: 'DENY' },
      { resource_type: 'experiment', resource_pattern: '7', permission: 'EDIT' },
      { resource_type: 'registered_model', resource_pattern: 'm', permission: 'MANAGE' },
    ]);
    expect(await level('ann', 'experiment', '0')).toBe('DENY');
    expect(await level('ann', 'registered_model', 'm')).toBe('MANAGE');
    expect(await level('ann', 'registered_model', 'n')).toBe('READ');
  });

  it('leaves what was given to somebody in the workspace that it was given in', async () => {
    const { parts, read, userStore } = await target();
    const also =
      "insert into roles (id, name, workspace) values (77, '__user_2__', 'team');" +
      "insert into role_permissions values (77, 77, 'registered_model', 'theirs', 'EDIT');";
    await importAccounts(parts, await made('3.17.2', also), BY_TESTER);
    const names = (await userStore.list(read)).map(({ id }) => id);
    const inTeam = await Promise.all(names.map((id) => parts.grantsIn('team').ofUser(read, id)));
    expect(inTeam.flat()).toMatchObject([
      { resource_type: 'registered_model', resource_pattern: 'theirs', permission: 'EDIT' },
    ]);
    const here = await Promise.all(names.map((id) => parts.grantsIn('default').ofUser(read, id)));
    expect(here.flat().map(({ resource_pattern }) => resource_pattern)).not.toContain('theirs');
  });

  it('keeps what is there, and tells what it leaves', async () => {
    const { parts, read, userStore } = await target();
    await parts.database.write((tx) =>
      userStore.insert(tx, { username: 'ann', passwordHash: 'own', isAdmin: true, now: 1 }),
    );
    const also =
      "insert into users values (9, 'a:b', 'x', 0); insert into users values (10, null, 'x', 0);" +
      "insert into role_permissions values (9, 1, 'spaceship', '*', 'READ');";
    const imported = await importAccounts(parts, await made('3.17.2', also), BY_TESTER);
    expect(imported).toMatchObject({
      users: 2,
      left: [
        'READ on spaceship *: not known here',
        'user "a:b": Username must not hold colons or control characters.',
      ],
    });
    expect(await userStore.find(read, 'ann')).toMatchObject({ passwordHash: 'own', isAdmin: true });
  });
});

it('names a database that holds no accounts', async () => {
  await expect(made('2.22.5', 'drop table users;')).rejects.toThrow('no table users');
});
