import { beforeAll, describe, expect, it } from 'vitest';
import { inWorkspace } from '../../platform/db/workspace.js';
import type { By } from '../../platform/http/operation.js';
import { forEachDatabase } from '../../testing/for-each-database.js';
import { GrantStore } from '../grants/grants.store.js';
import { type Access, accessOn } from '../testing/access-on.js';
import { levelIn, rowsOf, WORKSPACE_LEVELS } from './workspace-permissions.js';

describe('a level on a workspace', () => {
  it.each(WORKSPACE_LEVELS)('%s is read as it was given', (level) => {
    expect(levelIn(rowsOf(level))).toBe(level);
  });

  it('is none where single kinds were granted', () => {
    expect(levelIn([{ resource_type: 'experiment', permission: 'EDIT' }])).toBeUndefined();
    expect(levelIn([])).toBeUndefined();
  });
});

forEachDatabase((open) => {
  let a: Access;
  let root: By;
  let ann: By;
  beforeAll(async () => {
    a = await accessOn(await open());
    root = await a.by('root');
    for (const name of ['ann', 'bob']) await a.users.create(name, 'a long password', root);
    ann = await a.by('ann');
  });

  it('is on everything, and managers of the workspace give it', async () => {
    const { workspacePermissions: permissions } = a;
    const level = async (kind: string) => a.levels.levelOf((await a.by('bob')).caller, kind, '7');
    await expect(permissions.set('default', 'bob', 'READ', ann)).rejects.toThrow('denied');
    await permissions.set('default', 'ann', 'MANAGE', root);
    const { userId } = await permissions.set('default', 'bob', 'EDIT', ann);
    expect(await level('experiment')).toBe('EDIT');
    expect(await level('prompt')).toBe('EDIT');
    await permissions.set('default', 'bob', 'NO_PERMISSIONS', ann);
    expect(await level('registered_model')).toBe('DENY');
    expect(await permissions.ofUser('bob', await a.by('bob'))).toEqual([
      { workspace: 'default', userId, level: 'NO_PERMISSIONS' },
    ]);
    await permissions.set('default', 'bob', 'USE', ann);
    expect(await permissions.list('default', ann)).toContainEqual({
      ...{ workspace: 'default', userId, level: 'USE' },
    });
    await permissions.delete('default', 'bob', ann);
    expect(await level('experiment')).toBe('READ');
    expect(await permissions.list('default', ann)).toHaveLength(1);
    await expect(permissions.delete('default', 'bob', ann)).rejects.toMatchObject({ status: 404 });
    await expect(permissions.ofUser('ann', await a.by('bob'))).rejects.toThrow('denied');
    expect(a.deeds.filter(({ object }) => object.kind === 'workspace')).toMatchObject([
      { action: 'workspace.set_permission', by: 'root' },
      { after: { user: 'bob', permission: 'EDIT' } },
      { before: { permission: 'EDIT' }, after: { permission: 'NO_PERMISSIONS' } },
      { before: { permission: 'NO_PERMISSIONS' }, after: { permission: 'USE' } },
      { action: 'workspace.delete_permission', before: { user: 'bob', permission: 'USE' } },
    ]);
  });

  it('lies in one workspace, and is for its own managers to give', async () => {
    const { workspacePermissions: permissions } = a;
    const inOther = new GrantStore(inWorkspace(a.database, 'other'));
    await permissions.set('default', 'ann', 'MANAGE', root);
    await expect(permissions.set('other', 'bob', 'EDIT', ann)).rejects.toThrow('denied');
    const { userId } = await permissions.set('other', 'bob', 'EDIT', root);
    const [bob] = [(await a.by('bob')).caller];
    expect(await a.levels.levelOf(bob, 'experiment', '7')).toBe('READ');
    expect(await inOther.ofUser(a.database.read, userId)).toHaveLength(5);
    expect(await permissions.list('other', root)).toEqual([
      { workspace: 'other', userId, level: 'EDIT' },
    ]);
    expect(await permissions.list('default', root)).not.toContainEqual(
      expect.objectContaining({ userId }),
    );
    expect(await permissions.ofUser('bob', ann)).toEqual([]);
    expect(await permissions.ofUser('bob', root)).toHaveLength(1);
    await permissions.set('other', 'ann', 'MANAGE', root);
    expect(await permissions.list('other', ann)).toHaveLength(2);
    await permissions.delete('other', 'bob', ann);
    expect(await permissions.ofUser('bob', root)).toEqual([]);
  });

  it.each([
    ['default', 'bob', 'FOO', "Invalid permission 'FOO'. Valid permissions are: ('READ', 'USE',"],
    ['default', 'nobody', 'READ', 'User with username=nobody not found'],
    ['nope', 'bob', 'READ', "Workspace 'nope' not found"],
  ])('is not %s %s %s', async (workspace, user, level, message) => {
    await expect(a.workspacePermissions.set(workspace, user, level, root)).rejects.toThrow(message);
    expect(await a.workspacePermissions.list('nope', root)).toEqual([]);
  });
});
