import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { createExperiment, createRun, getRun } from '../support/api.js';
import { Client, expectError } from '../support/client.js';
import { type Place, places } from '../support/place.js';
import { startServer } from '../support/server.js';

const newPlace = places();
const BATCH = 900;

/** Only root may mount; a limit on the size of files refuses writes for everybody. */
const mayMount = process.platform === 'linux' && process.getuid?.() === 0;

it.runIf(mayMount)(
  'says that the disk of its database is full, and goes on behind it',
  async () => {
    const place = await newPlace();
    const disk = join(place.folder, 'disk');
    mkdirSync(disk);
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=4m', 'tmpfs', disk]);
    place.atEnd(async () => void spawnSync('umount', ['-l', disk]));
    await meets(
      { ...place, databaseUri: `sqlite:///${join(disk, 'x.db')}` },
      {
        status: 507,
        error_code: 'RESOURCE_EXHAUSTED',
        message: 'The disk of the database is full',
      },
      () => execFileSync('mount', ['-o', 'remount,size=32m', disk]),
    );
  },
);

it.runIf(process.platform === 'linux')('goes on behind writes that fail', async () => {
  const refused = {
    ...{ status: 503, error_code: 'TEMPORARILY_UNAVAILABLE' },
    message: 'The database is not available',
  };
  const limit = (pid: number, bytes: string) =>
    execFileSync('prlimit', ['--pid', String(pid), `--fsize=${bytes}:unlimited`]);
  await meets(
    await newPlace(),
    refused,
    (pid) => limit(pid, 'unlimited'),
    (pid) => limit(pid, '2000000'),
  );
});

async function meets(
  place: Place,
  refused: { readonly status: number; readonly error_code: string; readonly message: string },
  makeRoom: (pid: number) => unknown,
  begin: (pid: number) => unknown = () => undefined,
): Promise<void> {
  const server = await startServer(place);
  const client = new Client(server.url, 4);
  const run = await createRun(client, await createExperiment(client, 'full'));
  begin(server.pid);
  const log = (step: number) =>
    client.call('POST', 'runs/log-batch', {
      run_id: run,
      metrics: Array.from({ length: BATCH }, (_, at) => ({
        ...{ key: `m${step}`, value: at, timestamp: at, step: at },
      })),
      tags: [{ key: `t${step}`, value: 'x'.repeat(2_000) }],
    });
  let step = 0;
  let answer = await log(step);
  while (answer.status === 200 && step < 500) {
    step += 1;
    answer = await log(step);
  }
  expectError(answer, refused.status, refused.error_code);
  expect(answer.json().message).toBe(refused.message);
  expect(answer.text).not.toMatch(/sqlite|stack|\.js/i);
  // Smaller ones may fit for a while.
  const tag = { run_id: run, value: 'x'.repeat(2_000) };
  for (let at = 0; at < 500; at += 1) {
    const small = await client.call('POST', 'runs/set-tag', { ...tag, key: `small ${at}` });
    if (small.status !== 200) break;
  }
  const ready = async () => (await fetch(`${server.url}/ready`)).status;
  // And behind them the page by which the server tells whether it is ready.
  for (let at = 0; at < 20 && (await ready()) === 200; at += 1) {
    await client.call('POST', 'runs/set-tag', { ...tag, key: `last ${at}` });
  }
  expect(await ready()).toBe(503);
  expect((await fetch(`${server.url}/health`)).status).toBe(200);
  // What was refused has left nothing, and all else can be read.
  const { data } = await getRun(client, run);
  const named = (list: readonly { readonly key: string }[] = [], start = '') =>
    list
      .flatMap(({ key }) => (new RegExp(`^${start}\\d+$`).test(key) ? [key.slice(1)] : []))
      .sort();
  expect(named(data.metrics, 'm')).toEqual(named(data.tags, 't'));
  expect(named(data.metrics, 'm')).toHaveLength(step);

  makeRoom(server.pid);
  expect(await ready()).toBe(200);
  expect((await log(step)).status).toBe(200);
  const asked = { run_id: run, metric_key: `m${step}` };
  const { metrics } = await client.ok<{ metrics: unknown[] }>('GET', 'metrics/get-history', asked);
  expect(metrics).toHaveLength(BATCH);
  await server.stop();
}
