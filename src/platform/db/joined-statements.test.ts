import { describe, expect, it } from 'vitest';
import { forEachDatabase } from '../../testing/for-each-database.js';
import type { Joins, Statement } from './database.js';
import { inOne } from './joined-statements.js';

describe('changes that leave as one statement', () => {
  const one = { sql: 'update a set x = ? where y = ?', values: [1, 2] };
  const other = { sql: 'insert into b values (?)', values: [3] };

  it('are parts of it in their order, with all that is bound to them', () => {
    expect(inOne([one, other])).toEqual({
      sql: `with change_0 as (${one.sql}), change_1 as (${other.sql}) select 1`,
      values: [1, 2, 3],
    });
    expect(inOne([other, one]).values).toEqual([3, 1, 2]);
  });

  it('are the same text again, and one alone is itself', () => {
    expect(inOne([one, other]).sql).toBe(inOne([{ ...one, values: [7, 8] }, other]).sql);
    expect(inOne([one])).toBe(one);
  });

  forEachDatabase((open) => {
    const setKey = (hint: string, purpose: string, joins?: Joins): Statement => ({
      sql:
        'insert into signing_keys (hint, purpose, public_key, creation_timestamp) ' +
        "values (?, ?, '', 0)",
      bindings: [hint, purpose],
      ...(joins === undefined ? {} : { joins }),
    });
    const keys = { sql: 'select hint, purpose from signing_keys order by hint', bindings: [] };

    it('are all stored, and seen by whoever reads behind them', async () => {
      const db = await open();
      const seen = await db.write(async (tx) => {
        await tx.send(setKey('a', 'one', 'around'));
        await tx.send(setKey('b', 'one', 'around'));
        const between = await tx.all(keys);
        await tx.send(setKey('c', 'one', 'around'));
        await tx.send({
          sql: "update signing_keys set purpose = 'two' where hint = ?",
          joins: 'behind',
          bindings: ['c'],
        });
        await tx.send(setKey('d', 'one', 'around'));
        return between;
      });
      expect(seen).toHaveLength(2);
      expect(await db.read.all(keys)).toEqual([
        { hint: 'a', purpose: 'one' },
        { hint: 'b', purpose: 'one' },
        { hint: 'c', purpose: 'two' },
        { hint: 'd', purpose: 'one' },
      ]);
    });

    it('are not stored if one of them fails, even if nothing comes behind them', async () => {
      const db = await open();
      await db.write((tx) => tx.send(setKey('a', 'one')));
      const failing = db.write(async (tx) => {
        await tx.send(setKey('b', 'one', 'around'));
        await tx.send(setKey('a', 'again', 'around'));
      });
      const reason = await failing.catch((error: unknown) => error);
      expect(db.dialect.isUniqueViolation(reason)).toBe(true);
      expect(await db.read.all(keys)).toEqual([{ hint: 'a', purpose: 'one' }]);
    });
  });
});
