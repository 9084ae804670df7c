import type { OperationCases } from './request-case.js';

const RUN = { run_id: '@{xrun}' };
const RUN_IDS = ['none', 'z z', '@{xdeletedrun}', '@{m1}', 'A'.repeat(300), 'é', '../x'];
const KEYS = [
  ...['a/b', 'a//b', '../a', './a', '/a', 'a/', '.', '..', 'a b', 'a:b', 'a\nb', 'é', '日本', '😀'],
  ...[
    'a'.repeat(250),
    'a'.repeat(251),
    'é'.repeat(251),
    'a,b',
    'a"b',
    "a'b",
    '٣',
    'a\\b',
    'a\u0301',
  ],
];
const MODEL = JSON.stringify({
  ...{ run_id: '@{xrun}', artifact_path: 'model', utc_time_created: '2026-01-01 00:00:00.000000' },
  ...{ flavors: { python_function: { loader_module: 'x' } }, model_uuid: 'u', signature: null },
});
const tag = (key: string, value?: string) => ({ key, ...(value === undefined ? {} : { value }) });

export const runCases: readonly OperationCases[] = [
  {
    ...{ method: 'POST', path: 'runs/create', good: { experiment_id: '@{xa}' } },
    optional: { start_time: 5, run_name: 'n', user_id: 'u', tags: [tag('k', 'v')] },
    values: {
      experiment_id: ['abc', '999', '@{xdeleted}', '0', '01', ' 1', '-1', '9223372036854775808'],
      start_time: [-5, '5', 5.0, '1e3', 1e18],
      run_name: ['a'.repeat(250), 'a'.repeat(251), '😀'],
      tags: [
        ...[[tag('k', 'v'), tag('k', 'w')], [tag('mlflow.runName', 'x')], [tag('k')], [tag('')]],
        ...[[tag('a//b', 'x')], [tag('k', 'x'.repeat(8001))], [{ value: 'x' }], [{ key: 5 }]],
        ...[
          [tag('mlflow.parentRunId', 'none')],
          [tag('mlflow.user', 'me')],
          [tag('../x', 'y')],
          [tag('x'.repeat(250), 'y')],
          [tag('x'.repeat(251), 'y')],
        ],
      ],
    },
    others: [
      {},
      { experiment_id: '@{xa}', run_name: 'n', tags: [tag('mlflow.runName', 'm')] },
      { experiment_id: '@{xa}', run_name: 'n', tags: [tag('mlflow.runName', 'n')] },
      { experiment_id: '@{xa}', run_name: '', tags: [tag('mlflow.runName', '')] },
    ],
  },
  {
    ...{ method: 'GET', path: 'runs/get', good: RUN, repeatable: true },
    values: { run_id: RUN_IDS },
    others: [
      ...[{}, { run_uuid: '@{xrun}' }, { run_id: '@{xrun}', run_uuid: 'other' }],
      ...[
        { runId: '@{xrun}' },
        { run_id: ['@{xrun}', 'other'] },
        { run_id: '', run_uuid: '@{xrun}' },
      ],
    ],
  },
  {
    ...{ method: 'POST', path: 'runs/update', good: { ...RUN, status: 'FINISHED' } },
    ...{ optional: { end_time: 7, run_name: 'other' }, repeatable: true },
    values: {
      run_id: RUN_IDS,
      status: [1, 3, '4', 0, 9, '9', 'BAD', 'finished', 'SCHEDULED', 1.5],
      end_time: [0, -1, '8', 9.0],
      run_name: ['', 'back', 'é'],
    },
    others: [{ run_uuid: '@{xrun}', status: 'FAILED' }, { run_uuid: 'none' }, {}, RUN],
  },
  {
    ...{ method: 'POST', path: 'runs/delete', good: { run_id: '@{xgorun}' } },
    ...{ values: { run_id: RUN_IDS }, others: [{}, { run_uuid: '@{xgorun}' }] },
  },
  {
    ...{ method: 'POST', path: 'runs/restore', good: { run_id: '@{xgorun}' } },
    ...{ values: { run_id: ['none'] }, others: [{}, { run_uuid: '@{xgorun}' }] },
  },
  {
    ...{ method: 'POST', path: 'runs/log-parameter', good: { ...RUN, key: 'p', value: '1' } },
    repeatable: true,
    values: {
      run_id: RUN_IDS,
      key: KEYS,
      value: ['2', '', 'x'.repeat(6000), "it's", 'say "x"'],
    },
    others: [
      ...[
        { ...RUN, key: 'p2' },
        { ...RUN, key: 'p2', value: '' },
        { ...RUN, key: 'p2', value: 'x' },
      ],
      { run_uuid: '@{xrun}', key: 'p3', value: 'x' },
      { ...RUN, key: 'p4', value: 'y'.repeat(6001) },
      { ...RUN, key: 'p4', value: 'y'.repeat(6002) },
      { ...RUN, key: 'p4', value: `${'y'.repeat(5999)}z` },
      { ...RUN, key: 'p5', value: "a\\b'c\n" },
      { ...RUN, key: 'p5', value: 'other"s' },
    ],
  },
  {
    ...{ method: 'POST', path: 'runs/set-tag', good: { ...RUN, key: 't', value: '1' } },
    repeatable: true,
    values: {
      run_id: RUN_IDS,
      key: [...KEYS, 'mlflow.note.content'],
      value: ['x'.repeat(8001), ''],
    },
    others: [
      ...[
        { ...RUN, key: 'mlflow.runName', value: 'renamed' },
        { ...RUN, key: 'mlflow.runName', value: '' },
      ],
      ...[
        { ...RUN, key: 't2' },
        { run_uuid: '@{xrun}', key: 't3', value: 'x' },
      ],
    ],
  },
  {
    ...{ method: 'POST', path: 'runs/delete-tag', good: { ...RUN, key: 't' } },
    values: { run_id: RUN_IDS, key: ['none', 'a//b', 'a'.repeat(300)] },
    others: [{ run_uuid: '@{xrun}', key: 't' }],
  },
  {
    ...{ method: 'POST', path: 'runs/search', good: { experiment_ids: ['@{eb}'], max_results: 2 } },
    optional: {
      filter: 'metrics.a > 0',
      run_view_type: 'ALL',
      order_by: ['end_time'],
      page_token: 'x',
    },
    values: {
      experiment_ids: [['abc'], ['999'], ['@{ea}', '@{ea}'], [''], ['@{ea}', 'x'], [' 1'], ['1.0']],
      max_results: [0, -1, 50_000, 50_001, '3', 3.0, 2 ** 31],
      run_view_type: ['FOO', 1, 2, 3, 9, '3', 'all'],
      page_token: [
        ...[
          'eyJvZmZzZXQiOiAxfQ==',
          'e30=',
          '!!',
          'a',
          'bnVsbA==',
          'MQ==',
          'eHh4',
          '/w==',
          'é',
          '{}',
        ],
        ...['eyJvZmZzZXQiOiAwfQ==', 'eyJvZmZzZXQiOiAtMX0=', 'eyJvZmZzZXQiOiAieCJ9'],
      ],
      filter: [
        '',
        ' ',
        'x'.repeat(5000),
        'a = 1',
        "tags.a = 'x' OR tags.b = 'y'",
        'params.a IN (1)',
      ],
      order_by: [
        [''],
        ['a'],
        ['start_time', 'Created'],
        ['metrics.a', 'metrics.a'],
        ['x'.repeat(900)],
      ],
    },
    others: [{}, { experiment_ids: [] }, { max_results: 5 }],
  },
  {
    ...{ method: 'POST', path: 'runs/log-model', good: { ...RUN, model_json: MODEL } },
    values: {
      run_id: ['none', '@{xdeletedrun}'],
      model_json: [
        ...['{}', '[]', 'null', '5', '"x"', '{', '{"a":\n1', '{"run_id":"x"}', 'NaN'],
        JSON.stringify({
          artifact_path: 'm',
          flavors: {},
          utc_time_created: 'now',
          run_id: '@{xrun}',
        }),
        JSON.stringify({ artifact_path: 1, flavors: 2, utc_time_created: 3, run_id: 4 }),
      ],
    },
  },
];
