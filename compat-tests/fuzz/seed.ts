import { generateFilters } from '../../src/platform/filter/testing/generate-filters.js';

/** Values of a field that mean something to the server, for paths that hold a text. */
export interface Known {
  readonly field: string;
  readonly path: string;
  readonly values: readonly unknown[];
}

const API = '/api/2.0/mlflow';
const FILTERS = 200;
const SEED = 17;
const COUNT = 6;

type Json = Readonly<Record<string, unknown>>;

/** Stores one of everything or more, and tells what generated requests may ask for. */
export async function seed(url: string): Promise<Known[]> {
  const post = async (path: string, message: object): Promise<Json> => {
    const full = path.startsWith('/') ? path : `${API}/${path}`;
    const answer = await fetch(`${url}${full}`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify(message),
    });
    if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`);
    return (await answer.json()) as Json;
  };
  const experiments: string[] = ['0'];
  const runs: string[] = [];
  const loggedModels: string[] = [];
  const models: string[] = [];
  const datasets: string[] = [];
  for (let index = 0; index < COUNT; index += 1) {
    const { experiment_id } = await post('experiments/create', { name: `e${index}` });
    experiments.push(String(experiment_id));
    for (let count = 0; count < 3; count += 1)
      runs.push(await seedRun(post, String(experiment_id)));
    const { model } = await post('logged-models', { experiment_id, name: 'm', params: PAIRS });
    loggedModels.push(idOf(model, 'model_id'));
    const name = `model-${index}`;
    await post('registered-models/create', { name, tags: PAIRS });
    await post('model-versions/create', { name, source: 's3://b/k', tags: PAIRS });
    await post('model-versions/create', { name, source: 's3://b/k', run_id: runs.at(-1) });
    await post('registered-models/alias', { name, alias: 'champion', version: '1' });
    models.push(name);
    const set = await post('/api/3.0/mlflow/datasets/create', {
      ...{ name, experiment_ids: [experiment_id], tags: '{"a": "1"}' },
    });
    datasets.push(idOf(set.dataset, 'dataset_id'));
    await post(`/api/3.0/mlflow/datasets/${datasets.at(-1)}/records`, { records: RECORDS });
    const scorer = { experiment_id, name: 'scorer', serialized_scorer: '{}' };
    await post('/api/3.0/mlflow/scorers/register', scorer);
  }
  await fetch(`${url}/api/2.0/mlflow-artifacts/artifacts/0/a.txt`, { method: 'PUT', body: 'text' });
  return [
    ...searches(),
    { field: 'experiment_id', path: '', values: experiments },
    { field: 'experiment_ids', path: '', values: experiments },
    { field: 'experiment_name', path: '', values: ['e0', 'e1', 'Default'] },
    ...['run_id', 'run_uuid', 'run_ids'].map((field) => ({ field, path: '', values: runs })),
    { field: 'model_id', path: '', values: loggedModels },
    { field: 'name', path: 'model', values: models },
    { field: 'name', path: 'scorers', values: ['scorer'] },
    { field: 'dataset_id', path: '', values: datasets },
    { field: 'records', path: 'datasets', values: [RECORDS, '[{"inputs": {"q": 2}}]', '[{}]'] },
    { field: 'tags', path: 'datasets', values: ['{"a": "2", "b": 1.5}', '{}'] },
    { field: 'serialized_scorer', path: 'scorers', values: ['{}', '{"a": [1]}'] },
    { field: 'version', path: '', values: ['1', '2'] },
    { field: 'alias', path: '', values: ['champion', 'other'] },
    { field: 'stage', path: '', values: ['None', 'Staging', 'Production', 'Archived'] },
    { field: 'metric_key', path: '', values: ['a', 'acc', 'none'] },
    { field: 'key', path: '', values: ['a', 'acc', 'k'] },
    { field: 'path', path: 'mlflow', values: ['a.txt', 'b', '.'] },
    { field: 'artifact_path', path: 'artifacts', values: ['0/a.txt', '0', '0/b.txt'] },
  ];
}

const RECORDS = '[{"inputs": {"q": 1}, "outputs": "a", "expectations": {"e": [null]}}]';

const PAIRS = [
  { key: 'a', value: '1' },
  { key: 'acc', value: '0.5' },
];

async function seedRun(
  post: (path: string, message: object) => Promise<Json>,
  experiment_id: string,
): Promise<string> {
  const { run } = await post('runs/create', { experiment_id, tags: PAIRS, start_time: 1 });
  const run_id = idOf((run as { info: unknown }).info, 'run_id');
  const values = [0.5, 'NaN', 'Infinity', 1e300, '-Infinity'];
  const metrics = values.flatMap((value, step) => [
    { key: 'acc', value, timestamp: '9007199254740993', step },
    { key: 'a', value, timestamp: 1, step },
  ]);
  await post('runs/log-batch', { run_id, metrics, params: PAIRS });
  const dataset = { name: 'd', digest: '1', source_type: 'local', source: '{}' };
  await post('runs/log-inputs', { run_id, datasets: [{ dataset, tags: [] }] });
  return run_id;
}

const idOf = (value: unknown, name: string): string => String((value as Json)[name]);

/** Filters and orders of the whole grammar, so that searches get past their parser. */
function searches(): Known[] {
  const entities = [
    ['runs', 'runs/search'],
    ['experiments', 'experiments/search'],
    ['models', 'registered-models/search'],
    ['versions', 'model-versions/search'],
    ['loggedModels', 'logged-models/search'],
    ['evaluationDatasets', 'datasets/search'],
  ] as const;
  return entities.flatMap(([entity, path]) => {
    const cases = generateFilters(SEED, FILTERS, entity);
    const orders = cases.flatMap(({ order_by }) => order_by);
    return [
      {
        field: entity === 'evaluationDatasets' ? 'filter_string' : 'filter',
        path,
        values: cases.map(({ filter }) => filter),
      },
      ...(entity === 'loggedModels' ? [] : [{ field: 'order_by', path, values: orders }]),
    ];
  });
}
