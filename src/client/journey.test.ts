import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createApp } from '../app.js';
import { toConfig } from '../platform/config/config.js';
import { migrateUp } from '../platform/db/migrate.js';
import { createLog } from '../platform/log.js';
import { openLocation } from '../testing/for-each-database.js';
import { createRunledgerClient, idempotencyKey, type RunledgerClient } from './index.js';

const ARTIFACTS = '/api/2.0/mlflow-artifacts/artifacts/{artifact_path}';
const LARGE = 9_007_199_254_740_993n;

describe('a client of a server', () => {
  const ends: (() => Promise<unknown>)[] = [];
  let client: RunledgerClient;

  beforeAll(async () => {
    const folder = await mkdtemp(join(tmpdir(), 'runledger-client-'));
    ends.push(() => rm(folder, { recursive: true, force: true }));
    const config = toConfig({
      backendStoreUri: `sqlite:///${join(folder, 'test.db')}`,
      artifactsDestination: join(folder, 'artifacts'),
      logLevel: 'silent',
    });
    await migrateUp(config.database);
    const database = await openLocation(config.database);
    ends.push(() => database.close());
    const app = await createApp(config, database, createLog(config.logLevel));
    const server = createServer(app);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    ends.push(async () => {
      server.close();
      server.closeAllConnections();
    });
    const { port } = server.address() as AddressInfo;
    client = createRunledgerClient({ baseUrl: `http://127.0.0.1:${port}` });
  });
  afterAll(async () => {
    for (const end of ends.reverse()) await end();
  });

  const experiment = async (name: string): Promise<string> => {
    const { data } = await client.POST('/api/2.0/mlflow/experiments/create', { body: { name } });
    return data.experiment_id ?? '';
  };
  const run = async (experimentId: string, key?: string) => {
    const { data } = await client.POST('/api/2.0/mlflow/runs/create', {
      body: { experiment_id: experimentId, run_name: 'first', start_time: 1_700_000_000_000 },
      headers: idempotencyKey(key),
    });
    return data.run?.info?.run_id ?? '';
  };

  it('logs a run, finds it, and reads every digit of it', async () => {
    const experimentId = await experiment('train');
    const run_id = await run(experimentId);
    await client.POST('/api/2.0/mlflow/runs/log-batch', {
      body: {
        run_id,
        metrics: [
          { key: 'auc', value: 0.9, timestamp: 1, step: 1 },
          { key: 'auc', value: 0.93, timestamp: 2, step: LARGE },
          { key: 'loss', value: Number.NaN, timestamp: 2, step: 2 },
        ],
        params: [{ key: 'depth', value: '7' }],
        tags: [{ key: 'team', value: 'risk' }],
      },
    });
    const { data: found } = await client.POST('/api/2.0/mlflow/runs/search', {
      body: { experiment_ids: [experimentId], filter: "metrics.auc > 0.92 and params.depth = '7'" },
    });
    expect(found.runs?.map(({ info }) => info?.run_id)).toEqual([run_id]);
    expect(found.runs?.[0]?.data?.metrics).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ key: 'auc', value: 0.93, step: LARGE }),
        expect.objectContaining({ key: 'loss', value: 'NaN', step: 2 }),
      ]),
    );
    const { data: history } = await client.GET('/api/2.0/mlflow/metrics/get-history', {
      params: { query: { run_id, metric_key: 'auc' } },
    });
    expect(history.metrics?.map(({ step }) => step)).toEqual([1, LARGE]);
  });

  it('makes one run of two calls with the same key', async () => {
    const experimentId = await experiment('repeated');
    expect(await run(experimentId, 'once')).toBe(await run(experimentId, 'once'));
    expect(await run(experimentId)).not.toBe(await run(experimentId));
  });

  it('stores and fetches files', async () => {
    const experimentId = await experiment('files');
    const run_id = await run(experimentId);
    const params = { path: { artifact_path: `${experimentId}/${run_id}/artifacts/a b/ü.bin` } };
    const bytes = Uint8Array.from({ length: 70_000 }, (_, index) => index % 251);
    await client.PUT(ARTIFACTS, { params, body: bytes });
    const { data } = await client.GET(ARTIFACTS, { params, parseAs: 'arrayBuffer' });
    expect(Buffer.from(data).equals(bytes)).toBe(true);
    const { data: listed } = await client.GET('/api/2.0/mlflow/artifacts/list', {
      params: { query: { run_id, path: 'a b' } },
    });
    expect(listed.files).toEqual([{ path: 'a b/ü.bin', is_dir: false, file_size: 70_000 }]);
    await client.PUT(ARTIFACTS, { params, body: new Blob(['streamed']).stream() });
    const { data: text } = await client.GET(ARTIFACTS, { params, parseAs: 'text' });
    expect(text).toBe('streamed');
  });

  it('registers a model and promotes it', async () => {
    const run_id = await run(await experiment('registered'));
    const name = 'churn model';
    await client.POST('/api/2.0/mlflow/registered-models/create', { body: { name } });
    const { data: made } = await client.POST('/api/2.0/mlflow/model-versions/create', {
      body: { name, source: `runs:/${run_id}/model`, run_id },
    });
    const version = made.model_version?.version ?? '';
    await client.POST('/api/2.0/mlflow/model-versions/transition-stage', {
      body: { name, version, stage: 'Production', archive_existing_versions: true },
    });
    const { data: latest } = await client.POST(
      '/api/2.0/mlflow/registered-models/get-latest-versions',
      { body: { name, stages: ['Production'] } },
    );
    expect(latest.model_versions).toMatchObject([{ version: '1', current_stage: 'Production' }]);
    const { data: versions } = await client.GET('/api/2.0/mlflow/model-versions/search', {
      params: { query: { filter: `name = '${name}'` } },
    });
    expect(versions.model_versions).toHaveLength(1);
  });

  it('throws what the server refuses', async () => {
    const call = client.GET('/api/2.0/mlflow/runs/get', {
      params: { query: { run_id: '0'.repeat(32) } },
    });
    await expect(call).rejects.toMatchObject({ code: 'RESOURCE_DOES_NOT_EXIST', status: 404 });
  });
});
