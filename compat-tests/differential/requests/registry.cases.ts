import type { OperationCases } from './request-case.js';

const MODEL = { name: 'xm' };
const VERSION = { name: 'xm', version: '1' };
const NAMES = ['none', ' ', 'a/b', 'a:b', '.', '..', './a', '../a', 'é', 'XM', 'xm '];
const VERSIONS = [
  'x',
  '01',
  ' 1',
  '0',
  '-1',
  '99',
  '1.0',
  '9223372036854775808',
  '1_0',
  '٣',
  '+1',
  '2',
];
const KEYS = [
  ...['a/b', 'a//b', '../a', '/a', 'a/', '.', '..', 'a b', 'a:b', 'é', '😀', 'a,b', 'a"b'],
  ...['a'.repeat(250), 'a'.repeat(251)],
];
const ALIASES = [
  ...[
    'a b',
    'a.b',
    'é',
    'a-b_1',
    'latest',
    'Latest',
    'v1',
    'V12',
    'v1a',
    'a'.repeat(255),
    'a'.repeat(256),
  ],
];
const pair = (key: unknown, value?: unknown) => ({
  key,
  ...(value === undefined ? {} : { value }),
});
const TAGS = [
  ...[
    [pair('k', 'v'), pair('k', 'w')],
    [pair('k')],
    [pair('')],
    [{ value: 'x' }],
    [pair(5)],
    [null],
  ],
  ...[
    [{}],
    ['x'],
    [pair('a//b', 'x')],
    [pair('k', 'x'.repeat(100_001))],
    [pair('x'.repeat(251), 'v')],
  ],
];
const SOURCES = [
  ...[
    's3://b/a',
    's3://b',
    's3://b/../a',
    's3://b/./a',
    's3://b/a/',
    's3://b//a',
    's3://b/a?x=1#f',
  ],
  ...[
    's3://b/%2e%2e/a',
    's3://b/a%00b',
    'S3://b/a',
    'gs://b/a',
    'dbfs:/a',
    'foo://a/b',
    'wasbs://c@a/x',
  ],
  ...[
    'http://h/a',
    'https://h/a',
    'ftp://h/a',
    'hdfs://h/a',
    'mlflow-artifacts://h/a',
    'abfss://c@h/a',
  ],
  ...['/etc/passwd', 'file:///etc', 'FILE:///etc', 'file://h/a', 'dummy-source', './a', '../a', ''],
  ...[
    'runs:/@{xrun}/model',
    'runs:/none/model',
    'models:/xm/1',
    'models:/xm/99',
    'models:/xm@champ',
  ],
  ...[
    'models:/xm@none',
    'models:/xm/Staging',
    'models:/xm/latest',
    'models:/none/1',
    'models://h/xm/1',
  ],
  ...[
    'models:/@{xmodel}',
    'models:/m-none',
    'models:/prompt 1/1',
    'models:/',
    'models:/xm',
    'models:/a/b/c',
  ],
  ...[
    'mlflow-artifacts:/@{xa}/@{xrun}/artifacts/m',
    'mlflow-artifacts:/x',
    'prompt-template',
    's3:/b/a',
  ],
];

export const modelCases: readonly OperationCases[] = [
  {
    ...{ method: 'POST', path: 'registered-models/create', good: { name: 'made @{fresh}' } },
    optional: { description: 'd', tags: [pair('k', 'v')], deployment_job_id: 'j' },
    values: {
      name: [...NAMES.slice(1, 8), 'xm', 'prompt 0', 'é@{fresh}', '@{fresh}'.padEnd(200, 'x')],
      tags: [...TAGS, [pair('mlflow.prompt.is_prompt', 'true')], [pair('mlflow.prompt.is_prompt')]],
      description: ['', 'x'.repeat(5000), 'é\n'],
    },
    others: [
      ...[{}, { name: 'xm', tags: [pair('mlflow.prompt.is_prompt', 'true')] }],
      ...[{ name: 'prompt 0', tags: [pair('mlflow.prompt.is_prompt', 'true')] }],
    ],
  },
  {
    ...{ method: 'GET', path: 'registered-models/get', good: MODEL, repeatable: true },
    ...{ values: { name: [...NAMES, 'zebra', 'prompt 1'] }, others: [{}] },
  },
  {
    ...{ method: 'PATCH', path: 'registered-models/update', good: MODEL, repeatable: true },
    ...{ optional: { description: 'new', deployment_job_id: 'j' }, values: { name: NAMES } },
  },
  {
    ...{ method: 'POST', path: 'registered-models/rename' },
    good: { name: 'xrename', new_name: 'xrename' },
    values: { name: NAMES, new_name: [...NAMES.slice(1, 7), 'xm', 'zebra'] },
    others: [{ name: 'none', new_name: 'a/b' }, {}],
  },
  {
    ...{ method: 'POST', path: 'registered-models/set-tag', good: { ...MODEL, key: 'k' } },
    ...{ optional: { value: 'v' }, repeatable: true },
    values: { name: NAMES, key: KEYS, value: ['x'.repeat(100_000), 'x'.repeat(100_001), 'é'] },
  },
  {
    ...{ method: 'DELETE', path: 'registered-models/delete-tag', good: { ...MODEL, key: 'k' } },
    values: { name: NAMES, key: KEYS.slice(0, 4) },
  },
  {
    ...{ method: 'POST', path: 'registered-models/alias' },
    good: { ...VERSION, alias: 'champ' },
    ...{ values: { name: NAMES, alias: ALIASES, version: VERSIONS }, repeatable: true },
  },
  {
    ...{ method: 'GET', path: 'registered-models/alias', good: { ...MODEL, alias: 'champ' } },
    values: { name: NAMES, alias: [...ALIASES, 'none', 'Champ'] },
    ...{ others: [{}, { name: 'xempty', alias: 'latest' }], repeatable: true },
  },
  {
    ...{ method: 'DELETE', path: 'registered-models/alias', good: { ...MODEL, alias: 'a-b_1' } },
    values: { name: NAMES, alias: ALIASES },
  },
  {
    ...{
      method: 'POST',
      path: 'registered-models/get-latest-versions',
      good: MODEL,
      repeatable: true,
    },
    optional: { stages: ['None'] },
    values: {
      name: [...NAMES, 'a', 'abc', 'prompt 3'],
      stages: [['staging', 'NONE'], ['bad'], [''], []],
    },
  },
  {
    ...{
      method: 'GET',
      path: 'registered-models/get-latest-versions',
      good: MODEL,
      repeatable: true,
    },
    optional: { stages: ['None'] },
    values: { stages: [['staging', 'NONE'], ['bad']], name: ['none', 'a', 'b'] },
  },
  {
    ...{
      method: 'GET',
      path: 'registered-models/search',
      good: { max_results: 3 },
      repeatable: true,
    },
    optional: { filter: "name = 'a'", order_by: 'name', page_token: 'x' },
    values: {
      max_results: [0, 1, 1000, 1001, -1],
      page_token: ['eyJvZmZzZXQiOiAxfQ==', 'e30=', '!!', 'a'],
      filter: ['name', "name = 'a' OR name = 'b'", "foo = 'x'", 'name = a', 'name > 1'],
      order_by: ['', 'foo', 'name BAD', 'creation_timestamp', ['name', 'name']],
    },
  },
  {
    ...{ method: 'DELETE', path: 'registered-models/delete', good: { name: 'xgo' } },
    values: { name: NAMES },
  },
];

export const versionCases: readonly OperationCases[] = [
  {
    ...{ method: 'POST', path: 'model-versions/create', good: { name: 'xm', source: 's3://b/a' } },
    optional: {
      ...{ run_id: '@{xrun}', run_link: 'l', description: 'd', tags: [pair('k', 'v')] },
      model_id: '@{xmodel}',
    },
    values: {
      name: NAMES,
      source: SOURCES,
      tags: TAGS,
      model_id: ['none', '@{xdeletedmodel}', ''],
    },
    others: [
      {},
      ...SOURCES.map((source) => ({ name: 'xm', source, run_id: '@{xrun}' })),
      ...SOURCES.slice(20).map((source) => ({ name: 'xm', source, model_id: '@{xmodel}' })),
      { name: 'xm', source: 'dummy-source', tags: [pair('mlflow.prompt.is_prompt', 'true')] },
      { name: 'xm', source: 's3://b/a', tags: [pair('mlflow.prompt.is_prompt', 'true')] },
    ],
  },
  {
    ...{ method: 'GET', path: 'model-versions/get', good: VERSION, repeatable: true },
    ...{ values: { name: NAMES, version: VERSIONS }, others: [{}] },
  },
  {
    ...{ method: 'PATCH', path: 'model-versions/update', good: VERSION, repeatable: true },
    ...{
      optional: { description: 'new' },
      values: { name: NAMES, version: VERSIONS, description: [''] },
    },
  },
  {
    ...{ method: 'POST', path: 'model-versions/transition-stage', repeatable: true },
    good: { ...VERSION, stage: 'Staging' },
    optional: { archive_existing_versions: true },
    values: {
      ...{ name: NAMES, version: VERSIONS },
      stage: ['staging', 'PRODUCTION', 'None', 'archived', 'bad', 'Deleted_Internal', ' Staging'],
    },
    others: ['None', 'archived', 'Production', 'bad'].map((stage) => ({
      ...{ ...VERSION, stage, archive_existing_versions: true },
    })),
  },
  {
    ...{ method: 'GET', path: 'model-versions/get-download-uri', good: VERSION, repeatable: true },
    ...{ values: { name: NAMES, version: VERSIONS }, others: [{}] },
  },
  {
    ...{ method: 'POST', path: 'model-versions/set-tag', good: { ...VERSION, key: 'k' } },
    ...{ optional: { value: 'v' }, repeatable: true },
    values: { name: NAMES, version: VERSIONS, key: KEYS, value: ['x'.repeat(100_001)] },
    others: [{ ...VERSION, key: 'mlflow.prompt.text', value: 'x'.repeat(100_001) }],
  },
  {
    ...{ method: 'DELETE', path: 'model-versions/delete-tag', good: { ...VERSION, key: 'k' } },
    values: { name: NAMES, version: VERSIONS, key: KEYS.slice(0, 4) },
  },
  {
    ...{ method: 'GET', path: 'model-versions/search', good: { max_results: 3 }, repeatable: true },
    optional: { filter: "name = 'a'", order_by: 'name', page_token: 'x' },
    values: {
      max_results: [0, 1, 200_000, 200_001, -1],
      page_token: ['eyJvZmZzZXQiOiAxfQ==', 'e30=', '!!', 'a'],
      filter: [
        'name',
        'version_number = 1.5',
        "foo = 'x'",
        'name = a',
        "name IN ('a')",
        "run_id = ''",
      ],
      order_by: ['', 'foo', 'name BAD', 'timestamp', ['name', 'name']],
    },
  },
  {
    ...{ method: 'DELETE', path: 'model-versions/delete', good: { name: 'xm', version: '3' } },
    values: { name: NAMES, version: VERSIONS.slice(0, 9) },
  },
];
