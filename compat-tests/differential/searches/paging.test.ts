import { afterAll, describe, inject, it } from 'vitest';
import { reportDifferences } from '../support/compare.js';
import { Pair } from '../support/pair.js';
import { compareSearch, type Search } from '../support/walk.js';

/** Every list with pages, turned to its end in pages of several sizes and in each order. */
const pair = new Pair(inject('urls'), inject('bindings'));

const API = '/api/2.0/mlflow';
const SIZES = [1, 2, 3, 5, 8];
const ALL = ['@{ea}', '@{eb}', '@{ec}'];

type List = Omit<Search, 'fields'> & { readonly orders: readonly unknown[]; fields: object };

const LISTS: readonly List[] = [
  {
    ...{ method: 'POST', path: `${API}/runs/search`, list: 'runs' },
    fields: { experiment_ids: ALL, run_view_type: 'ALL' },
    orders: [[], ['metrics.a DESC', 'start_time'], ['params.lr', 'end_time DESC'], ['tags.a']],
  },
  {
    ...{ method: 'GET', path: `${API}/experiments/search`, list: 'experiments' },
    fields: { view_type: 'ALL' },
    orders: [[], ['name DESC'], ['last_update_time', 'name']],
  },
  {
    ...{ method: 'GET', path: `${API}/registered-models/search`, list: 'registered_models' },
    fields: {},
    orders: [[], ['name DESC'], ['timestamp', 'name DESC']],
  },
  {
    ...{ method: 'GET', path: `${API}/model-versions/search`, list: 'model_versions' },
    fields: {},
    orders: [[], ['name', 'version_number DESC'], ['creation_timestamp DESC']],
  },
  {
    ...{ method: 'POST', path: `${API}/logged-models/search`, list: 'models' },
    fields: { experiment_ids: ALL },
    orders: [
      [],
      [{ field_name: 'name' }],
      [{ field_name: 'metrics.acc', ascending: false }, { field_name: 'creation_time' }],
    ],
  },
  ...['r1', 'r2', 'r5'].map((run) => ({
    ...{ method: 'GET' as const, path: `${API}/metrics/get-history`, list: 'metrics' },
    fields: { run_id: `@{${run}}`, metric_key: 'acc' },
    orders: [[]],
  })),
];

describe.each(LISTS)('the pages of $path', ({ orders, fields, ...list }) => {
  it.each(orders.flatMap((order_by) => SIZES.map((max_results) => ({ order_by, max_results }))))(
    'by $max_results in the order $order_by',
    async (more) => {
      const ordered = 'metric_key' in fields ? { max_results: more.max_results } : more;
      await compareSearch(pair, { ...list, fields: { ...fields, ...ordered } });
    },
  );
  afterAll(reportDifferences);
});
