import { describe, expect, it } from 'vitest';
import { forEachDatabase, newLocation } from '../../testing/for-each-database.js';
import { migrateDown, migrateUp, migrationStatus } from './migrate.js';

describe('the doors of the database', () => {
  forEachDatabase((open, kind) => {
    const insert = (id: number, name: string) => ({
      sql:
        'insert into experiments (experiment_id, name, artifact_location, lifecycle_stage, ' +
        "creation_time, last_update_time) values (?, ?, '', 'active', 0, 0)",
      bindings: [id, name],
    });
    const count = { sql: 'select count(*) as n from experiments', bindings: [] };

    it('stores nothing of a command that fails, and the others of its group whole', async () => {
      const db = await open();
      await db.write((tx) => tx.run(insert(1, 'one')));
      const results = await Promise.allSettled([
        db.write((tx) => tx.run(insert(5, 'five'))),
        db.write(async (tx) => {
          await tx.run(insert(2, 'two'));
          await tx.run(insert(3, 'one'));
        }),
        db.write((tx) => tx.run(insert(4, 'four'))),
      ]);
      expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
      expect(await db.read.first(count)).toEqual({ n: 3 });
      const [, failed] = results;
      const reason = failed?.status === 'rejected' ? failed.reason : undefined;
      expect(db.dialect.isUniqueViolation(reason)).toBe(true);
    });

    it('knows a full disk', async () => {
      const db = await open();
      const filled = db.write(async (tx) => {
        if (kind === 'PostgreSQL') {
          return tx.run({ sql: 'do $$ begin raise disk_full; end $$', bindings: [] });
        }
        await tx.all({ sql: 'pragma max_page_count = 1', bindings: [] });
        return tx.run({ sql: 'create table too_much (x text)', bindings: [] });
      });
      const error = await filled.catch((reason: unknown) => reason);
      expect([db.dialect.isFull(error), db.dialect.isUnavailable(error)]).toEqual([true, true]);
      expect(db.dialect.isFull(new Error('x'))).toBe(false);
    });

    it('keeps every digit of an int64', async () => {
      const db = await open();
      const large = 9_007_199_254_740_993n;
      await db.write((tx) =>
        tx.run({
          sql: "insert into experiments (experiment_id, name, artifact_location, lifecycle_stage, creation_time, last_update_time) values (7, 'x', '', 'active', ?, -5)",
          bindings: [large],
        }),
      );
      const row = await db.read.first({
        sql: 'select creation_time as a, last_update_time as b from experiments',
        bindings: [],
      });
      expect(row).toEqual({ a: large, b: -5 });
    });

    it('prints doubles, large integers and nested lists as JSON by itself', async () => {
      const db = await open();
      const doubles = [0.1, 1e300, 5e-324, 1.7976931348623157e308, 0.30000000000000004, -2.5];
      await db.write((tx) =>
        tx.insert(
          {
            table: 'latest_metrics',
            columns: {
              run: 'bigint',
              key: 'text',
              value: 'double precision',
              is_nan: 'smallint',
              step: 'bigint',
              timestamp: 'bigint',
              experiment_id: 'bigint',
            },
          },
          doubles.map((value, index) => [
            ...[1, `k${index}`, value, 0, 9_007_199_254_740_993n, index],
            1,
          ]),
        ),
      );
      const list = db.dialect.jsonObjects(
        { value: db.dialect.jsonDouble('m.value', 'm.is_nan'), step: 'm.step' },
        'latest_metrics m where m.run = 1',
        'm.key',
      );
      const row = await db.read.first<{ list: string }>({
        sql: `select ${list} as list`,
        bindings: [],
      });
      const parsed = JSON.parse(row?.list ?? '') as { value: number }[];
      expect(parsed.map(({ value }) => value)).toEqual(doubles);
      expect(row?.list).toContain('9007199254740993');
    });

    it('migrates up, down and up again', async () => {
      const ends: (() => Promise<unknown>)[] = [];
      const location = await newLocation(kind, ends);
      const { applied } = await migrateUp(location);
      expect(applied.length).toBeGreaterThan(0);
      const down = await migrateDown(location, true);
      expect(down.applied).toEqual([]);
      expect((await migrateUp(location)).pending).toEqual([]);
      expect((await migrationStatus(location)).applied).toEqual(applied);
      for (const end of ends) await end();
    });
  });
});
