import { beforeAll, expect, it } from 'vitest';
import {
  allVersions,
  createExperiment,
  createModel,
  createRun,
  createVersion,
  getModel,
  getRun,
  type Version,
} from '../support/api.js';
import { type Answer, expectError } from '../support/client.js';
import { type Cluster, startCluster, together } from '../support/cluster.js';
import { onBothDatabases } from '../support/place.js';

/** Splits the answers to requests of which only one may win. */
function oneWinner(answers: readonly Answer[]): readonly Answer[] {
  const statuses = answers.map(({ status }) => status);
  expect(
    statuses.filter((status) => status === 200),
    statuses.join(),
  ).toHaveLength(1);
  return answers.filter(({ status }) => status !== 200);
}

onBothDatabases((newPlace) => {
  let cluster: Cluster;
  beforeAll(async () => {
    cluster = await startCluster(await newPlace());
  });

  it('has one version in Production at every moment while transitions race', async () => {
    const name = 'promoted';
    const admin = cluster.client(0);
    await createModel(admin, name);
    for (let count = 0; count < 6; count += 1) await createVersion(admin, name);
    const promote = (index: number, version: number) =>
      cluster
        .client(index)
        .ok<{ model_version: Version }>('POST', 'model-versions/transition-stage', {
          name,
          version: String(version),
          stage: 'Production',
          archive_existing_versions: true,
        });
    await promote(0, 1);

    const seen: number[] = [];
    let racing = true;
    const watch = async (index: number) => {
      while (racing) {
        const versions = await allVersions(cluster.client(index), name);
        seen.push(versions.filter((v) => v.current_stage === 'Production').length);
      }
    };
    const watchers = [watch(0), watch(1)];
    for (let round = 0; round < 10; round += 1) {
      await together(12, (index) => promote(index, (index % 6) + 1));
    }
    racing = false;
    await Promise.all(watchers);
    expect(seen.length).toBeGreaterThan(5);
    expect(new Set(seen)).toEqual(new Set([1]));
    const stages = (await allVersions(admin, name)).map((version) => version.current_stage);
    expect(stages.toSorted()).toEqual([...Array(5).fill('Archived'), 'Production']);
  });

  it('numbers versions one by one while requests for new ones race', async () => {
    const name = 'numbered';
    await createModel(cluster.client(0), name);
    const numbers = await together(60, (index) => createVersion(cluster.client(index), name));
    const all = Array.from({ length: 60 }, (_, index) => index + 1);
    expect(numbers.toSorted((one, other) => one - other)).toEqual(all);
  });

  it('points an alias at one version while requests to set it race', async () => {
    const name = 'aliased';
    const admin = cluster.client(0);
    await createModel(admin, name);
    for (let count = 0; count < 8; count += 1) await createVersion(admin, name);
    for (let round = 0; round < 5; round += 1) {
      await together(16, (index) =>
        cluster.client(index).ok('POST', 'registered-models/alias', {
          name,
          alias: 'champion',
          version: String((index % 8) + 1),
        }),
      );
      const { aliases = [] } = await getModel(admin, name);
      expect(aliases.map(({ alias }) => alias)).toEqual(['champion']);
      const { model_version } = await admin.ok<{ model_version: Version }>(
        'GET',
        'registered-models/alias',
        { name, alias: 'champion' },
      );
      expect(model_version.version).toBe(aliases[0]?.version);
    }
  });

  it.each(['registered-models/create', 'experiments/create'])(
    'lets one of racing requests win a name: %s',
    async (route) => {
      for (let round = 0; round < 5; round += 1) {
        const answers = await together(20, (index) =>
          cluster.client(index).call('POST', route, { name: `wanted-${round}` }),
        );
        for (const loser of oneWinner(answers)) expectError(loser, 400, 'RESOURCE_ALREADY_EXISTS');
      }
    },
  );

  it('lets one of racing renames win a name', async () => {
    const names = Array.from({ length: 10 }, (_, index) => `before-${index}`);
    for (const name of names) await createModel(cluster.client(0), name);
    const answers = await together(10, (index) =>
      cluster.client(index).call('POST', 'registered-models/rename', {
        name: `before-${index}`,
        new_name: 'after',
      }),
    );
    for (const loser of oneWinner(answers)) expectError(loser, 400, 'RESOURCE_ALREADY_EXISTS');
  });

  it.each(['log-parameter', 'log-batch'])(
    'lets one of racing values of a param win: %s',
    async (route) => {
      const experiment = await createExperiment(cluster.client(0), `params-${route}`);
      for (let round = 0; round < 5; round += 1) {
        const run = await createRun(cluster.client(0), experiment);
        const answers = await together(12, (index) => {
          const param = { key: 'depth', value: `value-${index}` };
          const message = route === 'log-batch' ? { params: [param] } : param;
          return cluster.client(index).call('POST', `runs/${route}`, { run_id: run, ...message });
        });
        for (const loser of oneWinner(answers)) expectError(loser, 400, 'INVALID_PARAMETER_VALUE');
        const winner = answers.findIndex(({ status }) => status === 200);
        const { params } = (await getRun(cluster.client(0), run)).data;
        expect(params).toEqual([{ key: 'depth', value: `value-${winner}` }]);
      }
    },
  );

  it('stores nothing of a batch that loses a race for a param', async () => {
    const experiment = await createExperiment(cluster.client(0), 'whole batches');
    const run = await createRun(cluster.client(0), experiment);
    const answers = await together(10, (index) =>
      cluster.client(index).call('POST', 'runs/log-batch', {
        run_id: run,
        metrics: [{ key: `metric-${index}`, value: 1, timestamp: 1, step: 0 }],
        params: [
          { key: `own-${index}`, value: 'x' },
          { key: 'shared', value: `value-${index}` },
        ],
        tags: [{ key: `tag-${index}`, value: 'x' }],
      }),
    );
    oneWinner(answers);
    const winner = answers.findIndex(({ status }) => status === 200);
    const { data } = await getRun(cluster.client(0), run);
    const keys = [...(data.metrics ?? []), ...(data.params ?? []), ...(data.tags ?? [])]
      .map(({ key }) => key)
      .filter((key) => !key.startsWith('mlflow.'));
    expect(keys.toSorted()).toEqual(
      [`metric-${winner}`, `own-${winner}`, 'shared', `tag-${winner}`].toSorted(),
    );
  });

  it('counts every point of racing requests for one metric', async () => {
    const experiment = await createExperiment(cluster.client(0), 'points');
    const run = await createRun(cluster.client(0), experiment);
    await together(100, (index) =>
      cluster.client(index).ok('POST', 'runs/log-metric', {
        ...{ run_id: run, key: 'loss', value: index, timestamp: 1_000, step: index },
      }),
    );
    const history = await cluster
      .client(0)
      .ok<{ metrics: unknown[] }>('GET', 'metrics/get-history', {
        run_id: run,
        metric_key: 'loss',
      });
    expect(history.metrics).toHaveLength(100);
    expect((await getRun(cluster.client(0), run)).data.metrics).toMatchObject([{ value: 99 }]);
  });
});
