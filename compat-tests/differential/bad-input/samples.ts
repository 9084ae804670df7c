import { ask } from '../support/ask.js';
import { at } from '../support/pair.js';
import type { Samples } from './contract-cases.js';

const API = '/api/2.0/mlflow';

/** Makes one of each thing on a server, and says how requests name them. */
export async function makeSamples(url: string): Promise<Samples> {
  const unique = `hostile ${Date.now()}`;
  const make = async (path: string, body: unknown, ...found: string[]): Promise<string> => {
    const { status, json, text } = await ask(url, { method: 'POST', path: `${API}/${path}`, body });
    if (status !== 200) throw new Error(`${path}: ${text}`);
    return String(at(json, ...found));
  };
  const experiment_id = await make('experiments/create', { name: unique }, 'experiment_id');
  const run_id = await make('runs/create', { experiment_id }, 'run', 'info', 'run_id');
  const model_id = await make(
    'logged-models',
    { experiment_id, name: 'n' },
    ...['model', 'info', 'model_id'],
  );
  await make('registered-models/create', { name: unique });
  await make('model-versions/create', { name: unique, source: 's3://b/a' });
  return {
    ...{ experiment_id, run_id, model_id, name: unique, version: '1', run_uuid: run_id },
    ...{ experiment_ids: [experiment_id], run_ids: [run_id], metric_key: 'm', stage: 'Staging' },
    ...{ source: 's3://b/a', source_run_id: run_id, filter: '', filter_string: '', page_token: '' },
    ...{ order_by: [], view_type: 'ALL', path: 'a', artifact_path: 'a/b', key: 'k', value: '1' },
    ...{ max_results: 5, artifact_location: 's3://b/a', datasets: [], parts: [] },
  };
}
