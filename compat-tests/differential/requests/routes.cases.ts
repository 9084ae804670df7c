import type { RequestCase } from './request-case.js';

const API = '/api/2.0/mlflow';

const of = (method: string, path: string, rest: Partial<RequestCase> = {}): RequestCase => ({
  about: `${method} ${path} ${JSON.stringify(rest)}`.slice(0, 120),
  ...{ method, path, ...rest },
});

/** Methods and paths that are not there, bodies that are no messages, and the server about itself. */
export const routeCases: readonly RequestCase[] = [
  of('GET', '/health'),
  of('GET', '/version'),
  of('GET', '/api/3.0/mlflow/server-info'),
  of('GET', '/ajax-api/3.0/mlflow/server-info'),
  of('GET', '/ajax-api/3.0/mlflow/ui-telemetry'),
  of('POST', '/ajax-api/3.0/mlflow/ui-telemetry', { body: {} }),
  of('GET', '/ajax-api/2.0/mlflow/gateway-proxy?gateway_path=api/2.0/endpoints/'),
  of('POST', '/ajax-api/2.0/mlflow/gateway-proxy', { body: { gateway_path: 'x' } }),
  ...['/none', `${API}/none`, '/api/3.0/mlflow/experiments/get?experiment_id=0', `${API}/runs`].map(
    (path) => of('GET', path),
  ),
  ...['runs/get', 'experiments/get-by-name', 'artifacts/list', 'registered-models/get'].map(
    (path) => of('POST', `${API}/${path}`, { body: {} }),
  ),
  ...['runs/create', 'runs/search', 'experiments/create', 'registered-models/alias'].map((path) =>
    of('PUT', `${API}/${path}`, { body: {} }),
  ),
  ...['runs/create', 'runs/log-batch', 'model-versions/create'].map((path) =>
    of('GET', `${API}/${path}`),
  ),
  ...[
    '',
    '{',
    '[]',
    '[1]',
    '"x"',
    '5',
    'null',
    'true',
    '"{\\"name\\": \\"twice @{fresh}\\"}"',
    '{}',
  ].map((body) => of('POST', `${API}/experiments/create`, { body })),
  ...['', '{', '[]', '"{}"', 'null', '{"run_id": "@{xrun}", "run_id": "other"}'].map((body) =>
    of('POST', `${API}/runs/log-batch`, { body }),
  ),
  of('GET', `${API}/experiments/get`, { body: '{"experiment_id": "@{xa}"}' }),
  of('GET', `${API}/runs/get`, { body: '{"run_id": "@{r1}"}' }),
  of('DELETE', `${API}/registered-models/delete?name=nobody`),
  of('DELETE', `${API}/registered-models/alias?name=xm&alias=champ`, { body: {} }),
  of('POST', `${API}/runs/set-tag?run_id=@{xrun}&key=q&value=v`, { body: {} }),
  of('POST', `${API}/runs/log-metric`, {
    body: '{"run_id": "@{xrun}", "key": "bare", "value": NaN, "timestamp": 1}',
  }),
  of('POST', `${API}/runs/log-metric`, {
    body: '{"run_id": "@{xrun}", "key": "bare", "value": 1e400, "timestamp": 1}',
  }),
  of('POST', `${API}/runs/log-metric`, {
    body: '{"run_id": "@{xrun}", "key": "big", "value": 1, "timestamp": 9223372036854775807}',
  }),
  of('POST', `${API}/runs/log-metric`, {
    body: '{"run_id": "@{xrun}", "key": "big", "value": 1, "timestamp": 9007199254740993}',
  }),
  of('GET', `${API}/metrics/get-history?run_id=@{xrun}&metric_key=big`),
];
