import { beforeAll, expect, it } from 'vitest';
import {
  allRuns,
  allVersions,
  createExperiment,
  createModel,
  createRun,
  createVersion,
  getModel,
  getRun,
  type Run,
} from '../support/api.js';
import { Client, expectError } from '../support/client.js';
import { type Cluster, startCluster, together } from '../support/cluster.js';
import { onBothDatabases } from '../support/place.js';
import { startServer } from '../support/server.js';

onBothDatabases((newPlace) => {
  let cluster: Cluster;
  let experiment = '';
  beforeAll(async () => {
    cluster = await startCluster(await newPlace());
    experiment = await createExperiment(cluster.client(0), 'retries');
  });

  it.each([
    [
      'log-batch',
      {
        metrics: [
          { key: 'loss', value: 0.25, timestamp: 5, step: 1 },
          { key: 'loss', value: 0.125, timestamp: 6, step: 2 },
        ],
        params: [{ key: 'depth', value: '3' }],
        tags: [{ key: 'team', value: 'red' }],
      },
    ],
    ['log-metric', { key: 'loss', value: 0.5, timestamp: 7, step: 3 }],
    ['log-parameter', { key: 'depth', value: '3' }],
    ['set-tag', { key: 'team', value: 'red' }],
    ['update', { status: 'FINISHED', end_time: 123_456 }],
  ])('leaves a run as it is when runs/%s is repeated', async (route, message) => {
    const client = cluster.client(0);
    const run = await createRun(client, experiment);
    const state = async () => {
      const history = await client.ok('GET', 'metrics/get-history', {
        run_id: run,
        metric_key: 'loss',
      });
      return { run: await getRun(client, run), history };
    };
    await client.ok('POST', `runs/${route}`, { run_id: run, ...message });
    const once = await state();
    for (let count = 0; count < 3; count += 1) {
      await client.ok('POST', `runs/${route}`, { run_id: run, ...message });
    }
    await together(8, (index) =>
      cluster.client(index).ok('POST', `runs/${route}`, { run_id: run, ...message }),
    );
    expect(await state()).toEqual(once);
  });

  it('leaves a model as it is when an alias, a transition or a tag is repeated', async () => {
    const client = cluster.client(0);
    const name = 'repeated';
    await createModel(client, name);
    for (let count = 0; count < 3; count += 1) await createVersion(client, name);
    const requests = [
      ['model-versions/transition-stage', { stage: 'Staging', archive_existing_versions: true }],
      ['registered-models/alias', { alias: 'champion' }],
      ['model-versions/set-tag', { key: 'team', value: 'red' }],
    ] as const;
    const repeat = async (index: number) => {
      for (const [route, message] of requests) {
        await cluster.client(index).ok('POST', route, { name, version: '2', ...message });
      }
    };
    const state = async () => ({
      versions: (await allVersions(client, name)).map(({ version, current_stage, tags }) => ({
        ...{ version, current_stage, tags },
      })),
      aliases: (await getModel(client, name)).aliases,
    });
    await repeat(0);
    const once = await state();
    await repeat(0);
    await together(8, repeat);
    expect(await state()).toEqual(once);
  });

  it('makes one run of many create-runs with one key', async () => {
    const message = {
      experiment_id: await createExperiment(cluster.client(0), 'keys'),
      start_time: 5,
      tags: [{ key: 'team', value: 'red' }],
    };
    const create = (client: Client, key: string) =>
      client.ok<{ run: Run }>('POST', 'runs/create', message, { 'Idempotency-Key': key });
    const answers = await together(16, (index) => create(cluster.client(index), 'first'));
    const later = await create(cluster.client(0), 'first');
    expect(new Set([...answers, later].map(({ run }) => run.info.run_id)).size).toBe(1);
    expect(later.run.info).toEqual(answers[0]?.run.info);
    expect(sorted(later.run)).toEqual(sorted(answers[0]?.run));

    const other = await create(cluster.client(1), 'second');
    expect(other.run.info.run_id).not.toBe(later.run.info.run_id);
    expect(await allRuns(cluster.client(0), message.experiment_id)).toHaveLength(2);

    const changed = await cluster
      .client(0)
      .call('POST', 'runs/create', { ...message, start_time: 6 }, { 'Idempotency-Key': 'first' });
    expectError(changed, 400, 'INVALID_PARAMETER_VALUE');
    expect(await allRuns(cluster.client(0), message.experiment_id)).toHaveLength(2);
  });

  it('knows a key again after it was killed', async () => {
    const place = await newPlace();
    const headers = { 'Idempotency-Key': 'kept' };
    const create = async (url: string) => {
      const client = new Client(url);
      const { run } = await client.ok<{ run: Run }>(
        'POST',
        'runs/create',
        { experiment_id: '0', start_time: 5 },
        headers,
      );
      const all = await allRuns(client, '0');
      client.close();
      return { id: run.info.run_id, count: all.length };
    };
    const first = await startServer(place);
    const made = await create(first.url);
    await first.kill();
    const second = await startServer(place);
    expect(await create(second.url)).toEqual(made);
    expect(made.count).toBe(1);
  });
});

/** Tags come in no order. */
const sorted = (run: Run | undefined): string[] | undefined =>
  run?.data.tags?.map(({ key, value }) => `${key}=${value}`).toSorted();
