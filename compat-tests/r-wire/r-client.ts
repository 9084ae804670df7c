/**
 * What MLflow's R client sends, as its documentation and its sources describe it: every value of a
 * body as a text, `1e+05` for 100000, both names of a run's id, PATCH and DELETE with a body.
 */
export interface RCall {
  /** The function of the client that sends it. */
  readonly call: string;
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** Below /api/2.0/mlflow/, unless it begins with a slash. */
  readonly path: string;
  readonly query?: string;
  readonly body?: Readonly<Record<string, unknown>>;
  /** The id in the answer that later calls name as `@{name}`. */
  readonly binds?: {
    readonly name: string;
    readonly kind: 'experiment' | 'id';
    readonly at: string;
  };
}

export const R_AGENT = 'mlflow-r-client/3.1.0';

const RUN = { run_uuid: '@{run}', run_id: '@{run}' };
const RUN_QUERY = 'run_uuid=@{run}&run_id=@{run}';
const TIME = '1700000000123';

const get = (call: string, path: string, query?: string): RCall => ({
  ...{ call, method: 'GET', path },
  ...(query === undefined ? {} : { query }),
});
const post = (call: string, path: string, body: Readonly<Record<string, unknown>>): RCall => ({
  ...{ call, method: 'POST', path, body },
});

const EXPERIMENTS: readonly RCall[] = [
  {
    ...post('mlflow_create_experiment', 'experiments/create', {
      ...{ name: 'r', tags: [{ key: 'team', value: 'a' }] },
    }),
    binds: { name: 'experiment', kind: 'experiment', at: 'experiment_id' },
  },
  get('mlflow_get_experiment', 'experiments/get', 'experiment_id=@{experiment}'),
  get('mlflow_get_experiment, by name', 'experiments/get-by-name', 'experiment_name=r'),
  get('mlflow_get_experiment, none', 'experiments/get-by-name', 'experiment_name=none'),
  post('mlflow_search_experiments', 'experiments/search', {
    ...{ filter: "name = 'r'", view_type: 'ACTIVE_ONLY', max_results: '1000', order_by: [] },
  }),
  post('mlflow_set_experiment_tag', 'experiments/set-experiment-tag', {
    ...{ experiment_id: '@{experiment}', key: 'note', value: 'x' },
  }),
  post('mlflow_rename_experiment', 'experiments/update', {
    ...{ experiment_id: '@{experiment}', new_name: 'r renamed' },
  }),
  post('mlflow_delete_experiment', 'experiments/delete', { experiment_id: '@{experiment}' }),
  post('mlflow_restore_experiment', 'experiments/restore', { experiment_id: '@{experiment}' }),
];

const RUNS: readonly RCall[] = [
  {
    ...post('mlflow_start_run', 'runs/create', {
      ...{ experiment_id: '@{experiment}', user_id: 'r', start_time: TIME },
      tags: [
        { key: 'mlflow.runName', value: 'from R' },
        { key: 'mlflow.user', value: 'r' },
        { key: 'mlflow.source.type', value: 'LOCAL' },
      ],
    }),
    binds: { name: 'run', kind: 'id', at: 'run.info.run_uuid' },
  },
  get('mlflow_get_run', 'runs/get', RUN_QUERY),
  ...['0.5', '1e+05', '-1e-07', 'NaN', 'Infinity', '-Infinity'].map((value, index) =>
    post(`mlflow_log_metric, ${value}`, 'runs/log-metric', {
      ...{ ...RUN, key: 'm', value, timestamp: TIME, step: String(index) },
    }),
  ),
  post('mlflow_log_metric, step 100000', 'runs/log-metric', {
    ...{ ...RUN, key: 'late', value: '1', timestamp: '1.7e+12', step: '1e+05' },
  }),
  post('mlflow_log_metric, a broken step', 'runs/log-metric', {
    ...{ ...RUN, key: 'late', value: '1', timestamp: TIME, step: '1.5' },
  }),
  get('mlflow_get_metric_history', 'metrics/get-history', `${RUN_QUERY}&metric_key=m`),
  get('mlflow_get_metric_history, late', 'metrics/get-history', `${RUN_QUERY}&metric_key=late`),
  post('mlflow_log_param', 'runs/log-parameter', { ...RUN, key: 'p', value: 'TRUE' }),
  post('mlflow_log_param, another value', 'runs/log-parameter', { ...RUN, key: 'p', value: '2' }),
  post('mlflow_set_tag', 'runs/set-tag', { ...RUN, key: 't', value: 'ü' }),
  post('mlflow_delete_tag', 'runs/delete-tag', { run_id: '@{run}', key: 't' }),
  post('mlflow_log_batch', 'runs/log-batch', {
    run_id: '@{run}',
    metrics: [{ key: 'b', value: '1e-10', step: '0', timestamp: TIME }],
    params: [{ key: 'q', value: '1' }],
    tags: [{ key: 'u', value: 'v' }],
  }),
  post('mlflow_record_logged_model', 'runs/log-model', {
    run_id: '@{run}',
    model_json:
      '{"run_id":"@{run}","artifact_path":"model","utc_time_created":"2026-01-01 00:00:00","flavors":{"crate":{"version":"0.1","model":"crate.bin"}}}',
  }),
  post('mlflow_search_runs', 'runs/search', {
    ...{ experiment_ids: ['@{experiment}'], filter: "params.p = 'TRUE'" },
    ...{ run_view_type: 'ACTIVE_ONLY', max_results: '100', order_by: ['metrics.b DESC'] },
  }),
  get('mlflow_list_artifacts', 'artifacts/list', RUN_QUERY),
  get('mlflow_list_artifacts, a path', 'artifacts/list', `${RUN_QUERY}&path=model`),
  post('mlflow_end_run', 'runs/update', { ...RUN, status: 'FINISHED', end_time: TIME }),
  post('mlflow_delete_run', 'runs/delete', { run_id: '@{run}' }),
  post('mlflow_restore_run', 'runs/restore', { run_id: '@{run}' }),
  get('mlflow_get_run, at the end', 'runs/get', RUN_QUERY),
];

const REGISTRY: readonly RCall[] = [
  post('mlflow_create_registered_model', 'registered-models/create', {
    ...{ name: 'r-model', tags: [{ key: 'a', value: 'b' }], description: 'words' },
  }),
  get('mlflow_get_registered_model', 'registered-models/get', 'name=r-model'),
  {
    ...{ call: 'mlflow_rename_registered_model', method: 'POST', path: 'registered-models/rename' },
    body: { name: 'r-model', new_name: 'r-renamed' },
  },
  {
    ...{ call: 'mlflow_update_registered_model', method: 'PATCH' },
    ...{ path: 'registered-models/update', body: { name: 'r-renamed', description: 'other' } },
  },
  get('mlflow_search_registered_models', 'registered-models/search', 'max_results=100'),
  post('mlflow_search_registered_models, by POST', 'registered-models/search', {
    max_results: '100',
  }),
  post('mlflow_create_model_version', 'model-versions/create', {
    ...{ name: 'r-renamed', source: 's3://bucket/model', run_id: '@{run}' },
    ...{ run_link: 'http://link', description: 'version', tags: [{ key: 'k', value: 'v' }] },
  }),
  get('mlflow_get_model_version', 'model-versions/get', 'name=r-renamed&version=1'),
  get(
    'mlflow_get_model_version_download_uri',
    'model-versions/get-download-uri',
    'name=r-renamed&version=1',
  ),
  {
    ...{ call: 'mlflow_update_model_version', method: 'PATCH', path: 'model-versions/update' },
    body: { name: 'r-renamed', version: '1', description: 'better' },
  },
  post('mlflow_transition_model_version_stage', 'model-versions/transition-stage', {
    ...{ name: 'r-renamed', version: '1', stage: 'Staging', archive_existing_versions: 'FALSE' },
  }),
  post('mlflow_transition_model_version_stage, a boolean', 'model-versions/transition-stage', {
    ...{ name: 'r-renamed', version: '1', stage: 'Staging', archive_existing_versions: false },
  }),
  get(
    'mlflow_get_latest_versions',
    'registered-models/get-latest-versions',
    'name=r-renamed&stages=Staging',
  ),
  post('mlflow_set_model_version_tag', 'model-versions/set-tag', {
    ...{ name: 'r-renamed', version: '1', key: 'k', value: 'w' },
  }),
  post('mlflow_set_registered_model_alias', 'registered-models/alias', {
    ...{ name: 'r-renamed', alias: 'live', version: '1' },
  }),
  get('mlflow_get_model_version_by_alias', 'registered-models/alias', 'name=r-renamed&alias=live'),
  {
    ...{ call: 'mlflow_delete_model_version', method: 'DELETE', path: 'model-versions/delete' },
    body: { name: 'r-renamed', version: '1' },
  },
  {
    ...{ call: 'mlflow_delete_registered_model', method: 'DELETE' },
    ...{ path: 'registered-models/delete', body: { name: 'r-renamed' } },
  },
];

/** In the order in which they build on each other. */
export const R_CALLS: readonly RCall[] = [...EXPERIMENTS, ...RUNS, ...REGISTRY];
