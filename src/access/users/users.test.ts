import { beforeAll, describe, expect, it } from 'vitest';
import type { By } from '../../platform/http/operation.js';
import { forEachDatabase } from '../../testing/for-each-database.js';
import { BY_TESTER } from '../../testing/tester.js';
import { verifyPassword } from '../passwords.js';
import { LOCK_OUT } from '../sign-in/password-checks.js';
import { type Access, accessOn } from '../testing/access-on.js';
import { checkPassword, checkUsername } from './users.js';

const PASSWORD = 'a long password';

forEachDatabase((open) => {
  let a: Access;
  let root: By;
  beforeAll(async () => {
    a = await accessOn(await open());
    root = await a.by('root');
  });
  const find = (name: string) => a.userStore.find(a.database.read, name);

  it('are made by admins and by who manages a workspace', async () => {
    await a.users.create('ann', PASSWORD, root);
    const ann = await a.by('ann');
    await expect(a.users.create('bob', PASSWORD, ann)).rejects.toThrow('Permission denied');
    const { id } = await a.roles.create('managers', 'default', undefined, root);
    const manage = { type: 'workspace', pattern: '*', permission: 'MANAGE' };
    await a.roles.addPermission(id, manage, root);
    await a.roles.assign('ann', id, root);
    expect(await a.users.create('bob', PASSWORD, ann)).toMatchObject({ isAdmin: false });
    await expect(a.users.create('bob', PASSWORD, root)).rejects.toThrow(
      'User (username=bob) already exists.',
    );
    await a.roles.delete(id, root);
    await expect(a.users.create('eve', PASSWORD, ann)).rejects.toThrow('Permission denied');
  });

  it('are made once, however many ask at a time', async () => {
    const asked = [1, 2, 3, 4].map(() => a.users.create('twin', PASSWORD, root));
    const settled = await Promise.allSettled(asked);
    const refused = settled.flatMap((one) => (one.status === 'rejected' ? [one.reason] : []));
    expect(refused.map(({ code }) => code)).toEqual(Array(3).fill('RESOURCE_ALREADY_EXISTS'));
  });

  it('are seen by themselves and by admins', async () => {
    const ann = await a.by('ann');
    expect((await a.users.see('ann', ann)).username).toBe('ann');
    await expect(a.users.see('root', ann)).rejects.toThrow('Permission denied');
    await expect(a.users.see('nobody', ann)).rejects.toThrow('Permission denied');
    await expect(a.users.see('nobody', root)).rejects.toThrow(
      'User with username=nobody not found',
    );
  });

  it('change their own passwords with the one until now, and are signed out', async () => {
    const ann = await a.by('ann');
    const change = (password: string, current?: string) =>
      a.users.setPassword('ann', password, current, ann);
    await expect(change('another password')).rejects.toThrow(
      'Current password is required when changing your own password.',
    );
    await expect(change('another password', 'wrong')).rejects.toThrow(
      'Current password does not match.',
    );
    await expect(change(PASSWORD, PASSWORD)).rejects.toThrow(
      'New password must differ from the current password.',
    );
    await expect(change('short', PASSWORD)).rejects.toThrow('at least 12 characters');
    const user = await find('ann');
    const sessions = {
      sql: 'select id from sessions where user_id = ?',
      bindings: [user?.id ?? 0],
    };
    await a.database.write((tx) =>
      tx.run({
        sql:
          'insert into sessions (session_hash, user_id, method, creation_timestamp, ' +
          "expiration_timestamp) values ('h', ?, 'password', 1, 2)",
        bindings: [user?.id ?? 0],
      }),
    );
    await change('another password', PASSWORD);
    expect(await verifyPassword((await find('ann'))?.passwordHash ?? '', 'another password')).toBe(
      true,
    );
    expect(await a.database.read.all(sessions)).toEqual([]);
    await expect(a.users.setPassword('root', PASSWORD, undefined, ann)).rejects.toThrow('denied');
    await a.users.setPassword('ann', PASSWORD, undefined, root);
  });

  it('learn no password by trying to change it: guesses count as those at the door', async () => {
    const ann = await a.by('ann');
    const change = (current: string) =>
      a.users.setPassword('ann', 'another password', current, ann);
    for (let guess = 0; guess < LOCK_OUT.account; guess += 1) {
      await expect(change(`guess number ${guess}`)).rejects.toThrow('does not match');
    }
    await expect(change(PASSWORD)).rejects.toMatchObject({
      ...{ status: 401, message: expect.stringContaining('Too many sign-ins have failed') },
    });
  });

  it('are never without an admin', async () => {
    const ann = await a.by('ann');
    await expect(a.users.setAdmin('ann', true, ann)).rejects.toThrow('Permission denied');
    await expect(a.users.delete('bob', ann)).rejects.toThrow('Permission denied');
    await expect(a.users.setAdmin('root', false, root)).rejects.toThrow('is the last admin');
    await expect(a.users.delete('root', root)).rejects.toThrow('cannot delete their own account');
    await a.users.setAdmin('ann', true, root);
    const both = [
      a.users.setAdmin('ann', false, root),
      a.users.setAdmin('root', false, await a.by('ann')),
    ];
    const settled = (await Promise.allSettled(both)).map(({ status }) => status);
    expect(settled.toSorted()).toEqual(['fulfilled', 'rejected']);
    const admins = (await a.userStore.list(a.database.read)).filter(({ isAdmin }) => isAdmin);
    expect(admins.length).toBe(1);
    if ((await find('root'))?.isAdmin === false) {
      await a.users.setAdmin('root', true, await a.by('ann'));
      await a.users.setAdmin('ann', false, root);
    }
  });

  it('leave nothing behind', async () => {
    const { id } = await a.users.create('gone', PASSWORD, root);
    await a.grants.grant({ username: 'gone', type: 'experiment', id: '1' }, 'EDIT', root);
    expect(await a.grantStore.ofUser(a.database.read, id)).toHaveLength(1);
    await a.users.delete('gone', root);
    expect(await a.grantStore.ofUser(a.database.read, id)).toEqual([]);
    await expect(a.users.delete('gone', root)).rejects.toThrow('not found');
  });

  it('are no matter where nobody signs in', async () => {
    await expect(a.users.create('eve', PASSWORD, BY_TESTER)).rejects.toMatchObject({ status: 404 });
    await expect(a.roles.list(undefined, BY_TESTER)).rejects.toMatchObject({ status: 404 });
    await expect(a.grants.everybody(BY_TESTER)).rejects.toMatchObject({ status: 404 });
  });
});

describe('names and passwords', () => {
  it.each(['', '  ', 'a:b', 'a\nb', 'a\u202eb', 'x'.repeat(256)])('%j is no name', (name) => {
    expect(() => checkUsername(name)).toThrow('Username');
  });
  it.each(['ann', 'ann@example.com', 'Анна 2', 'x'.repeat(255)])('%j is a name', (name) => {
    checkUsername(name);
  });
  it('have lengths', () => {
    expect(() => checkPassword('12345678901')).toThrow('at least 12 characters');
    expect(() => checkPassword('x'.repeat(1_025))).toThrow('at most 1024 characters');
    checkPassword('123456789012');
  });
});
