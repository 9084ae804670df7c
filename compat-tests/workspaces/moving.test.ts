/** A server of MLflow's with workspaces that is moved in by its address. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it, onTestFinished } from 'vitest';
import { runledger } from '../moving/support.js';
import { type RunningServer, startRunledger, startStockServer } from '../servers.js';

const WORKSPACES = ['default', 'moved-a', 'moved-b'] as const;
const ENABLED = { extraArguments: ['--enable-workspaces'] };

let folder: string;
let stock: RunningServer;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'runledger-workspaces-'));
  stock = await startStockServer(ENABLED);
});
afterAll(async () => {
  await stock?.stop();
  await rm(folder, { recursive: true, force: true });
});

interface Asked {
  readonly method?: string;
  readonly json?: unknown;
  readonly content?: string;
}

async function ask(
  url: string,
  workspace: string,
  path: string,
  { method, json, content }: Asked = {},
) {
  const body = content ?? (json === undefined ? undefined : JSON.stringify(json));
  const answer = await fetch(`${url}/api/${path}`, {
    method: method ?? (body === undefined ? 'GET' : 'POST'),
    headers: {
      'X-MLFLOW-WORKSPACE': workspace,
      ...(json === undefined ? {} : { 'Content-Type': 'application/json' }),
    },
    ...(body === undefined ? {} : { body }),
  });
  const text = await answer.text();
  expect(answer.ok, `${path}: ${text}`).toBe(true);
  return (text.startsWith('{') ? JSON.parse(text) : text) as Record<string, unknown>;
}

/** The same names in each workspace, with other values. */
async function fill(workspace: string, at: number): Promise<void> {
  const post = (path: string, json: unknown) => ask(stock.url, workspace, path, { json });
  if (workspace !== 'default') {
    await ask(stock.url, 'default', '3.0/mlflow/workspaces', { json: { name: workspace } });
  }
  const { experiment_id } = await post('2.0/mlflow/experiments/create', { name: 'churn' });
  const made = await post('2.0/mlflow/runs/create', { experiment_id, start_time: 1_000 + at });
  const { run_id } = (made.run as { info: Record<string, string> }).info;
  const metrics = [0, 1, 2].map((step) => ({ key: 'loss', value: at, step, timestamp: 5 + step }));
  await post('2.0/mlflow/runs/log-batch', {
    ...{ run_id, metrics },
    params: [{ key: 'where', value: workspace }],
  });
  await post('2.0/mlflow/registered-models/create', { name: 'model', description: workspace });
  for (let version = 0; version <= at; version += 1) {
    await post('2.0/mlflow/model-versions/create', { name: 'model', source: 's3://bucket/model' });
  }
  await post('2.0/mlflow/registered-models/alias', {
    ...{ name: 'model', alias: 'best', version: String(at + 1) },
  });
  await post('3.0/mlflow/datasets/create', { name: 'questions', experiment_ids: [experiment_id] });
  const file = `2.0/mlflow-artifacts/artifacts/${experiment_id}/${run_id}/artifacts/of.txt`;
  await ask(stock.url, workspace, file, { method: 'PUT', content: `of ${workspace}` });
}

async function told(url: string, workspace: string): Promise<unknown[]> {
  const get = (path: string, json?: unknown) => ask(url, workspace, path, { json });
  const experiments = await get('2.0/mlflow/experiments/search?max_results=50');
  const [{ experiment_id = '' } = {}] = (
    experiments.experiments as { name: string; experiment_id: string }[]
  ).filter(({ name }) => name === 'churn');
  const runs = await get('2.0/mlflow/runs/search', { experiment_ids: [experiment_id] });
  const [run] = runs.runs as { info: { run_id: string } }[];
  const id = run?.info.run_id ?? '';
  return [
    ...[experiments, runs],
    await get(`2.0/mlflow/metrics/get-history?run_id=${id}&metric_key=loss`),
    await get('2.0/mlflow/registered-models/search?max_results=50'),
    await get('2.0/mlflow/model-versions/search?max_results=50'),
    await get('2.0/mlflow/registered-models/alias?name=model&alias=best'),
    await get('3.0/mlflow/datasets/search', { experiment_ids: [experiment_id] }),
    await get(`2.0/mlflow-artifacts/artifacts/${experiment_id}/${id}/artifacts/of.txt`),
  ];
}

it('brings what is in each of them', async () => {
  for (const [at, workspace] of WORKSPACES.entries()) await fill(workspace, at);
  const to = `sqlite:///${join(folder, 'new.db')}`;
  const artifacts = join(folder, 'artifacts');
  const args = [
    ...['import', '--from', stock.url, '--to', to],
    ...['--artifacts', 'copy', '--artifacts-destination', artifacts],
  ];
  const first = await runledger(args);
  expect(first.stderr).not.toContain('runledger:');
  expect(first.stdout).toContain('All is the same on both sides.');
  expect(first.stdout).toContain('Artifacts: 3 files copied');
  expect((await runledger(args)).stdout).toContain('nothing was written');

  const ours = await startRunledger({
    backendStoreUri: to,
    extraArguments: [...ENABLED.extraArguments, '--artifacts-destination', artifacts],
  });
  onTestFinished(() => ours.stop());
  for (const workspace of WORKSPACES) {
    expect(await told(ours.url, workspace)).toEqual(await told(stock.url, workspace));
  }
});
