import { beforeAll, describe, expect, it } from 'vitest';
import { forEachDatabase } from '../../testing/for-each-database.js';
import type { Database, Transaction } from './database.js';

const TAGS = {
  table: 'run_tags',
  columns: { run: 'bigint', key: 'text', value: 'text' },
} as const;

forEachDatabase((open) => {
  let database: Database;
  let run = 0;
  beforeAll(async () => {
    database = await open();
  });
  const put = (tx: Transaction, ...keys: string[]) =>
    tx.put(
      TAGS,
      keys.map((key) => [run, key, 'v']),
    );
  const keys = async (reader: Pick<Transaction, 'all'> = database.read) =>
    (
      await reader.all<{ key: string }>({
        sql: 'select key from run_tags where run = ? order by key',
        bindings: [run],
      })
    ).map(({ key }) => key);
  const next = () => {
    run += 1;
  };

  describe('rows that nobody waits for', () => {
    it('are seen by what comes next, and stored with the command', async () => {
      next();
      const seen = await database.write(async (tx) => {
        await put(tx, 'a');
        await put(tx);
        const found = await keys(tx);
        await put(tx, 'b', 'c');
        return found;
      });
      expect(seen).toEqual(['a']);
      expect(await keys()).toEqual(['a', 'b', 'c']);
    });

    it('may be a statement of any kind', async () => {
      next();
      const send = (tx: Transaction, key: string) =>
        tx.send({
          sql: "insert into run_tags (run, key, value) values (?, ?, 'v')",
          bindings: [run, key],
        });
      const seen = await database.write(async (tx) => {
        await send(tx, 'a');
        return keys(tx);
      });
      expect(seen).toEqual(['a']);
      const failed = database.write(async (tx) => {
        await send(tx, 'b');
        await send(tx, 'a');
        return keys(tx);
      });
      await expect(failed).rejects.toSatisfy(database.dialect.isUniqueViolation);
      expect(await keys()).toEqual(['a']);
    });

    it('have a transaction of their own each, also where they share a commit', async () => {
      const given = await Promise.all([1, 2].map(() => database.write(async (tx) => tx)));
      expect(given[0]).not.toBe(given[1]);
    });

    it.each<[string, (tx: Transaction) => Promise<unknown>]>([
      ['at its end', async (tx) => put(tx, 'b', 'b')],
      [
        'with others behind',
        async (tx) => {
          await put(tx, 'b', 'b');
          await put(tx, 'c');
        },
      ],
      [
        'in front of what is waited for',
        async (tx) => {
          await put(tx, 'b', 'b');
          await keys(tx);
        },
      ],
    ])('fail the command by what made them fail: %s', async (_, work) => {
      next();
      const failed = database.write(async (tx) => {
        await put(tx, 'a');
        return work(tx);
      });
      await expect(failed).rejects.toSatisfy(database.dialect.isUniqueViolation);
      expect(await keys()).toEqual([]);
      // The connection is as good as before.
      await Promise.all(Array.from({ length: 12 }, () => database.write(async (tx) => keys(tx))));
    });

    it('go with a command that refuses', async () => {
      next();
      const refused = database.write(async (tx) => {
        await put(tx, 'a');
        throw new Error('no');
      });
      await expect(refused).rejects.toThrow('no');
      expect(await keys()).toEqual([]);
    });
  });

  it('many commands at once hold together, each by itself', async () => {
    next();
    const results = await Promise.allSettled(
      Array.from({ length: 60 }, (_, index) =>
        database.write(async (tx) => {
          await put(tx, `k${index}`);
          if (index % 3 === 0) throw new Error('no');
          if (index % 3 === 1) await put(tx, `k${index}`);
        }),
      ),
    );
    const stored = results.flatMap(({ status }, i) => (status === 'fulfilled' ? [`k${i}`] : []));
    expect(stored).toHaveLength(20);
    expect(await keys()).toEqual(stored.sort());
  });

  it('one read runs for each row of bindings, in their order', async () => {
    next();
    await database.write((tx) => put(tx, 'a', 'b', 'c'));
    const read = {
      sql: "select key, '?' as mark from run_tags where run = ? and key >= ? order by key limit 1 offset ?",
      types: ['bigint', 'text', 'bigint'],
    } as const;
    const rows = await database.scan.each<{ key: string; mark: string }>(read, [
      [run, 'b', 1],
      [run, 'a', 0],
      [run, 'a', 9],
      [run, 'a', 1],
    ]);
    expect(rows).toEqual(['c', 'a', 'b'].map((key) => ({ key, mark: '?' })));
    expect(await database.scan.each(read, [])).toEqual([]);
  });
});
