/**
 * A program of somebody who has installed the package: it logs a run with a file, promotes a
 * model, and prints what it has read back, as one JSON object.
 */
import {
  createRunledgerClient,
  idempotencyKey,
  type RunledgerClient,
  RunledgerError,
} from 'runledger/client';

const ARTIFACT = '/api/2.0/mlflow-artifacts/artifacts/{artifact_path}';
const LARGE_STEP = 9_007_199_254_740_993n;

const baseUrl = process.argv[2];
if (baseUrl === undefined) throw new Error('Usage: journey.js URL');
const client: RunledgerClient = createRunledgerClient({ baseUrl, retry: { attempts: 2 } });

const suffix = Date.now().toString(36);
const { data: experiment } = await client.POST('/api/2.0/mlflow/experiments/create', {
  body: { name: `journey-${suffix}`, tags: [{ key: 'team', value: 'risk' }] },
});
const experiment_id: string = experiment.experiment_id ?? '';

const create = async (): Promise<string> => {
  const { data } = await client.POST('/api/2.0/mlflow/runs/create', {
    headers: idempotencyKey(`journey-${suffix}`),
    body: { experiment_id, run_name: 'train', start_time: 1_700_000_000_000 },
  });
  return data.run?.info?.run_id ?? '';
};
const run_id = await create();

await client.POST('/api/2.0/mlflow/runs/log-batch', {
  body: {
    run_id,
    metrics: [{ key: 'auc', value: 0.93, timestamp: 1_700_000_000_001, step: LARGE_STEP }],
    params: [{ key: 'depth', value: '7' }],
  },
});
const artifact = { path: { artifact_path: `${experiment_id}/${run_id}/artifacts/model/w.bin` } };
await client.PUT(ARTIFACT, { params: artifact, body: new Uint8Array([0, 1, 254, 255]) });
const { data: bytes } = await client.GET(ARTIFACT, { params: artifact, parseAs: 'arrayBuffer' });

const name = `journey-model-${suffix}`;
await client.POST('/api/2.0/mlflow/registered-models/create', { body: { name } });
const { data: created } = await client.POST('/api/2.0/mlflow/model-versions/create', {
  body: { name, source: `runs:/${run_id}/model`, run_id },
});
await client.POST('/api/2.0/mlflow/model-versions/transition-stage', {
  body: {
    name,
    version: created.model_version?.version ?? '',
    stage: 'Staging',
    archive_existing_versions: false,
  },
});
await client.POST('/api/2.0/mlflow/runs/update', { body: { run_id, status: 'FINISHED' } });

const { data: found } = await client.POST('/api/2.0/mlflow/runs/search', {
  body: { experiment_ids: [experiment_id], filter: "metrics.auc > 0.9 and params.depth = '7'" },
});
const { data: versions } = await client.GET('/api/2.0/mlflow/model-versions/search', {
  params: { query: { filter: `name = '${name}'` } },
});
const refused = await client
  .GET('/api/2.0/mlflow/experiments/get', { params: { query: { experiment_id: '987654321' } } })
  .then(
    () => undefined,
    (error: unknown) => error,
  );

const [run] = found.runs ?? [];
const report = {
  repeated: (await create()) === run_id,
  found: found.runs?.length,
  status: run?.info?.status,
  exactStep: run?.data?.metrics?.[0]?.step === LARGE_STEP,
  bytes: [...new Uint8Array(bytes)],
  stages: versions.model_versions?.map(({ current_stage }) => current_stage),
  refused: refused instanceof RunledgerError ? [refused.code, refused.status] : refused,
};
console.log(JSON.stringify(report));
