import { spawnSync } from 'node:child_process';
import { cpSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { PostgresServer } from '../../../src/testing/postgres-server.js';
import { allRuns, createExperiment, createRun } from '../support/api.js';
import { Client } from '../support/client.js';
import { onOwnPostgres, places } from '../support/place.js';
import { runProgram, startServer } from '../support/server.js';

const GUIDE = new URL('../../../docs/operations.md', import.meta.url);
const newPlace = places();

/** The commands of the guide, as they stand there. */
function recipe(): string[] {
  const lines = readFileSync(GUIDE, 'utf8').split('\n');
  const of = (word: string) => lines.filter((line) => line.startsWith(`${word} `));
  return [...of('pg_dump'), ...of('createdb'), ...of('pg_restore')];
}

const upload = (run: string) => `/api/2.0/mlflow-artifacts/artifacts/backed-up/${run}.txt`;

it('is restored by the recipe as it was at one moment, with its artifacts, while others write', async () => {
  // The oldest one: programs of any release that is supported can read it.
  const postgres = await PostgresServer.create(14);
  const place = await onOwnPostgres(newPlace, postgres);
  await postgres.start();
  const server = await startServer(place);
  const client = new Client(server.url);
  const experiment = await createExperiment(client, 'backed up');
  /** Runs with a file, a metric and a tag, in the order in which they were acknowledged. */
  const written: string[] = [];
  let isOver = false;
  const write = async () => {
    while (!isOver) {
      const run = await createRun(client, experiment);
      await client.ask({ method: 'PUT', path: upload(run), body: `of ${run}` });
      const metrics = [{ key: 'loss', value: 1, timestamp: 1, step: 1 }];
      await client.ok('POST', 'runs/log-batch', {
        run_id: run,
        metrics,
        tags: [{ key: 'whole', value: 'yes' }],
      });
      written.push(run);
    }
  };
  const writers = [write(), write(), write()];
  while (written.length < 30) await new Promise((resolve) => setTimeout(resolve, 20));
  const before = [...written];

  const restored = postgres.uri.replace(/\/postgres$/, '/runledger_restored');
  const dump = join(place.folder, 'runledger.dump');
  const [first = '', second = '', third = '', ...others] = recipe();
  expect(others).toEqual([]);
  const { hostname, port, username, password } = new URL(postgres.uri);
  const named = (line: string) =>
    line
      .replace(/postgresql:\S+/, (uri) => (uri.endsWith('_restored') ? restored : postgres.uri))
      .replace('/backup/runledger.dump', dump)
      .replace(
        '--owner=runledger --host=db.example.com',
        `--host=${hostname} --port=${port} --username=${username}`,
      );
  const run = (line: string) => {
    const env = { ...process.env, PGPASSWORD: password };
    const { status, stderr } = spawnSync('sh', ['-c', named(line)], { encoding: 'utf8', env });
    expect([line, status, stderr]).toEqual([line, 0, '']);
  };
  run(first);
  // Then the files, as the guide says: those of all runs in the dump are there by now.
  const artifacts = join(place.folder, 'restored');
  cpSync(place.artifacts, artifacts, {
    recursive: true,
    filter: (path) => !path.includes('.runledger-uploads'),
  });
  isOver = true;
  await Promise.all(writers);
  expect((await server.stop()).code).toBe(0);
  run(second);
  run(third);
  const status = await runProgram(['migrate', 'status', '--backend-store-uri', restored]);
  expect(status.stdout).toContain('pending: none');

  const after = await startServer({ ...place, databaseUri: restored, artifacts });
  const reader = new Client(after.url);
  const runs = await allRuns(reader, experiment);
  const found = new Set(runs.map(({ info }) => info.run_id));
  expect(before.filter((each) => !found.has(each))).toEqual([]);
  for (const { info, data } of runs) {
    // Each change is there whole or not at all, and the file of each run that was logged is too.
    expect(data.metrics?.length ?? 0).toBe(
      data.tags?.filter(({ key }) => key === 'whole').length ?? 0,
    );
    if ((data.metrics?.length ?? 0) === 0) continue;
    expect((await reader.ask({ path: upload(info.run_id) })).text).toBe(`of ${info.run_id}`);
  }
  for (const each of [client, reader]) each.close();
});
