import { expect, it } from 'vitest';
import type { PostgresRelease } from '../../../src/testing/postgres-release.js';
import { PostgresServer } from '../../../src/testing/postgres-server.js';
import { createExperiment, createModel, createVersion, type Run } from '../support/api.js';
import { Client } from '../support/client.js';
import { onOwnPostgres, places } from '../support/place.js';
import { runProgram, startServer } from '../support/server.js';

const newPlace = places();
const PROCESSES = 10;

/** One client's story, each step of it at another server. */
async function story(client: (step: number) => Client): Promise<void> {
  const experiment = await createExperiment(client(0), 'story');
  const message = { experiment_id: experiment, start_time: 1, run_name: 'first' };
  const { run } = await client(1).ok<{ run: Run }>('POST', 'runs/create', message);
  const { run_id } = run.info;
  const point = (step: number) => ({ key: 'loss', value: 1 / step, timestamp: step, step });
  await client(2).ok('POST', 'runs/log-batch', {
    run_id,
    metrics: [1, 2, 3, 4].map(point),
    params: [{ key: 'C', value: '0.1' }],
    tags: [{ key: 'team', value: 'x' }],
  });
  const { runs } = await client(3).ok<{ runs: Run[] }>('POST', 'runs/search', {
    experiment_ids: [experiment],
    filter: "metrics.loss < 0.5 and params.C = '0.1' and tags.team ILIKE 'X'",
    order_by: ['metrics.loss DESC', 'params.C ASC'],
  });
  expect(runs.map(({ info, data }) => [info.run_id, data.metrics?.[0]?.value])).toEqual([
    [run_id, 0.25],
  ]);
  const asked = { run_id, metric_key: 'loss' };
  const { metrics } = await client(4).ok<{ metrics: object[] }>(
    'GET',
    'metrics/get-history',
    asked,
  );
  expect(metrics).toEqual([1, 2, 3, 4].map(point).map((each) => expect.objectContaining(each)));
  await createModel(client(5), 'model');
  for (const step of [6, 7]) {
    const version = String(await createVersion(client(step), 'model'));
    const stage = { stage: 'Production', archive_existing_versions: true };
    const name = { name: 'model', version };
    await client(step + 1).ok('POST', 'model-versions/transition-stage', { ...name, ...stage });
  }
  const found = await client(9).ok<{ model_versions: { current_stage: string }[] }>(
    'GET',
    'model-versions/search',
    { filter: "name = 'model'", order_by: 'version_number ASC' },
  );
  expect(found.model_versions.map((version) => version.current_stage)).toEqual([
    'Archived',
    'Production',
  ]);
}

it.each<PostgresRelease>([18, 14])(
  'brings up ten servers at once on an empty PostgreSQL %d, and each serves',
  async (release) => {
    const postgres = await PostgresServer.create(release);
    const place = await onOwnPostgres(newPlace, postgres);
    await postgres.start();
    const [version] = await postgres.query('show server_version_num');
    expect(String(version?.server_version_num)).toMatch(new RegExp(`^${release}`));
    const servers = await Promise.all(
      Array.from({ length: PROCESSES }, () => startServer(place, { flags: ['--pool-size', '4'] })),
    );
    const clients = servers.map(({ url }) => new Client(url));
    await story((step) => clients[step % PROCESSES] as Client);
    for (const client of clients) client.close();
    const ended = await Promise.all(servers.map((server) => server.stop()));
    expect(ended.map(({ code, stderr }) => [code, stderr.match(/"level":50/g)])).toEqual(
      servers.map(() => [0, null]),
    );
    const args = ['migrate', 'status', '--backend-store-uri', place.databaseUri];
    expect((await runProgram(args)).stdout).toContain('pending: none');
  },
  240_000,
);
