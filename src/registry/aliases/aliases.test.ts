import { beforeAll, describe, expect, it } from 'vitest';
import { MlflowError } from '../../errors.js';
import type { Database } from '../../platform/db/database.js';
import { forEachDatabase } from '../../testing/for-each-database.js';
import { BY_TESTER } from '../../testing/tester.js';
import { openGate, openPassage } from '../promotion-gate.js';
import { type Registry, registryOn } from '../testing/registry-on.js';
import { checkAlias, checkNewAlias } from './aliases.js';

describe('an alias', () => {
  it.each(['champion', 'a_b-c', 'é漢', 'v', 'v1x', 'x'.repeat(255)])('may be %s', (alias) => {
    expect(() => checkNewAlias(alias)).not.toThrow();
  });

  it.each([
    ['', 'Registered model alias name cannot be empty.'],
    ['a b', "Invalid alias name: 'a b'. Names may only contain alphanumerics"],
    ['a.b', "Invalid alias name: 'a.b'."],
    ['a\n', "Invalid alias name: 'a\n'."],
    ['x'.repeat(256), "'Registered model alias name' exceeds the maximum length of 255 characters"],
  ])('may not be %j', (alias, message) => {
    expect(() => checkAlias(alias)).toThrow(message);
  });

  it.each([
    ['Latest', "'latest' alias name (case insensitive) is reserved."],
    ['V22', "Version alias name 'V22' is reserved."],
  ])('%s is reserved, but may be looked up', (alias, message) => {
    expect(() => checkAlias(alias)).not.toThrow();
    expect(() => checkNewAlias(alias)).toThrow(message);
  });
});

forEachDatabase((open) => {
  let database: Database;
  let registry: Registry;
  beforeAll(async () => {
    database = await open();
    registry = registryOn(database);
    await registry.models.create('m', '', [], BY_TESTER);
    await registry.models.create('empty', '', [], BY_TESTER);
    for (const _ of [1, 2, 3]) await registry.createVersion('m');
  });

  it('names one version at a time, which may have several', async () => {
    await registry.aliases.set('m', 'a', '1', BY_TESTER);
    await registry.aliases.set('m', 'b', '2', BY_TESTER);
    await registry.aliases.set('m', 'a', '2', BY_TESTER);
    const found = await registry.aliases.resolve('m', 'a');
    expect([found.version, found.aliases]).toEqual([2, ['a', 'b']]);
    expect((await registry.versions.get(database.read, 'm', '1')).aliases).toEqual([]);
    await registry.aliases.delete('m', 'a', BY_TESTER);
    await registry.aliases.delete('m', 'a', BY_TESTER);
    await expect(registry.aliases.resolve('m', 'a')).rejects.toMatchObject({
      code: 'INVALID_PARAMETER_VALUE',
      message: 'Registered model alias a not found.',
    });
  });

  it('tells letters apart by case', async () => {
    await registry.aliases.set('m', 'Case', '1', BY_TESTER);
    await expect(registry.aliases.resolve('m', 'case')).rejects.toThrow('alias case not found');
  });

  it('resolves latest to the highest version of all stages', async () => {
    await registry.transition({ name: 'm', version: '3', stage: 'Archived' });
    expect((await registry.aliases.resolve('m', 'LaTest')).version).toBe(3);
    await expect(registry.aliases.resolve('empty', 'latest')).rejects.toThrow(
      'Latest version not found for model empty.',
    );
  });

  it('tells a model that is not there from an alias that is not', async () => {
    const noModel = { status: 404, message: 'Registered Model with name=none not found' };
    await expect(registry.aliases.resolve('none', 'a')).rejects.toMatchObject(noModel);
    await expect(registry.aliases.resolve('none', 'latest')).rejects.toMatchObject(noModel);
    await expect(registry.aliases.delete('none', 'a', BY_TESTER)).rejects.toMatchObject(noModel);
    await expect(registry.aliases.set('none', 'a', '1', BY_TESTER)).rejects.toMatchObject({
      message: 'Model Version (name=none, version=1) not found',
    });
  });

  it('is asked of the gate', async () => {
    const asked: unknown[] = [];
    const strict = registryOn(database, {
      gate: {
        ...openGate,
        open: async (change) => {
          asked.push(change);
          const refusal = new MlflowError('PERMISSION_DENIED', 'no');
          return { ...openPassage, judge: async () => ({ allowed: false, refusal }) };
        },
      },
    });
    await expect(strict.aliases.set('m', 'gated', '1', BY_TESTER)).rejects.toThrow('no');
    expect(asked).toEqual([{ kind: 'alias', name: 'm', version: 1, alias: 'gated' }]);
    await expect(registry.aliases.resolve('m', 'gated')).rejects.toThrow('alias gated not found');
  });
});
