import { beforeAll, describe, expect, it } from 'vitest';
import type { Database } from '../../platform/db/database.js';
import type { By } from '../../platform/http/operation.js';
import { forEachDatabase } from '../../testing/for-each-database.js';
import { BY_TESTER } from '../../testing/tester.js';
import { type Access, accessOn } from '../testing/access-on.js';
import { holdingOf, levelsOf, MODEL_LEVELS } from './model-levels.js';
import type { WantedLevel } from './model-levels.service.js';

const PASSWORD = 'a long password';

describe('levels', () => {
  it.each(MODEL_LEVELS)('%s is shown as it was given', (level) => {
    expect(levelsOf(holdingOf([level]))).toEqual([level]);
  });

  it('of one person add up', () => {
    expect(levelsOf(holdingOf(['CAN_MANAGE_PRODUCTION_VERSIONS', 'CAN_MANAGE']))).toEqual([
      'CAN_MANAGE',
      'CAN_MANAGE_PRODUCTION_VERSIONS',
    ]);
  });
});

forEachDatabase((open) => {
  let database: Database;
  let a: Access;
  let root: By;
  let ann: By;
  beforeAll(async () => {
    database = await open();
    a = await accessOn(database);
    root = await a.by('root');
    for (const name of ['ann', 'bob']) await a.users.create(name, PASSWORD, root);
    await a.roles.create('team', 'default', undefined, root);
    ann = await a.by('ann');
  });

  let models = 0;
  /** A model that ann manages. */
  async function newModel(name = `model-${++models}`) {
    const row = await database.write(async (tx) => {
      await a.owners.created(tx, ann, 'registered_model', name);
      return tx.first<{ id: number }>({
        sql:
          'insert into registered_models (name, creation_timestamp, last_updated_timestamp) ' +
          'values (?, 1, 1) returning id',
        bindings: [name],
      });
    });
    return { id: String(row?.id), name };
  }
  const user = (user_name: string, permission_level: string): WantedLevel => ({
    user_name,
    permission_level,
  });
  const direct = async (id: string) =>
    (await a.modelLevels.get(id, ann)).filter(({ inherited }) => !inherited);

  it('are replaced as a whole, or changed for some', async () => {
    const { id, name } = await newModel();
    expect(await direct(id)).toEqual([{ user: 'ann', levels: ['CAN_MANAGE'], inherited: false }]);
    const lines = [
      user('ann', 'CAN_MANAGE'),
      { service_principal_name: 'bob', permission_level: 'CAN_EDIT' },
      { group_name: 'team', permission_level: 'CAN_MANAGE_STAGING_VERSIONS' },
    ];
    const set = await a.modelLevels.change(id, lines, 'lose', ann);
    const team = { group: 'team', levels: ['CAN_MANAGE_STAGING_VERSIONS'], inherited: false };
    expect(set).toHaveLength(3);
    expect(set).toContainEqual({ user: 'ann', levels: ['CAN_MANAGE'], inherited: false });
    expect(set).toContainEqual({ user: 'bob', levels: ['CAN_EDIT'], inherited: false });
    expect(set).toContainEqual(team);
    await a.modelLevels.change(id, [user('bob', 'CAN_READ')], 'keep', ann);
    expect(await direct(id)).toContainEqual({
      ...{ user: 'bob', levels: ['CAN_READ'], inherited: false },
    });
    expect(await direct(id)).toContainEqual(team);
    await a.modelLevels.change(id, [], 'lose', ann);
    expect(await direct(id)).toEqual([]);
    const [first, second, last] = a.deeds.filter(({ object }) => object.id === name).slice(1);
    expect(first).toMatchObject({
      action: 'registered_model.set_permissions',
      before: [{ user: 'ann', levels: ['CAN_MANAGE'] }],
      after: expect.arrayContaining([{ user: 'bob', levels: ['CAN_EDIT'] }]),
    });
    expect(second?.action).toBe('registered_model.update_permissions');
    expect(last?.after).toEqual([]);
  });

  it('of production are given and taken by administrators alone', async () => {
    const { id } = await newModel();
    const production = user('bob', 'CAN_MANAGE_PRODUCTION_VERSIONS');
    for (const others of ['lose', 'keep'] as const) {
      await expect(a.modelLevels.change(id, [production], others, ann)).rejects.toMatchObject({
        status: 403,
        message: expect.stringContaining('administrators'),
      });
    }
    await a.modelLevels.change(id, [production], 'keep', root);
    await expect(a.modelLevels.change(id, [], 'lose', ann)).rejects.toThrow('administrators');
    await a.modelLevels.change(id, [production, user('ann', 'CAN_MANAGE')], 'lose', ann);
    await a.modelLevels.change(id, [user('bob', 'CAN_READ')], 'keep', root);
    expect(await direct(id)).toContainEqual({
      ...{ user: 'bob', levels: ['CAN_READ'], inherited: false },
    });
  });

  it('follow a model to its new name and end with it', async () => {
    const { id, name } = await newModel();
    const production = user('bob', 'CAN_MANAGE_PRODUCTION_VERSIONS');
    await a.modelLevels.change(id, [production], 'lose', root);
    await database.write(async (tx) => {
      await tx.run({
        sql: 'update registered_models set name = ? where id = ?',
        bindings: [`${name} anew`, Number(id)],
      });
      await a.owners.renamed(tx, 'registered_model', name, `${name} anew`);
    });
    expect(await direct(id)).toMatchObject([{ levels: ['CAN_MANAGE_PRODUCTION_VERSIONS'] }]);
    const again = await newModel(name);
    expect(await direct(again.id)).toMatchObject([{ user: 'ann' }]);
    await database.write((tx) => a.owners.deleted(tx, 'registered_model', `${name} anew`));
    expect(await direct(id)).toEqual([]);
  });

  it('keep a denial that they have no word for, unless it is about who is named', async () => {
    const { id, name } = await newModel();
    const denied = { username: 'bob', type: 'registered_model', id: name };
    await a.grants.grant(denied, 'DENY', ann);
    await a.modelLevels.change(id, [], 'lose', root);
    expect(await a.grants.effective(denied, root)).toBe('DENY');
    await a.modelLevels.change(id, [user('bob', 'CAN_READ')], 'keep', root);
    expect(await a.grants.effective(denied, root)).toBe('READ');
  });

  it('show what roles have on all models as inherited', async () => {
    const { id } = await newModel();
    const { id: role } = await a.roles.create(`all-${models}`, 'default', undefined, root);
    await a.roles.addPermission(
      role,
      { type: 'registered_model', pattern: '*', permission: 'EDIT' },
      root,
    );
    for (const action of ['transition', 'approve', 'alias_set', 'alias_delete', 'rollback']) {
      await a.rights.add(role, { action, model_pattern: 'model-*' }, root);
    }
    expect(await a.modelLevels.get(id, ann)).toContainEqual({
      ...{ group: `all-${models}`, inherited: true, levels: ['CAN_EDIT'] },
      levels: ['CAN_MANAGE_PRODUCTION_VERSIONS'],
    });
  });

  it('give nobody everything by a model that is called as the pattern of all', async () => {
    await database.write((tx) => a.owners.created(tx, ann, 'registered_model', '*'));
    expect(await a.levels.levelOf(ann.caller, 'registered_model', 'other')).toBe('READ');
    const star = await newModel('star*');
    const line = user('bob', 'CAN_MANAGE_PRODUCTION_VERSIONS');
    await expect(a.modelLevels.change(star.id, [line], 'lose', root)).rejects.toThrow('any text');
  });

  it.each([
    [[{ permission_level: 'CAN_READ' }], 400],
    [[{ user_name: 'ann', group_name: 'team', permission_level: 'CAN_READ' }], 400],
    [[{ user_name: 'ann' }], 400],
    [[{ user_name: 'ann', permission_level: 'OWNER' }], 400],
    [[{ user_name: 'nobody', permission_level: 'CAN_READ' }], 404],
    [[{ group_name: '__user_1__', permission_level: 'CAN_READ' }], 404],
    [Array(501).fill({ user_name: 'ann', permission_level: 'CAN_READ' }), 400],
  ])('refuse %j', async (lines, status) => {
    const { id } = await newModel();
    await expect(a.modelLevels.change(id, lines, 'lose', root)).rejects.toMatchObject({ status });
    expect(await direct(id)).toHaveLength(1);
  });

  it.each(['0', '-1', '1e3', 'model', '9'.repeat(20)])('know no model %s', async (id) => {
    await expect(a.modelLevels.get(id, ann)).rejects.toMatchObject({ status: 404 });
    await expect(a.modelLevels.get(id, BY_TESTER)).rejects.toMatchObject({
      code: 'ENDPOINT_NOT_FOUND',
    });
  });
});
