import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { PostgresServer } from '../../../src/testing/postgres-server.js';
import { allRuns, createExperiment, createRun, getRun, type Run } from '../support/api.js';
import { Client, NoAnswer } from '../support/client.js';
import { onOwnPostgres, type Place, places } from '../support/place.js';
import { RetryingClient } from '../support/retrying-client.js';
import { runProgram, serverFlags, startServer } from '../support/server.js';

const newPlace = places();

async function startPair(): Promise<{ place: Place; replica: PostgresServer; flags: string[] }> {
  const primary = await PostgresServer.create();
  const place = await onOwnPostgres(newPlace, primary);
  const replica = await primary.newReplica();
  place.atEnd(() => replica.remove());
  await primary.start();
  await replica.start();
  return { place, replica, flags: ['--backend-store-read-uri', replica.uri] };
}

/** Writes by one server and reads by the other, and counts what is older than what was written. */
async function compare(writer: Client, reader: Client, experiment: string): Promise<number> {
  const run = await createRun(writer, experiment);
  for (let step = 1; ; step += 1) {
    try {
      const point = { run_id: run, key: 'loss', value: step, timestamp: step, step };
      await writer.ok('POST', 'runs/log-metric', point);
      const { data } = await getRun(reader, run);
      expect(data.metrics?.[0]?.value, 'get-run').toBe(step);
      const { runs } = await reader.ok<{ runs?: Run[] }>('POST', 'runs/search', {
        experiment_ids: [experiment],
        filter: `metrics.loss >= ${step} and attributes.run_id = '${run}'`,
      });
      expect(runs, 'search').toHaveLength(1);
    } catch (error) {
      if (error instanceof NoAnswer) return step - 1;
      throw error;
    }
  }
}

it('reads from a streaming replica never show less than what any server has stored', async () => {
  const { place, replica, flags } = await startPair();
  const servers = await Promise.all([startServer(place, { flags }), startServer(place, { flags })]);
  const [one, other] = servers.map(({ url }) => new RetryingClient(url, 16)) as [
    RetryingClient,
    RetryingClient,
  ];
  const experiment = await createExperiment(one, 'replica');
  const comparing = Array.from({ length: 8 }, (_, index) =>
    index % 2 === 0 ? compare(one, other, experiment) : compare(other, one, experiment),
  );
  const all = Promise.all(comparing);
  const trouble = async () => {
    await sleep(2_000);
    await replica.query('select pg_wal_replay_pause()');
    await sleep(2_000);
    await replica.query('select pg_wal_replay_resume()');
    await sleep(2_000);
    await replica.stop('immediate');
    await sleep(2_000);
    await replica.start();
    await sleep(2_000);
  };
  await Promise.race([trouble(), all]);
  for (const client of [one, other]) client.finish();
  for (const times of await all) expect(times).toBeGreaterThan(0);
  // Whatever happened to the replica, no request has failed even once.
  expect([...one.statuses, ...other.statuses]).toEqual([]);
  for (const client of [one, other]) client.close();
  for (const server of servers) {
    // Now that nothing is written the replica has caught up, however busy the machine is.
    const reader = new Client(server.url);
    for (let wait = 0; wait < 300 && !server.log().includes('reads go to the replica'); wait += 1) {
      await allRuns(reader, experiment);
      await sleep(100);
    }
    reader.close();
    expect(server.log()).toContain('reads go to the primary');
    expect(server.log()).toContain('reads go to the replica');
  }
  for (const server of servers) expect((await server.stop()).code).toBe(0);
});

it('a database that is no copy of the other is refused', async () => {
  const place = await newPlace('PostgreSQL');
  const { databaseUri } = await newPlace('PostgreSQL');
  const flags = ['--backend-store-read-uri', databaseUri];
  const { code, stderr } = await runProgram(['server', ...serverFlags(place, 0), ...flags]);
  expect([code, stderr]).toEqual([
    1,
    expect.stringMatching(/^runledger: .*no streaming replica.*\n$/),
  ]);
});
