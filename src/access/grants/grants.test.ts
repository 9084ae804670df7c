import { beforeAll, describe, expect, it } from 'vitest';
import { scorerKey } from '../../evaluation/scorers/scorers.js';
import type { By } from '../../platform/http/operation.js';
import { forEachDatabase } from '../../testing/for-each-database.js';
import { BY_TESTER } from '../../testing/tester.js';
import { type Access, accessOn } from '../testing/access-on.js';
import { parseScorerKey } from './grants.js';

const PASSWORD = 'a long password';
const DENIED = 'Permission denied';

forEachDatabase((open) => {
  let a: Access;
  let root: By;
  let ann: By;
  let bob: By;
  beforeAll(async () => {
    a = await accessOn(await open());
    root = await a.by('root');
    for (const name of ['ann', 'bob']) await a.users.create(name, PASSWORD, root);
    [ann, bob] = [await a.by('ann'), await a.by('bob')];
  });
  const to = (username: string, id: string, type = 'experiment') => ({ username, type, id });
  const level = (by: By, id: string, type = 'experiment') => a.levels.levelOf(by.caller, type, id);

  it('are given and taken by who may manage the thing', async () => {
    await expect(a.grants.grant(to('bob', '1'), 'READ', ann)).rejects.toThrow(DENIED);
    await a.grants.grant(to('ann', '1'), 'MANAGE', root);
    await a.grants.grant(to('bob', '1'), 'EDIT', ann);
    expect(await level(bob, '1')).toBe('EDIT');
    expect(await level(bob, '2')).toBe('READ');
    await expect(a.grants.grant(to('bob', '1'), 'READ', root)).rejects.toThrow(
      'Permission for user=bob on resource_type=experiment, resource_id=1 already exists.',
    );
    await a.grants.revoke(to('bob', '1'), ann);
    await expect(a.grants.revoke(to('bob', '1'), ann)).rejects.toThrow(
      'Permission for user=bob on resource_type=experiment, resource_id=1 not found.',
    );
    await expect(a.grants.revoke(to('bob', '2'), ann)).rejects.toThrow(DENIED);
    await expect(a.grants.grant(to('zed', '1'), 'READ', ann)).rejects.toThrow(
      'User with username=zed not found',
    );
  });

  it('on all of a kind are for admins and who manages the workspace', async () => {
    await a.grants.grant(to('ann', '*'), 'MANAGE', root);
    await expect(a.grants.grant(to('bob', '*'), 'READ', ann)).rejects.toThrow(DENIED);
    await a.grants.revoke(to('ann', '*'), root);
  });

  it('may forbid', async () => {
    await a.grants.grant(to('bob', '3'), 'DENY', root);
    expect(await level(bob, '3')).toBe('DENY');
    expect(await a.grants.effective(to('bob', '3'), bob)).toBe('DENY');
  });

  it('fit the kind of thing', async () => {
    const grant = (type: string, id: string, permission: string) =>
      a.grants.grant(to('bob', id, type), permission, root);
    await expect(grant('workspace', '*', 'MANAGE')).rejects.toThrow("'workspace' is not supported");
    await expect(grant('spaceship', '1', 'READ')).rejects.toThrow("Invalid resource type 'spac");
    await expect(grant('run', 'x', 'READ')).rejects.toThrow("Invalid resource_pattern 'x'");
    await expect(grant('experiment', '1', 'FOO')).rejects.toThrow("Invalid permission 'FOO'");
    await expect(grant('prompt', 'x'.repeat(1_025), 'READ')).rejects.toThrow('at most 1024');
    await expect(a.grants.effective(to('bob', 'x', 'run'), root)).rejects.toThrow(
      "resource_type 'run' is not supported",
    );
  });

  it('are looked at by whom they are for, and by admins', async () => {
    expect(await a.grants.effective(to('ann', '1'), ann)).toBe('MANAGE');
    await expect(a.grants.effective(to('ann', '1'), bob)).rejects.toThrow(DENIED);
    await expect(a.grants.rolesOf('ann', bob)).rejects.toThrow(DENIED);
    await expect(a.grants.rolesOf('zed', bob)).rejects.toThrow(DENIED);
    expect((await a.grants.rolesOf('ann', ann)).roles).toHaveLength(1);
    const seen = await a.grants.everybody(bob);
    expect(seen.map(({ user, roles }) => [user.username, roles.length])).toEqual([
      ['root', 0],
      ['ann', 0],
      ['bob', 1],
    ]);
  });

  it('come with what somebody makes', async () => {
    await a.database.write((tx) => a.owners.created(tx, ann, 'registered_model', 'm'));
    await a.database.write((tx) => a.owners.created(tx, BY_TESTER, 'registered_model', 'n'));
    await a.database.write((tx) => a.owners.created(tx, ann, 'scorer', '1/a b/(c)'));
    expect(await level(ann, 'm', 'registered_model')).toBe('MANAGE');
    expect(await level(ann, 'n', 'registered_model')).toBe('READ');
    expect(await level(ann, scorerKey('1', 'a b/(c)'), 'scorer')).toBe('MANAGE');
  });

  it('go with the name, and nobody inherits them', async () => {
    await a.grants.grant(to('bob', 'm', 'registered_model'), 'EDIT', ann);
    await a.grants.grant(to('bob', 'other', 'registered_model'), 'MANAGE', root);
    await a.database.write((tx) => a.owners.renamed(tx, 'registered_model', 'm', 'other'));
    expect(await level(ann, 'other', 'registered_model')).toBe('MANAGE');
    expect(await level(bob, 'other', 'registered_model')).toBe('EDIT');
    expect(await level(ann, 'm', 'registered_model')).toBe('READ');
    await a.database.write((tx) => a.owners.deleted(tx, 'registered_model', 'other'));
    expect(await level(ann, 'other', 'registered_model')).toBe('READ');
    await a.database.write((tx) => a.owners.deleted(tx, 'experiment', '1'));
    expect(await level(ann, '1')).toBe('MANAGE');
  });

  it('leave what was forbidden by name forbidden', async () => {
    await a.grants.grant(to('bob', 'taboo', 'prompt'), 'DENY', root);
    await a.database.write((tx) => a.owners.created(tx, bob, 'prompt', 'taboo'));
    expect(await level(bob, 'taboo', 'prompt')).toBe('DENY');
  });

  it('are the same rows for clients before 3.17', async () => {
    const prompt = { kind: 'registered_model', name: 'prompt-1' } as const;
    await a.entityGrants.create(prompt, 'bob', 'EDIT', root);
    expect(await level(bob, 'prompt-1', 'prompt')).toBe('EDIT');
    await a.entityGrants.update(prompt, 'bob', 'NO_PERMISSIONS', root);
    expect(await level(bob, 'prompt-1', 'prompt')).toBe('DENY');
    expect(await a.entityGrants.get(prompt, 'bob', root)).toMatchObject({
      permission: 'NO_PERMISSIONS',
    });
    await expect(a.entityGrants.create(prompt, 'bob', 'READ', root)).rejects.toThrow(
      'Registered model permission (name=prompt-1, username=bob) already exists.',
    );
    await a.entityGrants.delete(prompt, 'bob', root);
    await expect(a.entityGrants.get(prompt, 'bob', root)).rejects.toThrow(
      'Registered model permission with name=prompt-1 and username=bob not found',
    );
    await expect(a.entityGrants.get(prompt, 'zed', root)).rejects.toThrow('username=zed not found');
    await expect(a.entityGrants.get(prompt, 'bob', bob)).rejects.toThrow(DENIED);
  });
});

describe('the key of a scorer', () => {
  it.each(['a', 'a/b', "it's (a) *!", '%2F', 'ключ'])('holds %j', (name) => {
    expect(parseScorerKey(scorerKey('7', name))).toEqual({ experimentId: '7', name });
    expect(scorerKey('7', name)).toMatch(/^7\/[\w.~%-]+$/);
  });
});
