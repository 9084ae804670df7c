import { expect, it } from 'vitest';
import { serve } from '../platform/http/testing/serve.js';
import { forEachDatabase } from '../testing/for-each-database.js';
import { accessOn } from './testing/access-on.js';

forEachDatabase((open) => {
  it('answers as clients of all versions expect', async () => {
    const access = await accessOn(await open());
    const send = await serve(access.listener());
    const ask = async (method: string, path: string, input: Record<string, unknown> = {}) => {
      const isGet = method === 'GET';
      const query = isGet ? `?${new URLSearchParams(input as Record<string, string>)}` : '';
      const { status, json } = await send(`/api/${path.replace('/', '/mlflow/')}${query}`, {
        method,
        headers: { Authorization: `Basic ${Buffer.from('root:any').toString('base64')}` },
        ...(isGet ? {} : { json: input }),
      });
      return { status, body: json };
    };
    const good = async (...asked: Parameters<typeof ask>) => {
      const { status, body } = await ask(...asked);
      expect({ status, body }).toMatchObject({ status: 200 });
      return body;
    };
    const ann = { username: 'ann' };
    const id = expect.any(Number);
    const none = {
      experiment_permissions: [],
      registered_model_permissions: [],
      scorer_permissions: [],
    };
    expect(await good('POST', '2.0/users/create', { ...ann, password: 'a long password' })).toEqual(
      {
        user: { id, username: 'ann', is_admin: false, ...none },
      },
    );
    await good('PATCH', '2.0/users/update-admin', { ...ann, is_admin: true });
    await good('PATCH', '2.0/users/update-admin', { ...ann, is_admin: false });
    await good('PATCH', '2.0/users/update-password', { ...ann, password: 'another password' });
    expect(await good('GET', '2.0/users/current')).toEqual({
      user: { id, username: 'root', is_admin: true },
      is_basic_auth: false,
    });

    const { role } = await good('POST', '3.0/roles/create', { name: 'r', workspace: 'default' });
    expect(role).toEqual({
      ...{ id, name: 'r', workspace: 'default', description: null, permissions: [] },
    });
    const role_id = (role as { id: number }).id;
    const grant = { resource_type: 'run', resource_pattern: '*', permission: 'EDIT' };
    const { role_permission } = await good('POST', '3.0/roles/permissions/add', {
      ...{ role_id, ...grant },
    });
    expect(role_permission).toEqual({ id, role_id, ...grant });
    const role_permission_id = (role_permission as { id: number }).id;
    const permission = { role_permission_id, permission: 'READ' };
    expect(await good('PATCH', '3.0/roles/permissions/update', permission)).toEqual({
      role_permission: { id, role_id, ...grant, permission: 'READ' },
    });
    expect(await good('GET', '3.0/roles/permissions/list', { role_id })).toEqual({
      role_permissions: [{ id, role_id, ...grant, permission: 'READ' }],
    });
    expect(await good('POST', '3.0/roles/assign', { ...ann, role_id })).toEqual({
      assignment: { id, user_id: id, role_id },
    });
    expect(await good('GET', '3.0/roles/users/list', { role_id })).toEqual({
      assignments: [{ id, user_id: id, role_id }],
    });
    expect(await good('GET', '3.0/users/roles/list', ann)).toMatchObject({
      roles: [{ id: role_id }],
    });
    expect(await good('GET', '3.0/users/permissions/list', ann)).toEqual({
      is_admin: false,
      permissions: [
        {
          ...{ role_id, role_name: 'r', workspace: 'default' },
          ...{ resource_type: 'run', resource_pattern: '*', permission: 'READ' },
        },
      ],
    });
    expect(await good('GET', '3.0/users/current/permissions')).toEqual({
      ...{ is_admin: true, permissions: [] },
    });
    expect(await good('GET', '2.0/users/list')).toMatchObject({
      users: [
        { username: 'root', roles: [] },
        { username: 'ann', roles: [{ id: role_id }] },
      ],
    });
    await good('DELETE', '3.0/roles/unassign', { ...ann, role_id });
    await good('PATCH', '3.0/roles/update', { role_id, description: 'd' });
    expect(await good('GET', '3.0/roles/get', { role_id })).toMatchObject({
      role: { description: 'd' },
    });
    expect(await good('GET', '3.0/roles/list', { workspace: 'default' })).toMatchObject({
      roles: [{ id: role_id }],
    });
    await good('DELETE', '3.0/roles/permissions/remove', { role_permission_id });
    await good('DELETE', '3.0/roles/delete', { role_id });

    const thing = { ...ann, resource_type: 'experiment', resource_id: '7' };
    await good('POST', '3.0/users/permissions/grant', { ...thing, permission: 'USE' });
    expect(await good('GET', '3.0/users/permissions/get', thing)).toEqual({
      ...{ allowed: true, permission: 'USE' },
    });
    await good('POST', '3.0/users/permissions/revoke', thing);
    expect(await good('GET', '3.0/users/permissions/get', thing)).toEqual({
      ...{ allowed: false, permission: 'READ' },
    });

    const experiment = { experiment_id: '7', ...ann };
    const model = { name: 'm', ...ann };
    const scorer = { experiment_id: '7', scorer_name: 'a/b (c)', ...ann };
    const edit = { permission: 'EDIT' };
    const shown = { user_id: id, permission: 'EDIT' };
    for (const [path, named, key, wire] of [
      ['2.0/experiments', experiment, 'experiment_permission', { experiment_id: '7' }],
      [
        '2.0/registered-models',
        model,
        'registered_model_permission',
        { workspace: 'default', name: 'm' },
      ],
      ['3.0/scorers', scorer, 'scorer_permission', { experiment_id: '7', scorer_name: 'a/b (c)' }],
    ] as const) {
      expect(await good('POST', `${path}/permissions/create`, { ...named, ...edit })).toEqual({
        [key]: { ...wire, ...shown },
      });
      expect(await good('GET', `${path}/permissions/get`, named)).toEqual({
        [key]: { ...wire, ...shown },
      });
      expect(await good('GET', '2.0/users/get', ann)).toMatchObject({
        user: { [`${key}s`]: [{ ...wire, ...shown }] },
      });
      await good('PATCH', `${path}/permissions/update`, {
        ...named,
        permission: 'NO_PERMISSIONS',
      });
      expect(await good('GET', `${path}/permissions/get`, named)).toMatchObject({
        [key]: { permission: 'NO_PERMISSIONS' },
      });
      await good('DELETE', `${path}/permissions/delete`, named);
    }
    await good('DELETE', '2.0/users/delete', ann);
    expect((await ask('GET', '2.0/users/get', ann)).status).toBe(404);
    expect((await ask('GET', '3.0/roles/list')).body).toEqual({ roles: [] });
    expect(access.deeds.map(({ action }) => action)).toEqual([
      'user.create',
      'user.update_admin',
      'user.update_admin',
      'user.update_password',
      'role.create',
      'role.add_permission',
      'role.update_permission',
      'role.assign',
      'role.unassign',
      'role.update',
      'role.remove_permission',
      'role.delete',
      'permission.grant',
      'permission.revoke',
      ...['grant', 'update', 'revoke'].map((verb) => `permission.${verb}`),
      ...['grant', 'update', 'revoke'].map((verb) => `permission.${verb}`),
      ...['grant', 'update', 'revoke'].map((verb) => `permission.${verb}`),
      'user.delete',
    ]);
    expect(JSON.stringify(access.deeds)).not.toMatch(/argon|long password|another password/);
  });
});
