import { beforeAll, expect, it } from 'vitest';
import type { By } from '../../platform/http/operation.js';
import { forEachDatabase } from '../../testing/for-each-database.js';
import { type Access, accessOn } from '../testing/access-on.js';

const PASSWORD = 'a long password';
const DENIED = 'Permission denied';

forEachDatabase((open) => {
  let a: Access;
  let root: By;
  let ann: By;
  beforeAll(async () => {
    a = await accessOn(await open());
    root = await a.by('root');
    for (const name of ['ann', 'bob']) await a.users.create(name, PASSWORD, root);
    ann = await a.by('ann');
  });
  let count = 0;
  const role = (workspace = 'default') => {
    count += 1;
    return a.roles.create(`role ${count}`, workspace, undefined, root);
  };
  const grant = (pattern: string, permission = 'READ', type = 'experiment') => ({
    ...{ type, pattern, permission },
  });

  it('have names of their own in each workspace', async () => {
    const { id, name } = await role();
    await expect(a.roles.create(name, 'default', undefined, root)).rejects.toThrow(
      `Role (name=${name}, workspace=default) already exists.`,
    );
    await a.roles.create(name, 'other', undefined, root);
    const other = await role();
    await expect(a.roles.update(other.id, { name }, root)).rejects.toThrow(
      `Role with name=${name} already exists in workspace=default`,
    );
    expect(await a.roles.update(id, { name, description: 'd' }, root)).toMatchObject({
      ...{ id, name, description: 'd' },
    });
    await expect(a.roles.update(id, {}, root)).rejects.toThrow("At least one of 'name' or 'desc");
    for (const bad of [' ', '__user_7__', 'x'.repeat(256)]) {
      await expect(a.roles.create(bad, 'default', undefined, root)).rejects.toThrow('Role name');
    }
    await expect(a.roles.create('x', ' ', undefined, root)).rejects.toThrow('Workspace cannot be');
    await expect(a.roles.get(99_999, root)).rejects.toThrow('Role with id=99999 not found');
    await expect(a.roles.get(2n ** 63n, root)).rejects.toThrow('not found');
  });

  it('have permissions, one on each pattern', async () => {
    const { id } = await role();
    const added = await a.roles.addPermission(id, grant('7'), root);
    await expect(a.roles.addPermission(id, grant('7', 'EDIT'), root)).rejects.toThrow(
      `Role permission (role_id=${id}, resource_type=experiment, resource_pattern=7) already exists.`,
    );
    await expect(a.roles.addPermission(id, grant('7', 'READ', 'run'), root)).rejects.toThrow(
      'supports only wildcard',
    );
    await expect(a.roles.addPermission(id, grant('*', 'READ', 'workspace'), root)).rejects.toThrow(
      'Workspace-wide grants accept only',
    );
    const changed = { ...added, permission: 'EDIT' };
    expect(await a.roles.updatePermission(added.id, 'EDIT', root)).toEqual(changed);
    expect((await a.roles.get(id, root)).permissions).toEqual([changed]);
    await a.roles.removePermission(added.id, root);
    const gone = `Role permission with id=${added.id} not found`;
    await expect(a.roles.removePermission(added.id, root)).rejects.toThrow(gone);
    await expect(a.roles.updatePermission(added.id, 'READ', root)).rejects.toThrow(gone);
  });

  it('are assigned, count at once, and are taken back', async () => {
    const { id } = await role();
    await a.roles.addPermission(id, grant('8', 'EDIT'), root);
    const { user_id } = await a.roles.assign('ann', id, root);
    expect(await a.levels.levelOf(ann.caller, 'experiment', '8')).toBe('EDIT');
    const pair = `User role assignment (user_id=${user_id}, role_id=${id})`;
    await expect(a.roles.assign('ann', id, root)).rejects.toThrow(`${pair} already exists`);
    expect(await a.roles.usersOf(id, root)).toMatchObject([{ user_id, role_id: id }]);
    await a.roles.unassign('ann', id, root);
    await expect(a.roles.unassign('ann', id, root)).rejects.toThrow(`${pair} not found`);
    expect(await a.levels.levelOf(ann.caller, 'experiment', '8')).toBe('READ');
    await expect(a.roles.assign('zed', id, root)).rejects.toThrow('username=zed not found');
    await expect(a.roles.assign('ann', 99_999, root)).rejects.toThrow('Role with id=99999');
  });

  it('are hidden from strangers, shown to members, changed by managers', async () => {
    const { id } = await role('w');
    const strangers = [
      () => a.roles.get(id, ann),
      () => a.roles.get(99_999, ann),
      () => a.roles.list(['w'], ann),
      () => a.roles.list(undefined, ann),
      () => a.roles.usersOf(id, ann),
      () => a.roles.update(id, { name: 'x' }, ann),
      () => a.roles.delete(id, ann),
      () => a.roles.delete(99_999, ann),
      () => a.roles.removePermission(99_999, ann),
      () => a.roles.assign('ann', id, ann),
      () => a.roles.assign('zed', id, ann),
      () => a.roles.create('x', 'w', undefined, ann),
    ];
    for (const ask of strangers) await expect(ask()).rejects.toThrow(DENIED);
    await a.roles.assign('ann', id, root);
    expect(await a.roles.list(['w'], ann)).toHaveLength(1);
    // Who else has it is not for members to know, as in MLflow.
    await expect(a.roles.usersOf(id, ann)).rejects.toThrow(DENIED);
    await expect(a.roles.list(['w', 'default'], ann)).rejects.toThrow(DENIED);
    await expect(a.roles.update(id, { name: 'x' }, ann)).rejects.toThrow(DENIED);
    await a.roles.addPermission(id, grant('*', 'MANAGE', 'workspace'), root);
    await a.roles.update(id, { name: 'x' }, ann);
    await a.roles.assign('bob', id, ann);
    await expect(a.roles.create('x', 'default', undefined, ann)).rejects.toThrow(DENIED);
    // What a workspace of that name lets do says nothing of the one that things lie in.
    expect(await a.levels.levelOf(ann.caller, 'experiment', '1')).toBe('READ');
    await expect(a.roles.list([' '], root)).rejects.toThrow('must be a non-empty string');
  });

  it('of single users are theirs alone', async () => {
    await a.grants.grant({ username: 'bob', type: 'experiment', id: '9' }, 'EDIT', root);
    const { roles } = await a.grants.rolesOf('bob', root);
    const hidden = roles.find(({ name }) => name.startsWith('__user_'));
    if (hidden === undefined) throw new Error('There is no hidden role');
    await expect(a.roles.assign('ann', hidden.id, root)).rejects.toThrow('one user alone');
    await expect(a.roles.unassign('bob', hidden.id, root)).rejects.toThrow('one user alone');
    await expect(a.roles.update(hidden.id, { name: 'mine' }, root)).rejects.toThrow('one user');
  });
});
