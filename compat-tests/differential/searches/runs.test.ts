import { afterAll, describe, inject, it } from 'vitest';
import { seededRandom } from '../../../src/platform/filter/testing/random.js';
import { reportDifferences } from '../support/compare.js';
import { Pair } from '../support/pair.js';
import { compareSearch } from '../support/walk.js';
import * as cases from './search-cases.js';

const pair = new Pair(inject('urls'), inject('bindings'));
const random = seededRandom(cases.SEED);

const RUN_IDS = ["'@{r1}'", "'@{r2}'", "'@{r30}'", "'none'", '"@{r44}"'];
const COMPARINGS: readonly cases.Comparing[] = [
  { fields: cases.keyed('metrics'), operators: cases.NUMERIC, values: cases.SMALL_NUMBERS },
  { fields: cases.keyed('params'), operators: cases.EQUAL, values: cases.QUOTED_TEXTS },
  { fields: cases.keyed('params'), operators: cases.LIKE, values: cases.PATTERNS },
  { fields: cases.keyed('tags'), operators: cases.EQUAL, values: cases.QUOTED_TEXTS },
  { fields: cases.keyed('tags'), operators: cases.LIKE, values: cases.PATTERNS },
  {
    fields: [...cases.keyed('tags'), ...cases.keyed('params')],
    operators: cases.NULLS,
    values: [],
  },
  {
    fields: ['run_name', 'attributes.user_id', 'tags.mlflow.runName', 'status'],
    operators: [...cases.EQUAL],
    values: cases.QUOTED_TEXTS,
  },
  {
    fields: ['attributes.`run name`', 'user_id', 'tags.mlflow.source.name', 'attr.status'],
    operators: cases.LIKE,
    values: cases.PATTERNS,
  },
  {
    fields: ['start_time', 'attributes.end_time', 'created'],
    operators: cases.NUMERIC,
    values: cases.TIMES,
  },
  { fields: ['run_id', 'attributes.run_id'], operators: cases.LISTS, values: RUN_IDS },
  { fields: ['run_id'], operators: cases.EQUAL, values: RUN_IDS },
  { fields: ['artifact_uri'], operators: cases.LIKE, values: ["'%@{r1}%'", "'mlflow%'"] },
  {
    fields: ['datasets.name', 'dataset.digest', 'datasets.context'],
    operators: [...cases.EQUAL, ...cases.LISTS],
    values: ["'a'", "'b'", "'x y'", "'1'", "'train'", "'none'"],
  },
  { fields: ['dataset.name', 'dataset.context'], operators: cases.LIKE, values: cases.PATTERNS },
];
const ORDERS = [
  ...[...cases.keyed('metrics'), ...cases.keyed('params'), ...cases.keyed('tags')],
  ...['start_time', 'end_time', 'status', 'user_id', 'run_name', 'attributes.created', 'end_time'],
];
const VIEWS = [undefined, undefined, 'ACTIVE_ONLY', 'DELETED_ONLY', 'ALL', 'ALL', 3, 'all'];
const EXPERIMENTS = ['@{ea}', '@{eb}', '@{ec}', '@{egone}', '0', '999'];

const searches = cases
  .searchCases(random, 'runs', { odd: 280, plain: 240 }, COMPARINGS, ORDERS)
  .map(({ filter, order_by }) => ({
    experiment_ids: random.chance(0.7)
      ? EXPERIMENTS.slice(0, 4)
      : EXPERIMENTS.filter(() => random.chance(0.4)),
    filter,
    order_by,
    run_view_type: random.pick(VIEWS),
    max_results: random.pick([undefined, undefined, 1000, 50_000, 25, 7, 4]),
  }));

describe(`runs/search, seed ${cases.SEED}`, () => {
  it.each(searches.map((fields, index) => ({ index, fields })))(
    'case $index: $fields.filter',
    async ({ fields }) => {
      await compareSearch(pair, {
        ...{ method: 'POST', path: '/api/2.0/mlflow/runs/search', list: 'runs', fields },
        orderedByIds: fields.order_by.some(cases.dependsOnIds),
        foundByIds: cases.findsByIds(fields.filter) && !fields.filter.includes('@{'),
      });
    },
  );
  afterAll(reportDifferences);
});
