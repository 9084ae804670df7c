import type { OperationCases } from './request-case.js';

const MODEL = { model_id: '@{xmodel}' };
const AT = 'logged-models/@{xmodel}';
const MISSING = ['none', 'm-x', '@{xdeletedmodel}', 'A'.repeat(300)];
const pair = (key: unknown, value?: unknown) => ({
  key,
  ...(value === undefined ? {} : { value }),
});
const NAMES = [
  'a/b',
  'a:b',
  'a.b',
  'a%b',
  'a"b',
  "a'b",
  'é',
  '😀',
  ' ',
  'x'.repeat(501),
  'A'.repeat(256),
];
const PAIRS = [
  ...[[pair('k', 'v'), pair('k', 'w')], [pair('k')], [pair('')], [{ value: 'x' }], [pair(5, 'x')]],
  ...[
    [pair('k', 5)],
    [null],
    [{}],
    ['x'],
    [pair('a//b', 'x')],
    [pair('../x', 'y')],
    [pair('a,b', 'x')],
  ],
  ...[[pair('x'.repeat(250), 'v')], [pair('x'.repeat(251), 'v')], [pair('lv', 'x'.repeat(6001))]],
  ...[[pair('lw', 'x'.repeat(8001))]],
];

export const loggedModelCases: readonly OperationCases[] = [
  {
    ...{ method: 'POST', path: 'logged-models', good: { experiment_id: '@{xa}', name: 'n' } },
    optional: {
      ...{ model_type: 't', source_run_id: 'x' },
      ...{ params: [pair('p', '1')], tags: [pair('t', '1')] },
    },
    values: {
      experiment_id: ['abc', '999', '@{xdeleted}', '0', '01', '-1'],
      ...{ name: NAMES, params: PAIRS, tags: PAIRS },
    },
    others: [{}, { experiment_id: '@{xa}' }, { experiment_id: '@{xa}', name: '' }],
  },
  {
    ...{ method: 'GET', path: AT, good: {}, repeatable: true },
    optional: { allow_deleted: 'true' },
    values: { allow_deleted: ['TRUE', 'False', '1', 'yes'] },
  },
  ...MISSING.map(
    (id): OperationCases => ({ method: 'GET', path: `logged-models/${id}`, good: {} }),
  ),
  {
    ...{ method: 'GET', path: 'logged-models/@{xdeletedmodel}', good: { allow_deleted: 'true' } },
    optional: { allow_deleted: 'x' },
  },
  {
    ...{
      method: 'PATCH',
      path: AT,
      good: { ...MODEL, status: 'LOGGED_MODEL_READY' },
      repeatable: true,
    },
    values: {
      model_id: ['none', '@{xdeletedmodel}'],
      status: [0, 1, 2, 3, 4, '2', 'READY', 'LOGGED_MODEL_PENDING', 'LOGGED_MODEL_UPLOAD_FAILED'],
    },
    others: [{}, { status: 2 }, MODEL],
  },
  ...MISSING.map(
    (id): OperationCases => ({
      ...{ method: 'PATCH', path: `logged-models/${id}`, good: { model_id: id, status: 2 } },
    }),
  ),
  {
    ...{ method: 'PATCH', path: `${AT}/tags`, good: { tags: [pair('t', '1')] }, repeatable: true },
    ...{ optional: MODEL, values: { tags: PAIRS }, others: [{}, { tags: [] }] },
  },
  { method: 'PATCH', path: 'logged-models/none/tags', good: { tags: [pair('t', '1')] } },
  {
    method: 'PATCH',
    path: 'logged-models/@{xdeletedmodel}/tags',
    good: { tags: [pair('t', '1')] },
  },
  { method: 'DELETE', path: `${AT}/tags/t`, good: {} },
  { method: 'DELETE', path: `${AT}/tags/none`, good: {} },
  { method: 'DELETE', path: `${AT}/tags/a%2Fb`, good: {} },
  { method: 'DELETE', path: 'logged-models/none/tags/t', good: {} },
  { method: 'DELETE', path: 'logged-models/@{xdeletedmodel}/tags/t', good: {} },
  {
    ...{
      method: 'POST',
      path: `${AT}/params`,
      good: { ...MODEL, params: [pair('@{fresh}', '1')] },
    },
    values: { params: [...PAIRS, [pair('same', '1')], [pair('same', '1')], [pair('same', '2')]] },
    others: [{}, MODEL, { ...MODEL, params: [] }, { model_id: 'none', params: [pair('a', 'b')] }],
  },
  {
    ...{ method: 'POST', path: 'logged-models/none/params' },
    good: { model_id: 'none', params: [pair('a', 'b')] },
  },
  {
    ...{
      method: 'POST',
      path: 'logged-models/search',
      good: { experiment_ids: ['@{ea}'], max_results: 2 },
    },
    optional: {
      ...{ filter: "name = 'a'", order_by: [{ field_name: 'name' }], page_token: 'x' },
      datasets: [{ dataset_name: 'a', dataset_digest: 'a' }],
    },
    values: {
      experiment_ids: [['abc'], ['999'], [''], ['@{ea}', '@{ea}']],
      max_results: [0, -1, 100, 100_000, '3'],
      page_token: ['eyJvZmZzZXQiOiAxfQ==', 'e30=', '!!', 'a'],
      filter: ['', ' ', 'x', 'foo.a = 1', "name = 'a' OR name = 'b'", 'metrics.a', "foo = 'x'"],
      order_by: [
        ...[
          [{}],
          [{ field_name: '' }],
          [{ field_name: 'zz' }],
          ['name'],
          [{ field_name: 'params.a' }],
        ],
        ...[
          [{ field_name: 'name', ascending: 'x' }],
          [{ field_name: 'name' }, { field_name: 'name' }],
        ],
        ...[[{ field_name: 'metrics.a', dataset_digest: 'a' }], [{ field_name: 'metrics.' }]],
      ],
      datasets: [[{}], [{ dataset_name: '' }], [{ dataset_digest: 'a' }], [{ dataset_name: 5 }]],
    },
    others: [{}, { experiment_ids: [] }, { filter: '' }],
  },
  { method: 'DELETE', path: 'logged-models/@{xgomodel}', good: {} },
  { method: 'DELETE', path: 'logged-models/none', good: {} },
];
