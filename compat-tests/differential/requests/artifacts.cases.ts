import type { OperationCases, RequestCase } from './request-case.js';

const RUN = { run_id: '@{xrun}' };
const PROXY = '/api/2.0/mlflow-artifacts/artifacts';
const FOLDER = `${PROXY}/@{xa}/@{xrun}/artifacts`;
const PATHS = [
  ...[
    '',
    'a',
    'a/b',
    'none',
    '..',
    '../x',
    'a/../b',
    '/etc',
    'a#b',
    'a%2e%2e',
    'a\\b',
    './a',
    'a/',
  ],
  ...['%2e%2e/x', '%252e%252e/x', 'C:/x', 'file:///etc', 'a//b', '.', 'é.txt', 'a b.txt'],
];

export const artifactCases: readonly OperationCases[] = [
  {
    ...{ method: 'GET', path: 'artifacts/list', good: RUN, repeatable: true },
    ...{ optional: { path: 'a', page_token: 'x' } },
    values: { run_id: ['none', '@{xdeletedrun}'], path: PATHS },
    others: [{}, { run_uuid: '@{xrun}' }],
  },
  { method: 'GET', path: PROXY, good: {}, optional: { path: 'a' }, values: { path: PATHS } },
  {
    ...{ method: 'GET', path: 'logged-models/@{xmodel}/artifacts/directories', good: {} },
    ...{ optional: { artifact_directory_path: 'a' }, values: { artifact_directory_path: PATHS } },
  },
  { method: 'GET', path: 'logged-models/none/artifacts/directories', good: {} },
  {
    ...{ method: 'POST', path: 'artifacts/presigned-upload-url', good: { ...RUN, path: 'x' } },
    ...{
      optional: { expiration: 5, model_id: '@{xmodel}' },
      values: { expiration: [0, 1, 604_801] },
    },
    others: [
      {},
      { path: 'x' },
      { model_id: '@{xmodel}', path: 'x' },
      { run_id: 'none', path: 'x' },
    ],
  },
  {
    ...{ method: 'POST', path: 'artifacts/presigned-download-url', good: { ...RUN, path: 'x' } },
    ...{ optional: { expiration: 5 }, values: { expiration: [0, 1, 604_801] }, others: [{}] },
  },
  {
    ...{ method: 'POST', path: '/api/2.0/mlflow-artifacts/mpu/create/x' },
    good: { path: 'f', num_parts: 1 },
  },
  {
    ...{ method: 'POST', path: '/api/2.0/mlflow-artifacts/mpu/complete/x' },
    good: { path: 'f', upload_id: 'u', parts: [{ part_number: 1, etag: 'e', url: 'x' }] },
  },
  {
    ...{ method: 'POST', path: '/api/2.0/mlflow-artifacts/mpu/abort/x' },
    good: { path: 'f', upload_id: 'u' },
  },
  { method: 'GET', path: '/api/2.0/mlflow-artifacts/presigned/x', good: {} },
  {
    ...{ method: 'GET', path: '/get-artifact', good: { ...RUN, path: 'a/b.txt' } },
    values: { run_id: ['none'], path: PATHS },
    others: [{}, RUN, { path: 'a' }, { run_uuid: '@{xrun}', path: 'top.json' }],
  },
  {
    ...{ method: 'GET', path: '/model-versions/get-artifact' },
    good: { name: 'xm', version: '2', path: 'x' },
    others: [
      {},
      { name: 'none', version: '1', path: 'x' },
      { name: 'xm', version: 'x', path: 'x' },
    ],
  },
  {
    ...{ method: 'GET', path: '/ajax-api/2.0/mlflow/logged-models/@{xmodel}/artifacts/files' },
    ...{ good: { artifact_file_path: 'none' }, others: [{}] },
    values: { artifact_file_path: PATHS },
  },
];

const put = (path: string, body = 'text'): RequestCase => ({
  about: `PUT ${path}`,
  ...{ method: 'PUT', path, body, headers: { 'content-type': 'text/plain' } },
});
const plain = (method: string, path: string, headers?: Record<string, string>): RequestCase => ({
  ...{ about: `${method} ${path} ${JSON.stringify(headers ?? {})}`, method, path },
  ...(headers ? { headers } : {}),
});
const encoded = PATHS.filter((path) => path !== '' && path !== '.').map((path) =>
  path.split('/').map(encodeURIComponent).join('/'),
);

/** Files through the proxy, in the order in which they are put, read and removed. */
export const fileCases: readonly RequestCase[] = [
  ...['a/b.txt', 'top.json', 'a/c.html', 'é.txt', 'a b.txt', 'noext', 'x/y/z.png', 'MLmodel'].map(
    (name) =>
      put(`${FOLDER}/${encodeURIComponent(name).replaceAll('%2F', '/')}`, `content of ${name}`),
  ),
  put(`${FOLDER}/void/empty`, ''),
  put(`${FOLDER}/a/b.txt`, 'again'),
  put(`${FOLDER}/slash/`),
  put(`/ajax-api/2.0/mlflow-artifacts/artifacts/x/y.txt`),
  // A name that stock decodes twice would make all lists differ.
  ...encoded.filter((path) => !path.includes('%25')).map((path) => put(`${FOLDER}/${path}`)),
  plain('GET', `${PROXY}?path=@{xa}/@{xrun}/artifacts`),
  plain('GET', `${PROXY}?path=@{xa}/@{xrun}/artifacts/a`),
  plain('GET', '/api/2.0/mlflow/artifacts/list?run_id=@{xrun}'),
  plain('GET', '/api/2.0/mlflow/artifacts/list?run_id=@{xrun}&path=a'),
  plain('GET', '/api/2.0/mlflow/artifacts/list?run_id=@{xrun}&path=void'),
  plain('GET', '/api/2.0/mlflow/artifacts/list?run_id=@{xrun}&path=a/b.txt'),
  ...[
    'a/b.txt',
    'top.json',
    'a/c.html',
    '%C3%A9.txt',
    'noext',
    'x/y/z.png',
    'MLmodel',
    'void/empty',
  ].flatMap((name) => [
    plain('GET', `${FOLDER}/${name}`),
    plain('GET', `/get-artifact?run_id=@{xrun}&path=${name}`),
  ]),
  plain('GET', `${FOLDER}/a`),
  plain('GET', `${FOLDER}/none`),
  ...['bytes=0-2', 'bytes=-2', 'bytes=3-', 'bytes=99-', 'bytes=2-1', 'x'].map((range) =>
    plain('GET', `${FOLDER}/top.json`, { range }),
  ),
  ...encoded.map((path) => plain('GET', `${FOLDER}/${path}`)),
  plain('DELETE', `${FOLDER}/a/b.txt`),
  plain('DELETE', `${FOLDER}/a`),
  plain('DELETE', `${FOLDER}/none`),
  ...encoded
    .filter((path) => path.includes('..'))
    .map((path) => plain('DELETE', `${FOLDER}/${path}`)),
  plain('GET', '/api/2.0/mlflow/artifacts/list?run_id=@{xrun}'),
  {
    about: 'upload-artifact',
    ...{
      method: 'POST',
      path: '/ajax-api/2.0/mlflow/upload-artifact?run_uuid=@{xrun}&path=up.txt',
    },
    ...{ body: 'data', headers: { 'content-type': 'text/plain' } },
  },
  ...[
    '',
    '?run_uuid=@{xrun}',
    '?path=x',
    '?run_uuid=none&path=x',
    '?run_uuid=@{xrun}&path=../x',
  ].map(
    (query): RequestCase => ({
      about: `upload-artifact${query}`,
      ...{ method: 'POST', path: `/ajax-api/2.0/mlflow/upload-artifact${query}` },
      ...{ body: 'data', headers: { 'content-type': 'text/plain' } },
    }),
  ),
  {
    about: 'upload-artifact without data',
    ...{ method: 'POST', path: '/ajax-api/2.0/mlflow/upload-artifact?run_uuid=@{xrun}&path=new' },
    ...{ body: '', headers: { 'content-type': 'text/plain' } },
  },
];
