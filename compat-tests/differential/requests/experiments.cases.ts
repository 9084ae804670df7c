import type { OperationCases } from './request-case.js';

const ID = { experiment_id: '@{xa}' };
const IDS = [
  'abc',
  '999',
  '01',
  ' 1',
  '-1',
  '1.0',
  '9223372036854775808',
  '@{xdeleted}',
  'é',
  '1_0',
];
const KEYS = [
  ...['a/b', 'a//b', '../a', './a', '/a', 'a/', '.', '..', 'a b', 'a:b', 'a\nb', 'é', '日本', '😀'],
  ...[
    'a'.repeat(250),
    'a'.repeat(251),
    'é'.repeat(250),
    'é'.repeat(251),
    'a,b',
    'a"b',
    "a'b",
    '\\',
  ],
];
const LOCATIONS = [
  ...['', 's3://b/a', 's3://b', 's3://b/a#f', 's3://b/a?x=..', 's3://b/a?x=1', 's3://b/../a'],
  ...['s3://b/a;p', 'http://h/a', 'https://h/a', 'ftp://h/a', 'hdfs://h/a', 'runs:/x/y'],
  ...['foo://a/b', 'mlflow-artifacts:/x', 'mlflow-artifacts://h/x', 'gs://b/a/', 'dbfs:/a'],
  ...['s3://b/%2e%2e/a', 'S3://b/a', `s3://b/${'a'.repeat(2041)}`, `s3://b/${'a'.repeat(2042)}`],
];
const NAMES = [
  'a'.repeat(500),
  'a'.repeat(501),
  '@{fresh}/b:c',
  '\t@{fresh}',
  'Default',
  '0',
  '😀@{fresh}',
];

export const experimentCases: readonly OperationCases[] = [
  {
    ...{ method: 'POST', path: 'experiments/create', good: { name: 'made @{fresh}' } },
    optional: { artifact_location: 's3://b/x', tags: [{ key: 'k', value: 'v' }] },
    values: {
      name: NAMES,
      artifact_location: LOCATIONS,
      tags: [
        [
          { key: 'k', value: 'v' },
          { key: 'k', value: 'w' },
        ],
        ...[[{ key: 'k' }], [{ value: 'v' }], [{ key: '', value: '' }], [{ key: 5, value: 'x' }]],
        ...[[{ key: 'a//b', value: 'x' }], [{ key: 'k', value: 'x'.repeat(20_001) }]],
        ...KEYS.slice(0, 4).map((key) => [{ key, value: 'v' }]),
      ],
    },
    others: [{}],
  },
  {
    ...{ method: 'GET', path: 'experiments/get', good: ID, repeatable: true },
    values: { experiment_id: [...IDS, ['@{xa}', '@{xb}']] },
  },
  {
    ...{ method: 'GET', path: 'experiments/get-by-name', good: { experiment_name: 'xa' } },
    ...{ values: { experiment_name: ['xdeleted', 'none', 'XA', 'xa '] }, repeatable: true },
  },
  {
    ...{ method: 'POST', path: 'experiments/update', good: { ...ID, new_name: 'new @{fresh}' } },
    values: { new_name: [...NAMES, 'xb', 'xdeleted'], experiment_id: IDS },
  },
  {
    ...{ method: 'POST', path: 'experiments/set-experiment-tag', good: { ...ID, key: 'k' } },
    ...{ optional: { value: 'v' }, repeatable: true },
    values: {
      key: KEYS,
      value: ['x'.repeat(20_000), 'x'.repeat(20_001), 'é\n"'],
      experiment_id: IDS,
    },
  },
  {
    ...{ method: 'POST', path: 'experiments/delete-experiment-tag', good: { ...ID, key: 'gone' } },
    values: { key: ['none', 'a//b', '', 'a'.repeat(251)], experiment_id: IDS },
  },
  {
    ...{ method: 'POST', path: 'experiments/delete', good: { experiment_id: '@{xgo}' } },
    values: { experiment_id: IDS.filter((id) => !['01', ' 1', '1_0'].includes(id)) },
  },
  {
    ...{ method: 'POST', path: 'experiments/restore', good: { experiment_id: '@{xgo}' } },
    values: { experiment_id: IDS.slice(0, 2) },
  },
  {
    ...{
      method: 'POST',
      path: 'experiments/search',
      good: { max_results: 3, filter: "name = 'xa'" },
    },
    optional: {
      ...{ view_type: 'ALL', order_by: ['name'], page_token: 'x' },
    },
    values: {
      max_results: [0, 1, 50_000, 50_001, -1, '5'],
      view_type: ['FOO', 1, 2, 3, 4, 0, '1', '9', 'active_only', ''],
      page_token: ['eyJvZmZzZXQiOiAxfQ==', 'e30=', '!!', 'a', 'bnVsbA==', 'MQ==', '"'],
      order_by: [['name', 'name'], ['name ASC', 'name DESC'], [''], ['foo'], ['tags.a']],
    },
    others: [{}, { max_results: 3, filter: '' }],
  },
  {
    ...{
      method: 'GET',
      path: 'experiments/search',
      good: { max_results: 3, filter: "name = 'xa'" },
    },
    optional: { view_type: 'ALL', order_by: 'name', page_token: 'x' },
    values: { order_by: [['name', 'experiment_id DESC']], view_type: ['2', '3', 'FOO'] },
    others: [{}, { max_results: 1 }],
  },
  {
    ...{ method: 'POST', path: '/ajax-api/2.0/mlflow/experiments/search-datasets' },
    good: { experiment_ids: ['@{ea}', '@{eb}'] },
    values: {
      experiment_ids: [
        ...[Array(20).fill('@{ea}'), Array(21).fill('@{ea}'), ['999'], ['abc'], ['@{ea}', '@{ea}']],
      ],
    },
    others: [{}],
  },
];
