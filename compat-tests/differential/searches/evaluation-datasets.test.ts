import { afterAll, describe, inject, it } from 'vitest';
import { seededRandom } from '../../../src/platform/filter/testing/random.js';
import { reportDifferences } from '../support/compare.js';
import { Pair } from '../support/pair.js';
import { compareSearch } from '../support/walk.js';
import * as cases from './search-cases.js';

const pair = new Pair(inject('urls'), inject('bindings'));
const random = seededRandom(cases.SEED);

const NAMES = ["'eval 0'", "'eval 1'", "'eval 4'", "'none'"];
const COMPARINGS: readonly cases.Comparing[] = [
  { fields: ['name'], operators: [...cases.EQUAL, 'IN', '<', '>='], values: NAMES },
  { fields: ['name'], operators: cases.LIKE, values: ["'eval%'", "'%1'", "'E%'", "'%'"] },
  {
    fields: ['created_by', 'last_updated_by'],
    operators: cases.EQUAL,
    values: ["'user 1'", "'user 2'", "'x'"],
  },
  {
    fields: ['created_time', 'last_update_time'],
    operators: cases.NUMERIC,
    values: cases.TIMES,
  },
  { fields: cases.keyed('tags'), operators: cases.EQUAL, values: cases.QUOTED_TEXTS },
  { fields: cases.keyed('tags'), operators: cases.LIKE, values: cases.PATTERNS },
];
const ORDERS = ['name', 'created_time', 'last_update_time'];

const searches = cases
  .searchCases(random, 'evaluationDatasets', { odd: 60, plain: 60 }, COMPARINGS, ORDERS)
  .map(({ filter, order_by }) => ({
    // Datasets with one name come in the order of their ids, which differ between the servers.
    order_by: order_by.some((clause) => clause.startsWith('created_time'))
      ? order_by
      : [...order_by, 'created_time'],
    filter_string: filter,
    max_results: random.pick([1000, 50_000, 7, 3]),
  }));

describe(`datasets/search, seed ${cases.SEED}`, () => {
  it.each(searches.map((fields, index) => ({ index, fields })))(
    'case $index: $fields.filter_string',
    async ({ fields, index }) => {
      const method = index % 3 === 0 ? 'GET' : 'POST';
      const path = '/api/3.0/mlflow/datasets/search';
      await compareSearch(pair, { method, path, list: 'datasets', fields });
    },
  );
  afterAll(reportDifferences);
});
