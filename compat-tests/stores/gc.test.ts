/** `runledger gc` on a store: what goes with deleted runs, and what versions hold. */
import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { type RunningServer, startRunledger } from '../servers.js';
import type { SharedStore } from './support/setup.js';

const PROGRAM = join(import.meta.dirname, '../../dist/src/main.js');
const FILES = '/api/2.0/mlflow-artifacts/artifacts';
const STORES: readonly SharedStore[] = Object.values(inject('stores'));

describe.each(STORES)('gc on $name', ({ bucket, environment }) => {
  let folder: string;
  let server: RunningServer;
  let settings: readonly string[];

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'runledger-gc-'));
    const destination = ['--artifacts-destination', `${bucket}/gc`];
    const backendStoreUri = `sqlite:///${join(folder, 'of.db')}`;
    settings = ['--backend-store-uri', backendStoreUri, ...destination];
    server = await startRunledger({ backendStoreUri, extraArguments: destination, environment });
  });
  afterAll(async () => {
    await server?.stop();
    await rm(folder, { recursive: true, force: true });
  });

  async function post(path: string, body: unknown): Promise<unknown> {
    const response = await fetch(`${server.url}/api/2.0/mlflow/${path}`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify(body),
    });
    expect(response.status).toBe(200);
    return response.json();
  }

  /** A run with files of its own, in parts of a folder. */
  async function runWithFiles(): Promise<string> {
    const made = await post('runs/create', { experiment_id: '0', start_time: 1 });
    const id = (made as { run: { info: { run_id: string } } }).run.info.run_id;
    for (const name of ['model.bin', 'deep/a.txt', 'deep/b.txt']) {
      const url = `${server.url}${FILES}/0/${id}/artifacts/${name}`;
      expect((await fetch(url, { method: 'PUT', body: `of ${name}` })).status).toBe(200);
    }
    return id;
  }

  const filesOf = (id: string) =>
    Promise.all(
      ['model.bin', 'deep/a.txt', 'deep/b.txt'].map(
        async (name) => (await fetch(`${server.url}${FILES}/0/${id}/artifacts/${name}`)).status,
      ),
    );

  const gc = async (...args: readonly string[]) =>
    (
      await promisify(execFile)(process.execPath, [PROGRAM, 'gc', ...settings, ...args], {
        env: { ...process.env, ...environment },
      })
    ).stdout;

  it('deletes what deleted runs have left, and nothing that a version rests on', async () => {
    const kept = await runWithFiles();
    const gone = await runWithFiles();
    const held = await runWithFiles();
    await post('registered-models/create', { name: 'resting' });
    const source = `mlflow-artifacts:/0/${held}/artifacts`;
    await post('model-versions/create', { name: 'resting', source, run_id: held });
    for (const run_id of [gone, held]) await post('runs/delete', { run_id });

    const dry = await gc('--dry-run');
    expect(dry).toContain(`Run with ID ${gone} would be permanently deleted.`);
    expect(dry).toContain('3 files of');
    expect(await filesOf(gone)).toEqual([200, 200, 200]);

    const done = await gc();
    expect(done).toContain(`Run with ID ${gone} has been permanently deleted.`);
    expect(done).toContain(`Run with ID ${held} is kept: model version resting/1 rests on it.`);
    expect(await filesOf(gone)).toEqual([404, 404, 404]);
    expect(await filesOf(held)).toEqual([200, 200, 200]);
    expect(await filesOf(kept)).toEqual([200, 200, 200]);
    const listed = await fetch(`${server.url}${FILES}?path=0`);
    const { files } = (await listed.json()) as { files: { path: string }[] };
    expect(files.map(({ path }) => path).sort()).toEqual([held, kept].sort());
    expect(await gc()).toContain('Deleted: 0 runs');
  });
});
