import { describe, expect, it } from 'vitest';
import { noTrail } from '../../platform/trail.js';
import { forEachDatabase } from '../../testing/for-each-database.js';
import { BY_TESTER } from '../../testing/tester.js';
import { isGranted, matches } from '../rights.js';
import { ensureBuiltInRoles } from './built-in-roles.js';
import { RightService } from './rights.service.js';
import { RightStore } from './rights.store.js';
import { RoleStore } from './roles.store.js';

describe('patterns of rights', () => {
  it.each([
    ['*', '', true],
    ['*', 'anything', true],
    ['fraud-*', 'fraud-eu', true],
    ['fraud-*', 'Fraud-eu', false],
    ['*-eu', 'fraud-eu', true],
    ['a*b*c', 'a-b-b-c', true],
    ['a*b*c', 'a-c-b', false],
    ['ab*bc', 'abc', false],
    ['fraud', 'fraud-eu', false],
    ['f.aud', 'fraud', false],
    ['', 'x', false],
  ])('%s fits %s: %s', (pattern, text, expected) => {
    expect(matches(pattern, text)).toBe(expected);
  });

  it('takes a time that grows with the lengths alone', () => {
    expect(matches(`${'*a'.repeat(2_000)}*b`, 'a'.repeat(20_000))).toBe(false);
  });

  it('names the deed whole', () => {
    const right = {
      ...{ action: 'transition' as const, model_pattern: 'fraud-*', alias_pattern: '*' },
      ...{ from_stage: 'Staging', to_stage: 'Production' },
    };
    const deed = { action: 'transition' as const, model: 'fraud-eu' };
    expect(isGranted([right], { ...deed, from: 'Staging', to: 'Production' })).toBe(true);
    expect(isGranted([right], { ...deed, from: 'None', to: 'Production' })).toBe(false);
    expect(isGranted([right], { ...deed, model: 'other', from: 'Staging', to: 'Production' })).toBe(
      false,
    );
    expect(isGranted([right], { ...deed, action: 'rollback' })).toBe(false);
  });
});

forEachDatabase((open) => {
  it('come with the built-in roles, and are given and taken one by one', async () => {
    const database = await open();
    const roles = new RoleStore(database);
    const rights = new RightStore();
    await ensureBuiltInRoles(database, roles, rights);
    await ensureBuiltInRoles(database, roles, rights);
    const all = await roles.list(database.read, ['default']);
    expect(all.map(({ name }) => name)).toEqual([
      'lead',
      'validator',
      'auditor',
      'serving',
      'on-call',
    ]);
    const [lead] = all;
    const service = new RightService({ database, roles, rights, trail: noTrail });
    const id = lead?.id ?? 0;
    expect((await service.list(id)).map(({ action }) => action)).toEqual([
      'transition',
      'alias_set',
      'alias_delete',
      'approve',
      'rollback',
    ]);
    const added = await service.add(id, { action: 'audit', model_pattern: 'x*' }, BY_TESTER);
    expect(added).toMatchObject({ action: 'audit', model_pattern: 'x*', to_stage: '*' });
    await expect(
      service.add(id, { action: 'audit', model_pattern: 'x*' }, BY_TESTER),
    ).rejects.toThrow('already');
    await service.remove(id, added.id, BY_TESTER);
    await expect(service.remove(id, added.id, BY_TESTER)).rejects.toThrow('has no right');
    await expect(service.add(id, { action: 'fly' }, BY_TESTER)).rejects.toThrow('must be one of');
    await expect(service.add(9_999, { action: 'audit' }, BY_TESTER)).rejects.toThrow('not found');
  });
});
