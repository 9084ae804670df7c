/** Workspaces as MLflow's own clients use them, and beside a server of MLflow. */
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { ensureEnvironment, environmentProgram } from '../../scripts/python-envs.mjs';
import { type RunningServer, startRunledger, startStockServer } from '../servers.js';

const run = promisify(execFile);
const BEFORE_WORKSPACES = '2.22.5';
const NEWEST = '3.17.2';

let ours: RunningServer;
let stock: RunningServer;

beforeAll(async () => {
  for (const version of [BEFORE_WORKSPACES, NEWEST]) ensureEnvironment(version);
  const options = { extraArguments: ['--enable-workspaces'] };
  [ours, stock] = await Promise.all([startRunledger(options), startStockServer(options)]);
});
afterAll(async () => {
  await Promise.all([ours?.stop(), stock?.stop()]);
});

/** @returns what a script has printed */
async function story(version: string, script: string, url: string): Promise<unknown> {
  const { stdout } = await run(
    environmentProgram(version, 'python'),
    ['-W', 'ignore', join(import.meta.dirname, script), url],
    {
      env: {
        ...process.env,
        GIT_PYTHON_REFRESH: 'quiet',
        MLFLOW_ENABLE_WORKSPACES: 'true',
        MLFLOW_HTTP_REQUEST_MAX_RETRIES: '0',
      },
    },
  );
  return JSON.parse(stdout.trim().split('\n').at(-1) ?? '');
}

async function post(path: string, json: object, headers = {}): Promise<void> {
  const answer = await fetch(`${ours.url}/api/${path}`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', ...headers },
    body: JSON.stringify(json),
  });
  expect(answer.ok).toBe(true);
}

it('tells the newest client what a server of MLflow tells it', async () => {
  const [told, expected] = await Promise.all([
    story(NEWEST, 'newest.py', ours.url),
    story(NEWEST, 'newest.py', stock.url),
  ]);
  expect(told).toEqual(expected);
});

it('lets a client that knows of no workspaces work in the default one', async () => {
  await post('3.0/mlflow/workspaces', { name: 'elsewhere' });
  const headers = { 'X-MLFLOW-WORKSPACE': 'elsewhere' };
  await post('2.0/mlflow/registered-models/create', { name: 'in-elsewhere' }, headers);
  const told = await story(BEFORE_WORKSPACES, 'older.py', ours.url);
  expect(told).toEqual({ experiment: 'of 2.22', model: 'of-2.22', read: 'hello', seen: false });
});
