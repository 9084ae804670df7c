import supertest from 'supertest';
import { beforeAll, expect, it } from 'vitest';
import { createApp } from '../../app.js';
import { toConfig } from '../../platform/config/config.js';
import type { Database } from '../../platform/db/database.js';
import { createLog } from '../../platform/log.js';
import { forEachDatabase } from '../../testing/for-each-database.js';
import { newFolder } from '../../testing/new-folder.js';
import { listRunKeys } from './run-keys.store.js';

forEachDatabase((open) => {
  let app: Parameters<typeof supertest>[0];
  let database: Database;
  let experiment: string;
  const post = (path: string, body: object) => supertest(app).post(`/api/${path}`).send(body);
  const keys = async (body: object = {}) => {
    const answer = await post('runledger/v1/runs/keys', { experiment_ids: [experiment], ...body });
    expect(answer.status, answer.text).toBe(200);
    return answer.body;
  };
  const createExperiment = async (name: string): Promise<string> =>
    (await post('2.0/mlflow/experiments/create', { name })).body.experiment_id;
  const createRun = async (experiment_id: string, start_time: number, key: string) => {
    const { body } = await post('2.0/mlflow/runs/create', { experiment_id, start_time });
    const run_id = body.run.info.run_id;
    await post('2.0/mlflow/runs/log-batch', {
      run_id,
      params: [{ key: `param ${key}`, value: '1' }],
      metrics: [
        { key: `metric ${key}`, value: 'NaN', timestamp: 1, step: 0 },
        { key: 'loss', value: 1, timestamp: 1, step: 0 },
      ],
      tags: [{ key: `tag ${key}`, value: '1' }],
    });
    return run_id;
  };

  beforeAll(async () => {
    database = await open();
    const config = toConfig({ artifactsDestination: newFolder() });
    app = await createApp(config, database, createLog('silent'));
    experiment = await createExperiment('with keys');
    await createRun(experiment, 1, 'old');
    await createRun(experiment, 2, 'new');
    const run_id = await createRun(experiment, 3, 'deleted');
    await post('2.0/mlflow/runs/delete', { run_id });
    await createRun(await createExperiment('other keys'), 1, 'of elsewhere');
  });

  it('are those of all runs of the experiment, in their order', async () => {
    const found = await keys();
    expect(found.tags.filter((key: string) => !key.startsWith('mlflow.'))).toEqual([
      'tag new',
      'tag old',
    ]);
    expect({ ...found, tags: [] }).toEqual({
      metrics: ['loss', 'metric new', 'metric old'],
      params: ['param new', 'param old'],
      tags: [],
      is_partial: false,
    });
    expect((await keys({ run_view_type: 'DELETED_ONLY' })).params).toEqual(['param deleted']);
    expect((await keys({ experiment_ids: [] })).params).toEqual([]);
  });

  it('say that they are not all', async () => {
    const query = { experimentIds: [Number(experiment)], view: 'ACTIVE_ONLY', most: 1 } as const;
    const few = await listRunKeys(database, query, 1);
    expect(few).toMatchObject({ keys: { metrics: ['loss'] }, runs: 2, hasMore: true });
    expect(await listRunKeys(database, query, 9)).toMatchObject({ hasMore: false, runs: 2 });
  });

  it('are refused where nobody can say of what', async () => {
    const answer = await post('runledger/v1/runs/keys', { experiment_ids: ['a'] });
    expect([answer.status, answer.body.error_code]).toEqual([400, 'INVALID_PARAMETER_VALUE']);
  });
});
