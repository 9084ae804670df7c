import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import Sqlite from 'better-sqlite3';
import { expect, it, onTestFinished } from 'vitest';
import { startRunledger } from '../servers.js';
import { PROGRAM, runledger } from './support.js';

type Json = Record<string, unknown>;

/** What a server is asked and told in this story. */
const api = (url: string) => {
  const send = async (method: string, path: string, body?: unknown): Promise<Json> => {
    const response = await fetch(`${url}/api/2.0/mlflow/${path}`, {
      method,
      ...(body !== undefined && {
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(body),
      }),
    });
    if (!response.ok) throw new Error(`${path}: ${await response.text()}`);
    return (await response.json()) as Json;
  };
  return {
    get: (path: string) => send('GET', path),
    post: (path: string, body: unknown) => send('POST', path, body),
  };
};

type Api = ReturnType<typeof api>;

async function addRun(server: Api, experiment_id: string, points: number): Promise<string> {
  const made = await server.post('runs/create', { experiment_id, start_time: 1 });
  const run_id = String(((made.run as Json).info as Json).run_id);
  await addPoints(server, run_id, 0, points);
  await server.post('runs/set-tag', { run_id, key: 'kept', value: 'v' });
  await server.post('runs/set-tag', { run_id, key: 'gone', value: 'v' });
  return run_id;
}

const addPoints = (server: Api, run_id: string, from: number, points: number) =>
  server.post('runs/log-batch', {
    run_id,
    metrics: ['loss', 'odd'].flatMap((key) =>
      Array.from({ length: points }, (_, at) => ({
        ...{ key, timestamp: 1_000 + from + at, step: from + at },
        value: key === 'odd' && at % 7 === 3 ? 'NaN' : at / 3,
      })),
    ),
  });

/** All that changes in the story, as the server tells it. */
async function told(server: Api): Promise<unknown> {
  const { experiments } = await server.get('experiments/search?view_type=ALL&max_results=100');
  const experiment_ids = (experiments as Json[]).map((each) => each.experiment_id);
  const found = await server.post('runs/search', {
    ...{ experiment_ids, run_view_type: 'ALL', max_results: 1_000 },
    order_by: ['attributes.run_id'],
  });
  const runs = found.runs as { info: Json; data: { metrics?: { key: string }[] } }[];
  const points: unknown[] = [];
  for (const { info, data } of runs) {
    for (const { key } of data.metrics ?? []) {
      points.push(await server.get(`metrics/get-history?run_id=${info.run_id}&metric_key=${key}`));
    }
  }
  const { registered_models } = await server.get('registered-models/search?max_results=100');
  const { model_versions } = await server.get('model-versions/search?max_results=100');
  return { experiments, runs, points, registered_models, model_versions };
}

/** Kills an import as soon as it has said so many things. @returns whether it was still at work */
async function killAt(args: readonly string[], saying: number): Promise<boolean> {
  const child = spawn(process.execPath, [PROGRAM, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  let said = 0;
  createInterface(child.stderr).on('line', () => {
    said += 1;
    if (said === saying) child.kill('SIGKILL');
  });
  child.stdout.resume();
  const signal = await new Promise((resolve) => child.on('close', (_, by) => resolve(by)));
  return signal === 'SIGKILL';
}

/** @returns what it was before */
function setFinished(uri: string, time: unknown): unknown {
  const database = new Sqlite(uri.replace('sqlite:///', ''));
  try {
    const before = database.prepare('select finished_time from imports').pluck().get();
    database.prepare('update imports set finished_time = ?').run(time);
    return before;
  } finally {
    database.close();
  }
}

it('a server that changes while its import is killed again and again is moved in as it is at last', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'runledger-interrupted-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const source = await startRunledger();
  onTestFinished(() => source.stop());
  const server = api(source.url);
  const { experiment_id } = await server.post('experiments/create', { name: 'first' });
  const runs: string[] = [];
  for (let at = 0; at < 6; at += 1) runs.push(await addRun(server, String(experiment_id), 40));
  await server.post('registered-models/create', { name: 'm0' });
  await server.post('model-versions/create', { name: 'm0', source: 's3://bucket/x' });

  const to = `sqlite:///${join(folder, 'new.db')}`;
  const args = ['import', '--from', source.url, '--to', to];
  let kills = 0;
  for (let saying = 1; await killAt(args, saying); saying += kills < 6 ? 1 : 3) {
    kills += 1;
    const run_id = runs[kills % 5] ?? '';
    await addPoints(server, run_id, 40 * kills, 5);
    await server.post('registered-models/rename', {
      ...{ name: `m${kills - 1}`, new_name: `m${kills}` },
    });
    if (kills % 3 === 0) runs.push(await addRun(server, String(experiment_id), 3));
    if (kills <= 5) {
      await server.post('runs/delete-tag', { run_id: runs[kills - 1], key: 'gone' });
    }
    if (kills === 4) await server.post('runs/delete', { run_id: runs[5] });
    if (kills === 5) {
      await server.post('experiments/update', { experiment_id, new_name: 'second' });
      const again = await server.post('experiments/create', { name: 'first' });
      runs.push(await addRun(server, String(again.experiment_id), 2));
    }
  }
  // The last one was not killed: it got through, and what it said is not known here.
  expect(kills).toBeGreaterThan(5);
  const last = await runledger(args);
  expect(last.stdout).toContain('nothing was written');
  expect(last.stdout).toContain('All is the same on both sides.');

  const half = setFinished(to, null);
  const refused = await runledger(['server', '--backend-store-uri', to, '--port', '0']);
  expect(refused.stderr).toContain('run the import again until it is through');
  expect(refused.status).toBe(1);
  setFinished(to, half);

  const target = await startRunledger({ backendStoreUri: to });
  onTestFinished(() => target.stop());
  expect(await told(api(target.url))).toEqual(await told(server));
});
