import { afterAll, describe, inject, it } from 'vitest';
import { seededRandom } from '../../../src/platform/filter/testing/random.js';
import { reportDifferences } from '../support/compare.js';
import { Pair } from '../support/pair.js';
import { compareSearch } from '../support/walk.js';
import * as cases from './search-cases.js';

const pair = new Pair(inject('urls'), inject('bindings'));
const random = seededRandom(cases.SEED);

const COMPARINGS: readonly cases.Comparing[] = [
  { fields: ['name', 'attribute.name'], operators: cases.EQUAL, values: cases.QUOTED_TEXTS },
  { fields: ['name'], operators: cases.LIKE, values: cases.PATTERNS },
  {
    fields: ['creation_time', 'last_update_time'],
    operators: cases.NUMERIC,
    values: cases.TIMES,
  },
  { fields: cases.keyed('tags'), operators: cases.EQUAL, values: cases.QUOTED_TEXTS },
  { fields: cases.keyed('tag'), operators: cases.LIKE, values: cases.PATTERNS },
  { fields: cases.keyed('tags'), operators: cases.NULLS, values: [] },
  {
    fields: ['experiment_id', 'attribute.experiment_id'],
    operators: [...cases.EQUAL, ...cases.LISTS],
    values: ["'@{ea}'", "'@{e3}'", "'0'", "'999'", "'x'"],
  },
];
const ORDERS = ['name', 'creation_time', 'last_update_time', 'experiment_id', 'attribute.name'];

const searches = cases
  .searchCases(random, 'experiments', { odd: 90, plain: 90 }, COMPARINGS, ORDERS)
  .map(({ filter, order_by }) => ({
    filter,
    order_by,
    view_type: random.pick(['ACTIVE_ONLY', 'DELETED_ONLY', 'ALL', 'ALL']),
    max_results: random.pick([1000, 50_000, 100, 7, 3]),
  }));

describe(`experiments/search, seed ${cases.SEED}`, () => {
  it.each(searches.map((fields, index) => ({ index, fields })))(
    'case $index: $fields.filter',
    async ({ fields, index }) => {
      const method = index % 3 === 0 ? 'GET' : 'POST';
      const path = '/api/2.0/mlflow/experiments/search';
      await compareSearch(pair, { method, path, list: 'experiments', fields });
    },
  );
  afterAll(reportDifferences);
});
