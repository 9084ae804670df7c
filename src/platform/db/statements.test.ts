import fc from 'fast-check';
import knex from 'knex';
import { describe, expect, it } from 'vitest';
import {
  insertOne,
  insertUnnested,
  numberPlaceholders,
  readChain,
  toStatement,
} from './statements.js';

describe('numbering placeholders', () => {
  it.each([
    ['select 1', 'select 1'],
    ['a = ? and b in (?, ?)', 'a = $1 and b in ($2, $3)'],
    ["a = '?' and b = ?", "a = '?' and b = $1"],
    ["a = 'it''s ?' and b = ?", "a = 'it''s ?' and b = $1"],
    ['"odd?" = ? and "a""?" = ?', '"odd?" = $1 and "a""?" = $2'],
    ["'' = ? and '?''' = ?", "'' = $1 and '?''' = $2"],
    ['a \\? ? and b = ?', 'a ? $1 and b = $2'],
  ])('%s', (sql, numbered) => {
    expect(numberPlaceholders(sql)).toBe(numbered);
    expect(numberPlaceholders(sql)).toBe(numbered);
  });

  it('numbers each outside of quotes, in order, and changes nothing else', () => {
    const quoted = (quote: string) =>
      fc
        .string({ unit: fc.constantFrom('?', 'a', "'", '"', ' ') })
        .map((text) => `${quote}${text.replaceAll(quote, quote + quote)}${quote}`);
    const part = fc.oneof(
      fc.constant(' ? '),
      fc.constantFrom(' a ', ' = ', ', '),
      quoted("'").map((text) => ` ${text} `),
      quoted('"').map((text) => ` ${text} `),
    );
    fc.assert(
      fc.property(fc.array(part), (parts) => {
        let count = 0;
        const expected = parts.map((one) => {
          if (one !== ' ? ') return one;
          count += 1;
          return ` $${count} `;
        });
        expect(numberPlaceholders(parts.join(''))).toBe(expected.join(''));
      }),
    );
  });
});

describe('statements of a bulk insert', () => {
  const bulk = {
    table: 't',
    columns: { id: 'bigint', value: 'double precision' },
    conflict: 'on conflict do nothing',
  } as const;

  it('bind a value or an array for each column', () => {
    expect(insertOne(bulk)).toBe('insert into t (id, value) values (?, ?) on conflict do nothing');
    expect(insertUnnested(bulk)).toBe(
      'insert into t (id, value) select * from unnest(cast(? as bigint[]), cast(? as double precision[])) on conflict do nothing',
    );
    expect(insertOne({ table: 't', columns: { a: 'text' } }).trim()).toBe(
      'insert into t (a) values (?)',
    );
  });
});

describe('a query', () => {
  it('is a statement, or is compiled to one', () => {
    const statement = { sql: 'select ?', bindings: [1] };
    expect(toStatement(statement)).toBe(statement);
    const query = knex({ client: 'pg' })('t').where('a', 'x').whereIn('b', [1, 2]).limit(3);
    expect(toStatement(query)).toEqual({
      sql: 'select * from "t" where "a" = ? and "b" in (?, ?) limit ?',
      bindings: ['x', 1, 2, 3],
    });
  });
});

describe('a chain of reads', () => {
  it('goes on from the columns of the row before', () => {
    const first = { sql: 'select 1 as n, cast(? as bigint) as most', bindings: [3] };
    const next = 'select :n + 1 as n, cast(:most as bigint) as most where :n::int < :most';
    expect(readChain({ first, next })).toBe(
      'with recursive chain as ((select 1 as n, cast($1 as bigint) as most) union all ' +
        'select found.* from chain cross join lateral (select chain.n + 1 as n, ' +
        'cast(chain.most as bigint) as most where chain.n::int < chain.most) as found) ' +
        'select * from chain',
    );
  });
});
