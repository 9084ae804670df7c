import { beforeAll, describe, expect, it } from 'vitest';
import type { Binding, Database } from '../../platform/db/database.js';
import { parseFilter } from '../../platform/filter/filter.js';
import { findPage, type PageRequest } from '../../platform/filter/find-page.js';
import { parseOrderBy } from '../../platform/filter/order-by.js';
import { forEachDatabase } from '../../testing/for-each-database.js';
import { RUN_SEARCH } from './runs.search.js';

const MAX = 1.7976931348623157e308;
/** Run 6 has nothing but itself. */
const METRICS: readonly (readonly [run: number, value: number, isNan: number])[] = [
  [1, 0.5, 0],
  [2, -2, 0],
  [3, 0, 1],
  [4, MAX, 0],
  [5, 0, 0],
];
const PARAMS = ['b', 'B', 'ä', 'a', ''];

type Way = Pick<PageRequest, 'owner' | 'few' | 'ahead'>;

/** All must find the same, in the same order. */
const WAYS: Readonly<Record<string, Way>> = {
  'looking at every run': {},
  'beginning with the runs that a comparison keeps': { owner: 1, few: 100 },
  'reading runs in the order that is asked for': { owner: 1, few: -1 },
  'reading only some in that order': { owner: 1, few: -1, ahead: 2 },
};

interface Row extends Readonly<Record<string, unknown>> {
  readonly id: number;
}

async function store(database: Database): Promise<void> {
  await database.write(async (tx) => {
    const add = (sql: string, ...bindings: Binding[]) => tx.run({ sql, bindings });
    for (const run of [1, 2, 3, 4, 5, 6]) {
      await add(
        'insert into runs (id, run_id, experiment_id, name, user_id, status, start_time, end_time, artifact_uri, lifecycle_stage) ' +
          'values (?, ?, 1, ?, ?, ?, ?, ?, ?, ?)',
        ...[
          run,
          `r${run}`,
          `n${run}`,
          'u',
          'FINISHED',
          run % 3,
          run > 4 ? null : run,
          's3://x',
          'active',
        ],
      );
      await add(
        "insert into run_tags (run, key, value) values (?, 'mlflow.runName', ?)",
        run,
        run > 4 ? LONG_NAME + run : `n${run}`,
      );
    }
    for (const [run, value, isNan] of METRICS) {
      await add(
        "insert into latest_metrics (run, key, value, is_nan, step, timestamp, experiment_id) values (?, 'm', ?, ?, 0, 0, 1)",
        ...[run, value, isNan],
      );
    }
    for (const [index, value] of PARAMS.entries()) {
      await add("insert into run_params (run, key, value) values (?, 'p', ?)", index + 1, value);
    }
    await add(
      "insert into datasets (id, experiment_id, name, digest, source_type, source) values (1, 1, 'd', 'x', '', '')",
    );
    await add('insert into run_datasets (run, dataset) values (2, 1)');
    await add(
      "insert into run_dataset_tags (run, dataset, key, value) values (2, 1, 'mlflow.data.context', 'train')",
    );
  });
}

/** Longer than an index takes. */
const LONG_NAME = `n5${'\u00e9'.repeat(3_000)}`;

forEachDatabase((open) => {
  let database: Database;
  beforeAll(async () => {
    database = await open();
    await store(database);
  });

  function searching(way: Way) {
    return async (filter: string, orderBy: readonly string[], size = 100, token = '') => {
      const rows = database.sql('runs').select('runs.id');
      const page = await findPage<Row>(database, RUN_SEARCH, rows, {
        comparisons: parseFilter(filter, RUN_SEARCH),
        terms: parseOrderBy(orderBy, RUN_SEARCH),
        ...{ size, token, query: { filter, orderBy } },
        ...way,
      });
      return { ids: page.rows.map(({ id }) => id), token: page.token };
    };
  }

  describe.each(Object.entries(WAYS))('%s', (_, way) => {
    const search = searching(way);

    describe('a filter finds', () => {
      it.each([
        ['metrics.m > -5', [1, 2, 4, 5]],
        ['metrics.m != 0', [1, 2, 3, 4]],
        ['metrics.m = 0', [5]],
        ['metrics.m < 1e999 and metrics.m >= 0.5', [1, 4]],
        ["params.p != 'a'", [1, 2, 3, 5]],
        ["params.p LIKE 'b'", [1]],
        ["params.p ILIKE 'B'", [1, 2]],
        ["params.p LIKE '_'", [1, 2, 3, 4]],
        ["params.p = ''", [5]],
        ['params.p IS NULL', [6]],
        ['params.p IS NOT NULL', [1, 2, 3, 4, 5]],
        ["run_name = 'n3'", [3]],
        [`run_name = '${LONG_NAME}6'`, [6]],
        ["run_name LIKE 'n5\u00e9%'", [5, 6]],
        [`run_name LIKE '${LONG_NAME}%' and tags.mlflow.runName LIKE '%6'`, [6]],
        ["tags.`mlflow.runName` LIKE '_3'", [3]],
        ["run_name LIKE 'n%' AND `Run Name` != 'n2'", [1, 3, 4, 5, 6]],
        ["run_id IN ('r1', 'r6', 'zz')", [1, 6]],
        ["run_id NOT IN ('r1', 'r6', 'zz')", [2, 3, 4, 5]],
        ['end_time > 1.5', [2, 3, 4]],
        ['end_time != 2', [1, 3, 4]],
        ['end_time != 2.5', [1, 2, 3, 4]],
        ['start_time <= 99999999999999999999', [1, 2, 3, 4, 5, 6]],
        ['start_time < -9223372036854775808', []],
        ["dataset.name = 'd' and dataset.context LIKE 'tr%'", [2]],
        ["dataset.digest IN ('y')", []],
        ["tags.`x';--` = ''';--'", []],
      ])('%s', async (filter, ids) => {
        const found = await search(filter, []);
        expect([...found.ids].sort()).toEqual(ids);
      });
    });

    describe('an order', () => {
      it.each([
        [[], [2, 5, 1, 4, 3, 6]],
        [['metrics.m'], [2, 5, 1, 4, 3, 6]],
        [['metrics.m DESC'], [4, 1, 5, 2, 3, 6]],
        [
          ['metrics.m', 'params.p DESC'],
          [2, 5, 1, 4, 3, 6],
        ],
        [['metrics.none'], [2, 5, 1, 4, 3, 6]],
        [['params.p'], [5, 2, 4, 1, 3, 6]],
        [['params.p DESC'], [3, 1, 4, 2, 5, 6]],
        [
          ['end_time DESC', 'run_id'],
          [4, 3, 2, 1, 5, 6],
        ],
        [
          ['end_time', 'metrics.m'],
          [1, 2, 3, 4, 5, 6],
        ],
        [
          ['status', 'run_name DESC'],
          [6, 5, 4, 3, 2, 1],
        ],
      ])('%j holds from page to page', async (orderBy, ids) => {
        expect((await search('', orderBy)).ids).toEqual(ids);
        for (const size of [1, 2, 4]) {
          const paged: number[] = [];
          let token: string | undefined = '';
          while (token !== undefined) {
            const page = await search('', orderBy, size, token);
            paged.push(...page.ids);
            token = page.token;
          }
          expect(paged).toEqual(ids);
        }
      });
    });
  });

  it('every way finds the same, whatever is asked', async () => {
    const plain = searching({});
    const filters = ['', 'metrics.m > -5', 'metrics.m != 0', "metrics.m >= 0 and params.p != 'a'"];
    const orders = [['metrics.m'], ['metrics.m DESC', 'params.p'], ['params.p'], ['metrics.none']];
    for (const way of Object.values(WAYS)) {
      for (const filter of filters) {
        for (const order of orders) {
          const paged: number[] = [];
          let token: string | undefined = '';
          while (token !== undefined) {
            const page = await searching(way)(filter, order, 2, token);
            paged.push(...page.ids);
            token = page.token;
          }
          expect(paged, `${filter} ${order}`).toEqual((await plain(filter, order)).ids);
        }
      }
    }
  });
});
