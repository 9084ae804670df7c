import SQLite from 'better-sqlite3';
import fc from 'fast-check';
import knex from 'knex';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { RUN_SEARCH } from '../../tracking/runs/runs.search.js';
import { applyOrder, applyPosition, keysetAfter } from './keyset.js';
import { parseOrderBy } from './order-by.js';
import { decodePageToken, nextPage } from './page-token.js';

const sql = knex({ client: 'better-sqlite3', useNullAsDefault: true });
const database = new SQLite(':memory:');

beforeAll(() => {
  database.exec(`
    create table runs (id integer primary key, run_id text, name text, user_id text, status text,
      artifact_uri text, start_time integer not null, end_time integer);
    create table latest_metrics (run, key, value real, is_nan, primary key (run, key)) without rowid;
    create table run_params (run, key, value text, primary key (run, key)) without rowid;
    create table run_tags (run, key, value text, primary key (run, key)) without rowid;`);
});
afterAll(() => database.close());

interface Run {
  readonly start: number;
  readonly end: number | null;
  readonly metric: number | null;
  readonly param: string | null;
}

const run: fc.Arbitrary<Run> = fc.record({
  start: fc.integer({ min: 0, max: 3 }),
  end: fc.option(fc.integer({ min: 0, max: 2 })),
  metric: fc.option(
    fc.constantFrom(0, -1.5, 1.7976931348623157e308, -1.7976931348623157e308, Number.NaN),
  ),
  param: fc.option(fc.constantFrom('', 'a', 'B', 'é', '\u{1f600}', 'long'.repeat(1500))),
});

function store(runs: readonly Run[]): void {
  for (const table of ['runs', 'latest_metrics', 'run_params'])
    database.exec(`delete from ${table}`);
  runs.forEach(({ start, end, metric, param }, id) => {
    database
      .prepare("insert into runs values (?, ?, 'n', 'u', 'FINISHED', 'a', ?, ?)")
      .run(id, `r${id}`, start, end);
    if (metric !== null) {
      const isNan = Number.isNaN(metric);
      database
        .prepare("insert into latest_metrics values (?, 'm', ?, ?)")
        .run(id, isNan ? 0 : metric, isNan ? 1 : 0);
    }
    if (param !== null) {
      database.prepare("insert into run_params values (?, 'p', ?)").run(id, param);
    }
  });
}

interface Row extends Record<string, unknown> {
  readonly id: number;
}

function select(orderBy: readonly string[], size: number, from: string | undefined | number) {
  const builder = sql.queryBuilder().from('runs').select('runs.id');
  const columns = applyOrder(builder, parseOrderBy(orderBy, RUN_SEARCH), RUN_SEARCH);
  const query = { orderBy };
  const isOffset = typeof from === 'number';
  const position = isOffset ? { seen: from } : decodePageToken(from, query, columns);
  applyPosition(builder, columns, position);
  const { sql: text, bindings } = builder
    .limit(size + 1)
    .toSQL()
    .toNative();
  const rows = database.prepare(text).all(...bindings) as Row[];
  return nextPage(rows, size, columns, query, position);
}

const clause = fc.constantFrom('metrics.m', 'params.p', 'end_time', 'start_time', 'status');
const orders = fc
  .uniqueArray(clause, { maxLength: 3 })
  .chain((keys) =>
    fc.tuple(...keys.map((key) => fc.constantFrom(`${key} ASC`, `${key} DESC`))),
  ) as fc.Arbitrary<string[]>;

describe('paging behind the last row', () => {
  it('finds every row once, in the order of one long page', () => {
    fc.assert(
      fc.property(
        fc.array(run, { maxLength: 25 }),
        orders,
        fc.integer({ min: 1, max: 6 }),
        (runs, orderBy, size) => {
          store(runs);
          const all = select(orderBy, 1000, undefined).rows.map(({ id }) => id);
          expect([...all].sort((a, b) => a - b)).toEqual(runs.map((_, id) => id));
          const paged: number[] = [];
          let token: string | undefined;
          do {
            const offset = select(orderBy, size, paged.length);
            const page = select(orderBy, size, token);
            expect(page.rows.map(({ id }) => id)).toEqual(offset.rows.map(({ id }) => id));
            paged.push(...page.rows.map(({ id }) => id));
            token = page.token;
          } while (token !== undefined);
          expect(paged).toEqual(all);
        },
      ),
      { numRuns: 150 },
    );
  });

  it.each([
    ['DESC', [2, 0, 3, 1, 4]],
    ['ASC', [1, 3, 0, 2, 4]],
  ])('puts NaN behind numbers and nothing behind NaN: %s', (direction, expected) => {
    const metrics = [1, -5, 9, 0, Number.NaN, null];
    store(metrics.map((metric) => ({ start: 0, end: null, metric, param: null })));
    const found = select([`metrics.m ${direction}`], 10, undefined).rows.map(({ id }) => id);
    expect(found).toEqual([...expected, 5]);
  });
});

describe('the condition for the next page', () => {
  const column = (name: string, ascending: boolean, nullable: boolean) =>
    ({ sql: name, bindings: [], name, type: 'integer', ascending, nullable }) as const;

  it('bounds a first column that is never null, for the sake of an index', () => {
    const columns = [column('a', false, false), column('b', true, false)];
    expect(keysetAfter(columns, [1, 2])).toEqual({
      sql: 'a <= ? and (a < ? or (a = ? and (b > ?)))',
      bindings: [1, 1, 1, 2],
    });
  });

  it('passes from values to nulls and stays there', () => {
    const columns = [column('a', true, true), column('b', true, false)];
    expect(keysetAfter(columns, [1, 2])).toEqual({
      sql: '(a > ? or a is null or (a = ? and (b > ?)))',
      bindings: [1, 1, 2],
    });
    expect(keysetAfter(columns, [null, 2])).toEqual({
      sql: '(a is null and (b > ?))',
      bindings: [2],
    });
  });
});
