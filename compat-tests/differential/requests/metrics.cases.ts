import type { OperationCases } from './request-case.js';

const RUN = { run_id: '@{xrun}' };
const RUN_IDS = ['none', 'z z', '@{xdeletedrun}', 'A'.repeat(257), 'é', '../x', '-a'];
const KEYS = [
  ...['a/b', 'a//b', '../a', './a', '/a', 'a/', '.', '..', 'a b', 'a:b', 'a\nb', '日本', '😀', ''],
  ...['a'.repeat(250), 'a'.repeat(251), 'a,b', 'a"b', "a'b"],
];
const VALUES = [
  ...['NaN', 'Infinity', '-Infinity', 'nan', 'inf', '1.5', '-1e3', ' 1', '1_0', '0x1', 1e308, -0],
  ...[true, false, '1e999', '', 123_456_789_012_345_680, '+1', '.5', '5.', '1e400', '--1'],
];
const TIMES = [0, -1, '5', 5.0, 1.5, '1.5', '1e3', 1e3, 1e18, '9223372036854775807', ''];

const metric = (key: unknown, value: unknown = 1, timestamp: unknown = 1, step?: unknown) => ({
  ...{ key, value, timestamp },
  ...(step === undefined ? {} : { step }),
});
const param = (key: unknown, value?: unknown) => ({
  key,
  ...(value === undefined ? {} : { value }),
});
const many = <T>(count: number, make: (index: number) => T): T[] =>
  Array.from({ length: count }, (_, index) => make(index));

export const metricCases: readonly OperationCases[] = [
  {
    ...{ method: 'POST', path: 'runs/log-metric', repeatable: true },
    good: { ...RUN, key: 'm', value: 1.5, timestamp: 5 },
    optional: { step: 2, model_id: '@{xmodel}', dataset_name: 'd', dataset_digest: 'g' },
    values: {
      ...{ run_id: RUN_IDS, key: KEYS, value: VALUES, timestamp: TIMES },
      step: [-5, '3', 3.0, '9223372036854775807', '9223372036854775808'],
      model_id: ['none', '@{xdeletedmodel}', ''],
    },
    others: [{ run_uuid: '@{xrun}', key: 'm2', value: 1, timestamp: 1 }],
  },
  {
    ...{ method: 'GET', path: 'metrics/get-history', repeatable: true },
    good: { run_id: '@{r3}', metric_key: 'a' },
    optional: { max_results: 2, page_token: 'x' },
    values: {
      ...{ run_id: RUN_IDS, metric_key: ['none', 'a/b', '日本', 'a b', 'lr', 'acc'] },
      max_results: [1, 2, 1000, 50_000],
      page_token: ['eyJvZmZzZXQiOiAxfQ==', 'bnVsbA==', 'é'],
    },
    others: [
      { run_uuid: '@{r3}', metric_key: 'a' },
      {},
      ...many(12, (n) => ({ run_id: `@{r${n}}`, metric_key: 'lr' })),
    ],
  },
  {
    ...{ method: 'GET', path: '/ajax-api/2.0/mlflow/metrics/get-history-bulk' },
    good: { run_id: ['@{r3}', '@{r4}', 'none'], metric_key: 'a' },
    optional: { max_results: 2 },
    values: {
      run_id: [many(100, () => '@{r3}'), many(101, () => '@{r3}')],
      metric_key: ['acc', 'lr', 'none'],
      max_results: [1, 25_000, 25_001, 100_000],
    },
    others: [
      {},
      { metric_key: 'a' },
      ...many(12, (n) => ({ run_id: `@{r${n}}`, metric_key: 'acc' })),
    ],
  },
  {
    ...{ method: 'GET', path: '/api/2.0/mlflow/metrics/get-history-bulk' },
    good: { run_id: '@{r3}', metric_key: 'a' },
  },
  {
    ...{ method: 'GET', path: 'metrics/get-history-bulk-interval', repeatable: true },
    good: { run_ids: ['@{r3}', '@{r4}'], metric_key: 'a' },
    optional: { start_step: 0, end_step: 2, max_results: 2 },
    values: {
      run_ids: [many(100, () => '@{r3}'), many(101, () => '@{r3}'), ['none', '@{r3}']],
      metric_key: ['acc', 'lr', 'none'],
      max_results: [1, 2, 2500, 2501],
    },
    others: [
      {},
      ...[
        [0, 0],
        [-1, 1],
        [2, 1],
        [1, 1],
        ['x', 2],
        [0, 2 ** 31],
      ].map(([start_step, end_step]) => ({
        ...{ run_ids: ['@{r3}'], metric_key: 'a', start_step, end_step },
      })),
      ...many(8, (n) => ({ run_ids: `@{r${n}}`, metric_key: 'lr', max_results: 2 })),
    ],
  },
  {
    ...{ method: 'POST', path: 'runs/log-batch', good: RUN, repeatable: true },
    optional: { metrics: [metric('bm')], params: [param('bp', '1')], tags: [param('bt', '1')] },
    values: {
      run_id: RUN_IDS,
      metrics: [
        ...VALUES.map((value) => [metric('bv', value)]),
        ...TIMES.map((timestamp) => [metric('bv', 1, timestamp)]),
        ...KEYS.map((key) => [metric(key)]),
        ...[[{ key: 'x' }], [{ value: 1 }], [{ key: 'x', value: 1 }], [null], ['x'], [[]], [{}]],
        ...[[metric('x', 1, 1, 'x')], [metric(5)], [metric(null)], [metric('x', null)]],
        ...[many(1000, (n) => metric(`n${n}`)), many(1001, (n) => metric(`n${n}`))],
        [metric('a'), metric('a/../b')],
        [metric('a'), { key: 'b', timestamp: 1 }],
      ],
      params: [
        ...KEYS.map((key) => [param(key, 'v')]),
        ...[
          [param('bp', '2')],
          [param('q', '1'), param('q', '1')],
          [param('q', '1'), param('q', '2')],
        ],
        ...[
          [param('r')],
          [param('s', null)],
          [param('s', 5)],
          [{ value: 'x' }],
          [null],
          [{}],
          ['x'],
        ],
        ...[[param('u', 'x'.repeat(6001))], [param('bp', '2'), param('new', '1')]],
        ...[many(100, (n) => param(`n${n}`, 'x')), many(101, (n) => param(`n${n}`, 'x'))],
        [param('bp', "it's"), param('q1', 'x')],
      ],
      tags: [
        ...KEYS.slice(0, 8).map((key) => [param(key, 'v')]),
        ...[[param('t'), param('t', '2')], [param('t', 5)], [{ value: 'x' }], [null], [{}], ['x']],
        ...[[param('u', 'x'.repeat(8001))], [param('mlflow.runName', 'batched')]],
        ...[many(100, (n) => param(`n${n}`, 'x')), many(101, (n) => param(`n${n}`, 'x'))],
      ],
    },
    others: [
      {},
      { run_uuid: '@{xrun}' },
      {
        ...RUN,
        metrics: many(801, (n) => metric(`n${n}`)),
        params: many(100, (n) => param(`n${n}`, 'x')),
        tags: many(100, (n) => param(`n${n}`, 'x')),
      },
      { ...RUN, metrics: [metric('ok')], params: [param('a//b', 'x')] },
      { run_id: 'none', metrics: [metric('a//b')] },
      { ...RUN, metrics: [{ ...metric('mm'), model_id: 'none' }] },
      {
        ...RUN,
        metrics: [
          { ...metric('mm'), model_id: '@{xmodel}', dataset_name: 'd', dataset_digest: 'e' },
        ],
      },
    ],
  },
  {
    ...{ method: 'POST', path: 'runs/log-inputs', good: RUN, repeatable: true },
    optional: {
      datasets: [{ dataset: { name: 'd', digest: '1', source_type: 's', source: 'x' } }],
      models: [{ model_id: 'm-1' }],
    },
    values: {
      run_id: RUN_IDS,
      datasets: [
        ...[[{}], [{ dataset: {} }], [{ dataset: null }], [{ dataset: 'x' }], [{ tags: [] }]],
        ...[
          ['name', 500],
          ['name', 501],
          ['digest', 36],
          ['digest', 37],
          ['source', 65_535],
        ].map(([name, count]) => [dataset({ [String(name)]: 'x'.repeat(Number(count)) })]),
        ...[
          [dataset({ source: 'x'.repeat(65_536) })],
          [dataset({ name: '' })],
          [dataset({ digest: null })],
        ],
        ...[
          [dataset({ name: 5 })],
          [dataset({ schema: 'x'.repeat(1_048_576) })],
          [dataset({}), dataset({})],
        ],
        ...[[{ ...dataset({}), tags: [param('x'.repeat(255), 'v')] }]],
        ...[[{ ...dataset({}), tags: [param('x'.repeat(256), 'v')] }]],
        ...[[{ ...dataset({ name: 't' }), tags: [param('x', 'v'.repeat(500))] }]],
        ...[[{ ...dataset({ name: 't2' }), tags: [param('x', 'v'.repeat(501))] }]],
        ...[[{ ...dataset({ name: 't3' }), tags: [param('x', '1'), param('x', '2')] }]],
        ...[[{ ...dataset({ name: 't4' }), tags: [param('x')] }], [{ ...dataset({}), tags: [{}] }]],
      ],
      models: [[{}], [{ model_id: '' }], [{ model_id: 'x' }, { model_id: 'x' }], [{ model_id: 5 }]],
    },
    others: [{}, { run_uuid: '@{xrun}' }],
  },
  {
    ...{
      method: 'POST',
      path: 'runs/outputs',
      good: { ...RUN, models: [{ model_id: 'm-@{fresh}' }] },
    },
    values: {
      run_id: RUN_IDS,
      models: [
        ...[
          [{ model_id: 'm-twice' }],
          [{ model_id: 'm-twice', step: 2 }],
          [{ model_id: 'x', step: 'x' }],
        ],
        ...[
          [{}],
          [{ model_id: 5 }],
          [{ model_id: 'n' }, { model_id: 'n' }],
          [{ model_id: 'q', step: -1 }],
        ],
      ],
    },
    others: [{}, RUN],
  },
];

function dataset(members: Readonly<Record<string, unknown>>) {
  return { dataset: { name: 'e', digest: '2', source_type: 's', source: 'x', ...members } };
}
