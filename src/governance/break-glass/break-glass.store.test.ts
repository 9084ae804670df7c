import { beforeAll, describe, expect, it } from 'vitest';
import type { Database } from '../../platform/db/database.js';
import { type Scope, seesAll } from '../../platform/http/scope.js';
import { forEachDatabase } from '../../testing/for-each-database.js';
import { BreakGlassStore } from './break-glass.store.js';

forEachDatabase((open) => {
  let store: BreakGlassStore;
  let database: Database;
  beforeAll(async () => {
    database = await open();
    store = new BreakGlassStore(database);
    await database.write(async (tx) => {
      for (const [index, name] of ['mine', 'others', 'mine'].entries()) {
        if (index < 2) {
          await tx.run({
            sql:
              'insert into registered_models (name, creation_timestamp, last_updated_timestamp) ' +
              'values (?, 1, 1)',
            bindings: [name],
          });
        }
        await store.insert(tx, {
          ...{ id: `grant-${index}`, model: name, principal: 'oliver', reason: 'It fails.' },
          ...{ ticket: 'T-1', createdAt: 1, expiresAt: 2 },
          ...{ usedAt: null, reviewDueAt: null, reviewer: null, review: null, reviewedAt: null },
        });
      }
    });
  });
  const onlyMine: Scope = {
    ...seesAll,
    isWhole: false,
    models: (rows, { name }) => void rows.where(name, 'mine'),
  };
  const ids = async (scope: Scope, before = Number.MAX_SAFE_INTEGER, limit = 10) =>
    (await store.page(database, { before, limit, scope })).map(({ id }) => id);

  describe('emergencies', () => {
    it('are listed for who may read their models, the newest first', async () => {
      expect(await ids(seesAll)).toEqual(['grant-2', 'grant-1', 'grant-0']);
      expect(await ids(onlyMine)).toEqual(['grant-2', 'grant-0']);
    });

    it('come in full pages', async () => {
      const [first] = await store.page(database, {
        ...{ before: Number.MAX_SAFE_INTEGER, limit: 1, scope: onlyMine },
      });
      expect(first).toMatchObject({ id: 'grant-2', model: 'mine', usedAt: null });
      expect(await ids(onlyMine, first?.key, 1)).toEqual(['grant-0']);
    });
  });
});
