import type { Client } from './client.js';

export interface Pair {
  readonly key: string;
  readonly value: string;
}

export interface Run {
  readonly info: { readonly run_id: string; readonly status: string; readonly end_time?: number };
  readonly data: {
    readonly metrics?: readonly { readonly key: string; readonly value: number }[];
    readonly params?: readonly Pair[];
    readonly tags?: readonly Pair[];
  };
}

export interface Version {
  readonly name: string;
  readonly version: string;
  readonly current_stage: string;
  readonly tags?: readonly Pair[];
}

export interface Model {
  readonly name: string;
  readonly tags?: readonly Pair[];
  readonly aliases?: readonly { readonly alias: string; readonly version: string }[];
}

export async function createExperiment(client: Client, name: string): Promise<string> {
  return (await client.ok<{ experiment_id: string }>('POST', 'experiments/create', { name }))
    .experiment_id;
}

export async function createRun(client: Client, experiment: string): Promise<string> {
  const message = { experiment_id: experiment, start_time: 1 };
  return (await client.ok<{ run: Run }>('POST', 'runs/create', message)).run.info.run_id;
}

export async function getRun(client: Client, run: string): Promise<Run> {
  return (await client.ok<{ run: Run }>('GET', 'runs/get', { run_id: run })).run;
}

/** All runs of an experiment, page by page. */
export async function allRuns(client: Client, experiment: string): Promise<Run[]> {
  const runs: Run[] = [];
  let token: string | undefined;
  do {
    const page = await client.ok<{ runs?: Run[]; next_page_token?: string }>(
      'POST',
      'runs/search',
      {
        experiment_ids: [experiment],
        max_results: 1_000,
        ...(token === undefined ? {} : { page_token: token }),
      },
    );
    runs.push(...(page.runs ?? []));
    token = page.next_page_token || undefined;
  } while (token !== undefined);
  return runs;
}

export async function createModel(client: Client, name: string): Promise<void> {
  await client.ok('POST', 'registered-models/create', { name });
}

export async function createVersion(client: Client, name: string): Promise<number> {
  const message = { name, source: 's3://bucket/model' };
  const answer = await client.ok<{ model_version: Version }>(
    'POST',
    'model-versions/create',
    message,
  );
  return Number(answer.model_version.version);
}

/** All versions of a model, page by page. */
export async function allVersions(client: Client, name: string): Promise<Version[]> {
  const versions: Version[] = [];
  let token = '';
  do {
    const page = await client.ok<{ model_versions?: Version[]; next_page_token?: string }>(
      'GET',
      'model-versions/search',
      { filter: `name='${name}'`, max_results: 10_000, page_token: token },
    );
    versions.push(...(page.model_versions ?? []));
    token = page.next_page_token ?? '';
  } while (token !== '');
  return versions;
}

export async function getModel(client: Client, name: string): Promise<Model> {
  return (await client.ok<{ registered_model: Model }>('GET', 'registered-models/get', { name }))
    .registered_model;
}
