import { setTimeout as sleep } from 'node:timers/promises';
import Sqlite from 'better-sqlite3';
import pg from 'pg';
import { expect, it } from 'vitest';
import { PostgresServer } from '../../../src/testing/postgres-server.js';
import { audit } from '../crash/audit.js';
import { Ledger } from '../crash/ledger.js';
import { writeUntilCut } from '../crash/workload.js';
import { createExperiment, createModel, createRun, getRun } from '../support/api.js';
import { Client, expectError } from '../support/client.js';
import { onOwnPostgres, places } from '../support/place.js';
import { RetryingClient } from '../support/retrying-client.js';
import { startServer } from '../support/server.js';

const newPlace = places();

it('goes on without a restart when PostgreSQL drops its connections', async () => {
  const place = await newPlace('PostgreSQL');
  const server = await startServer(place);
  const client = new Client(server.url, 32);
  const experiment = await createExperiment(client, 'dropped');
  const runs = await Promise.all(Array.from({ length: 32 }, () => createRun(client, experiment)));
  const admin = new pg.Client(place.databaseUri);
  await admin.connect();

  let dropping = true;
  const acknowledged = new Map(runs.map((run) => [run, 0]));
  const write = async (run: string) => {
    for (let step = 1; dropping && step < 10_000; step += 1) {
      const metric = { key: `m${step}`, value: step, timestamp: step, step };
      const tag = { key: `t${step}`, value: 'x' };
      const message = { run_id: run, metrics: [metric], tags: [tag] };
      const answer = await client.call('POST', 'runs/log-batch', message);
      if (answer.status === 200) acknowledged.set(run, (acknowledged.get(run) ?? 0) + 1);
      else {
        expectError(answer, 503, 'TEMPORARILY_UNAVAILABLE');
        expect(answer.headers['retry-after']).toMatch(/^\d+$/);
      }
    }
  };
  const writers = Promise.all(runs.map(write));
  for (let round = 0; round < 15; round += 1) {
    await sleep(100);
    await admin.query(
      'select pg_terminate_backend(pid) from pg_stat_activity ' +
        'where datname = current_database() and pid <> pg_backend_pid()',
    );
  }
  dropping = false;
  await writers;
  await admin.end();
  for (const run of runs) {
    const { data } = await getRun(client, run);
    const [metrics, tags] = [data.metrics ?? [], data.tags ?? []].map(
      (list) => list.filter(({ key }) => /^[mt]\d+$/.test(key)).length,
    );
    // Each batch is whole; one whose answer was 503 may be there all the same.
    expect(metrics).toBe(tags);
    expect(metrics).toBeGreaterThanOrEqual(acknowledged.get(run) ?? 0);
  }
  client.close();
  expect((await server.stop()).code).toBe(0);
});

it('loses nothing acknowledged, and needs no restart, when PostgreSQL crashes and comes back', async () => {
  const postgres = await PostgresServer.create();
  const place = await onOwnPostgres(newPlace, postgres);
  await postgres.start();
  const servers = await Promise.all([startServer(place), startServer(place)]);
  const clients = servers.map(({ url }) => new RetryingClient(url, 8));
  const [client, other] = clients as [RetryingClient, RetryingClient];
  const experiment = await createExperiment(client, 'restart');
  await createModel(client, 'shared');
  const ledger = new Ledger();
  const stage = { ledger, experiment, sharedModels: ['shared'], round: 0 };
  const writers = Array.from({ length: 12 }, (_, index) =>
    writeUntilCut({ ...stage, client: index % 2 === 0 ? client : other }, index),
  );
  const all = Promise.all(writers);
  const probe = new Client(servers[0]?.url ?? '');
  const restarts = async () => {
    for (const how of ['immediate', 'fast'] as const) {
      const before = ledger.size;
      for (let wait = 0; wait < 200 && ledger.size - before < 24; wait += 1) await sleep(50);
      await postgres.stop(how);
      for (const path of ['/ready', '/api/2.0/mlflow/experiments/get?experiment_id=0']) {
        const answer = await probe.ask({ path });
        expectError(answer, 503, 'TEMPORARILY_UNAVAILABLE');
        expect(answer.headers['retry-after']).toBe('1');
      }
      expect((await probe.ask({ path: '/health' })).text).toBe('OK');
      await postgres.start();
      expect((await probe.ask({ path: '/ready' })).text).toBe('OK');
    }
  };
  await Promise.race([restarts(), all]);
  const before = ledger.size;
  for (let wait = 0; wait < 200 && ledger.size - before < 24; wait += 1) await sleep(50);
  expect(ledger.size - before, 'writes after the last restart').toBeGreaterThanOrEqual(24);
  for (const each of clients) each.finish();
  await all;
  for (const { statuses, failed } of clients) {
    expect([...statuses]).toEqual([503]);
    ledger.versionsOf('shared').unknown += failed.get('model-versions/create') ?? 0;
  }
  await audit(probe, ledger, experiment);
  for (const each of [...clients, probe]) each.close();
  expect(await Promise.all(servers.map(async (server) => (await server.stop()).code))).toEqual([
    0, 0,
  ]);
});

it('answers reads and probes while another process holds the SQLite file', async () => {
  const place = await newPlace();
  const server = await startServer(place);
  const client = new Client(server.url);
  const run = await createRun(client, '0');
  const other = new Sqlite(place.databaseFile ?? '');
  other.exec('begin immediate');
  const write = client.ok('POST', 'runs/set-tag', { run_id: run, key: 'late', value: 'x' });
  await sleep(200);
  for (let count = 0; count < 5; count += 1) {
    expect((await client.ask({ path: '/health' })).text).toBe('OK');
    await getRun(client, run);
    await sleep(100);
  }
  other.exec('commit');
  other.close();
  await write;
  expect((await getRun(client, run)).data.tags).toContainEqual({ key: 'late', value: 'x' });
  client.close();
});
