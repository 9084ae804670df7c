import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { freePort } from '../../../src/testing/postgres-setup.js';
import { audit } from '../crash/audit.js';
import { Ledger } from '../crash/ledger.js';
import { writeUntilCut } from '../crash/workload.js';
import { allRuns, createExperiment, createModel, createRun, getRun } from '../support/api.js';
import { type Client, NoAnswer } from '../support/client.js';
import { startHaproxy } from '../support/haproxy.js';
import { places } from '../support/place.js';
import { RetryingClient } from '../support/retrying-client.js';
import { type ServerProcess, startServer } from '../support/server.js';

const newPlace = places('PostgreSQL');
const WRITERS = 12;
const ENDS = ['SIGKILL', 'SIGTERM', 'SIGKILL', 'SIGTERM', 'SIGKILL', 'SIGTERM'] as const;

/** Sets a tag to 1, 2, 3, ... until the client is finished. @returns the last that was acknowledged */
async function count(client: Client, run: string): Promise<number> {
  for (let value = 1; ; value += 1) {
    try {
      await client.ok('POST', 'runs/set-tag', { run_id: run, key: 'count', value: String(value) });
    } catch (error) {
      if (error instanceof NoAnswer) return value - 1;
      throw error;
    }
  }
}

/** Reads what others write, which must never fail for good. @returns how often it read */
async function read(client: Client, experiment: string, run: string): Promise<number> {
  for (let times = 0; ; times += 1) {
    try {
      await getRun(client, run);
      const message = { experiment_ids: [experiment], max_results: 20 };
      await client.ok('POST', 'runs/search', message);
      await sleep(20);
    } catch (error) {
      if (error instanceof NoAnswer) return times;
      throw error;
    }
  }
}

it('loses nothing while three replicas behind HAProxy are killed and stopped in turn', async () => {
  const place = await newPlace();
  const ports = await Promise.all([freePort(), freePort(), freePort()]);
  const replicas = await Promise.all(ports.map((port) => startServer(place, { port })));
  const url = await startHaproxy(place, ports);
  const client = new RetryingClient(url, WRITERS + 4);
  const experiment = await createExperiment(client, 'replicas');
  const sharedModels = ['shared-1', 'shared-2'];
  for (const name of sharedModels) await createModel(client, name);
  const counted = await createRun(client, '0');

  const ledger = new Ledger();
  const stage = { client, ledger, experiment, sharedModels, round: 0 };
  const writers = Array.from({ length: WRITERS }, (_, index) => writeUntilCut(stage, index));
  const [counting, reading] = [count(client, counted), read(client, experiment, counted)];
  const all = Promise.all([...writers, counting, reading]);
  const endInTurn = async () => {
    for (const [round, signal] of ENDS.entries()) {
      const before = ledger.size;
      await sleep(300);
      // A busy machine may not have come to much yet.
      for (let wait = 0; wait < 100 && ledger.size - before < WRITERS; wait += 1) await sleep(50);
      const index = round % replicas.length;
      const replica = replicas[index] as ServerProcess;
      replica.signal(signal);
      const ended = await replica.ended;
      if (signal === 'SIGTERM') expect(ended.code, ended.stderr).toBe(0);
      replicas[index] = await startServer(place, { port: replica.port });
    }
  };
  // A writer that is refused ends the test at once, and not at its time limit.
  await Promise.race([endInTurn(), all]);
  client.finish();
  await all;

  expect(ledger.size).toBeGreaterThan(WRITERS * ENDS.length);
  expect(client.failed.size, 'no request met a dying replica').toBeGreaterThan(0);
  client.close();
  for (const name of sharedModels) {
    // Each attempt without an answer may have made a version all the same, as with any server.
    ledger.versionsOf(name).unknown += client.failed.get('model-versions/create') ?? 0;
  }
  const reader = new RetryingClient(url);
  await audit(reader, ledger, experiment);
  const made = (await allRuns(reader, experiment)).length;
  expect(made - ledger.runs.size).toBeLessThanOrEqual(client.failed.get('runs/create') ?? 0);
  const { data } = await getRun(reader, counted);
  expect(data.tags).toContainEqual({ key: 'count', value: String(await counting) });
  expect(await reading).toBeGreaterThan(0);
  reader.close();
});
