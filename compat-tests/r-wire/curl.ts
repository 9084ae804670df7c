import type { RequestCase } from '../differential/requests/request-case.js';

const AGENT = { 'user-agent': 'curl/8.5.0', accept: '*/*' };
const JSON_TYPE = { ...AGENT, 'content-type': 'application/json' };
/** What curl says of a body with `-d` unless it is told otherwise. */
const FORM_TYPE = { ...AGENT, 'content-type': 'application/x-www-form-urlencoded' };
const API = '/api/2.0/mlflow';

const post = (about: string, path: string, body: unknown, headers = JSON_TYPE): RequestCase => ({
  ...{ about, method: 'POST', path: `${API}/${path}`, body, headers },
});
const get = (about: string, path: string): RequestCase => ({
  ...{ about, method: 'GET', path: `${API}/${path}`, headers: AGENT },
});

/** Calls in the forms in which the documentation of MLflow's REST API shows them. */
export const CURL_CALLS: readonly RequestCase[] = [
  post('-X POST -d with its type', 'experiments/create', '{"name": "curl"}'),
  get('a query in the URL', 'experiments/get-by-name?experiment_name=curl'),
  get('a query with blanks', 'experiments/get-by-name?experiment_name=a%20b+c'),
  post('-d without a type', 'experiments/search', '{"max_results": 5}', FORM_TYPE),
  post('a charset', 'registered-models/create', '{"name": "curl"}', {
    ...AGENT,
    'content-type': 'application/json; charset=utf-8',
  }),
  post('line breaks in the body', 'model-versions/create', {
    ...{ name: 'curl', source: 's3://bucket/a' },
  }),
  post('numbers as texts', 'runs/search', '{\n "experiment_ids": [],\n "max_results": "1"\n}\n'),
  get('a list, once', 'registered-models/get-latest-versions?name=curl&stages=None'),
  get(
    'a list, twice',
    'registered-models/get-latest-versions?name=curl&stages=None&stages=Staging',
  ),
  {
    ...{ about: '-X PATCH', method: 'PATCH', path: `${API}/registered-models/update` },
    ...{ body: '{"name": "curl", "description": "d"}', headers: JSON_TYPE },
  },
  {
    ...{
      about: '-X DELETE with a body',
      method: 'DELETE',
      path: `${API}/registered-models/delete`,
    },
    ...{ body: '{"name": "curl"}', headers: JSON_TYPE },
  },
  {
    ...{ about: '-T of a file', method: 'PUT', headers: AGENT },
    ...{ path: '/api/2.0/mlflow-artifacts/artifacts/curl/a.txt', body: Buffer.from('text') },
  },
  {
    ...{ about: '-o of a file', method: 'GET', headers: AGENT },
    path: '/api/2.0/mlflow-artifacts/artifacts/curl/a.txt',
  },
  { about: 'health', method: 'GET', path: '/health', headers: AGENT },
  { about: 'version', method: 'GET', path: '/version', headers: AGENT },
];
