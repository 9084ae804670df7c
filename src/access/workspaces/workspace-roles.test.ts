import { beforeAll, expect, it } from 'vitest';
import { inWorkspace } from '../../platform/db/workspace.js';
import { forEachDatabase } from '../../testing/for-each-database.js';
import { GrantStore } from '../grants/grants.store.js';
import { RightStore } from '../roles/rights.store.js';
import { type Access, accessOn } from '../testing/access-on.js';
import { WorkspaceRoles } from './workspace-roles.js';

forEachDatabase((open) => {
  let a: Access;
  beforeAll(async () => {
    a = await accessOn(await open());
    await a.users.create('ann', 'a long password', await a.by('root'));
  });

  const rolesWith = (seeds: boolean, builtIn: boolean) =>
    new WorkspaceRoles({
      ...{ database: a.database, roles: a.roleStore, rights: new RightStore(), seeds, builtIn },
      trail: { record: async () => undefined },
    });
  const names = async (workspace: string) =>
    (await a.roleStore.list(a.database.read, [workspace])).map(({ name }) => name);

  it('come and go with a workspace, those of single users included', async () => {
    const { database } = a;
    const roles = rolesWith(true, true);
    await database.write((tx) => roles.created(tx, 'team'));
    expect(await names('team')).toEqual([
      ...['admin', 'user', 'lead', 'validator', 'auditor', 'serving', 'on-call'],
    ]);
    const [lead] = (await a.roleStore.list(database.read, ['team'])).filter(
      ({ name }) => name === 'lead',
    );
    expect(await new RightStore().ofRole(database.read, lead?.id ?? 0)).toHaveLength(5);
    const { caller } = await a.by('ann');
    const grants = new GrantStore(inWorkspace(database, 'team'));
    await database.write((tx) => grants.insert(tx, caller.userId ?? 0, 'experiment', '7', 'EDIT'));
    const ann = await a.by('ann');
    expect(await roles.visible(['team', 'default'], ann)).toEqual(new Set(['team']));
    const [granted] = await grants.ofUser(database.read, caller.userId ?? 0);
    await database.write((tx) => grants.delete(tx, granted?.id ?? 0));
    expect(await roles.visible(['team'], ann)).toEqual(new Set());
    await expect(roles.requireManager('team', ann)).rejects.toThrow('denied');
    await database.write((tx) => roles.deleted(tx, 'team'));
    expect(await names('team')).toEqual([]);
    expect(await roles.visible(['team'], ann)).toEqual(new Set());
  });

  it('are only those that were asked for', async () => {
    await a.database.write((tx) => rolesWith(false, true).created(tx, 'plain'));
    expect(await names('plain')).not.toContain('admin');
    await a.database.write((tx) => rolesWith(true, false).created(tx, 'open'));
    expect(await names('open')).toEqual(['admin', 'user']);
  });
});
