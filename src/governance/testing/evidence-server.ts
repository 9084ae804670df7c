import type { Express } from 'express';
import supertest from 'supertest';
import { expect } from 'vitest';
import { createApp } from '../../app.js';
import { toConfig } from '../../platform/config/config.js';
import type { Database } from '../../platform/db/database.js';
import { createLog } from '../../platform/log.js';
import { newFolder } from '../../testing/new-folder.js';

const API = '/api/2.0/mlflow';
const OWN = '/api/governance/v1';
const FILES = '/api/2.0/mlflow-artifacts/artifacts';

export const COMMIT = 'a'.repeat(40);

export const MLMODEL = `flavors:
  python_function:
    loader_module: mlflow.sklearn
signature:
  inputs: '[{"type": "double", "name": "x"}]'
  outputs: '[{"type": "long"}]'
`;

export interface RunWish {
  readonly experiment?: string;
  readonly tags?: Readonly<Record<string, string>>;
  readonly params?: Readonly<Record<string, string>>;
  readonly metrics?: Readonly<Record<string, number>>;
  readonly datasets?: readonly { name: string; digest: string; source?: string; schema?: string }[];
}

/** A whole server over a database, and what clients of MLflow do with it. */
export async function evidenceServer(database: Database, governance: string) {
  const config = toConfig({
    ...{ artifactsDestination: newFolder(), governance },
    webhookSecretKey: 'a key of this test 0123456789 abcdefgh',
  });
  const app: Express = await createApp(config, database, createLog('silent'));
  const post = async (path: string, body: object) => {
    const { status, body: answer } = await supertest(app).post(`${API}/${path}`).send(body);
    expect([path, status, answer]).toEqual([path, 200, expect.anything()]);
    return answer;
  };
  const upload = async (path: string, text: string) => {
    const answer = await supertest(app)
      .put(`${FILES}/${path}`)
      .set('Content-Type', 'application/octet-stream')
      .send(text);
    return answer.status;
  };
  const placeOf = (uri: string) => uri.replace('mlflow-artifacts:/', '');
  const putFiles = async (uri: string, files: Readonly<Record<string, string>>) => {
    for (const [path, text] of Object.entries(files)) {
      expect(await upload(`${placeOf(uri)}/${path}`, text)).toBe(200);
    }
  };
  /** Logs a run, and ends it. */
  const run = async (wish: RunWish = {}) => {
    const { run: made } = await post('runs/create', {
      ...{ experiment_id: wish.experiment ?? '0', start_time: 1_000, user_id: 'claimed' },
    });
    const { run_id, artifact_uri } = made.info;
    for (const [key, value] of Object.entries(wish.tags ?? {})) {
      await post('runs/set-tag', { run_id, key, value });
    }
    for (const [key, value] of Object.entries(wish.params ?? {})) {
      await post('runs/log-parameter', { run_id, key, value });
    }
    for (const [key, value] of Object.entries(wish.metrics ?? {})) {
      await post('runs/log-metric', { run_id, key, value, timestamp: 1 });
    }
    const datasets = (wish.datasets ?? []).map(({ name, digest, source = 'memory', schema }) => ({
      dataset: { name, digest, source_type: 'local', source, ...(schema ? { schema } : {}) },
      tags: [{ key: 'mlflow.data.context', value: 'training' }],
    }));
    if (datasets.length > 0) await post('runs/log-inputs', { run_id, datasets });
    await post('runs/update', { run_id, status: 'FINISHED', end_time: 2_000 });
    return { run_id: run_id as string, artifact_uri: artifact_uri as string };
  };
  /** Logs a model as MLflow 3 does. */
  const loggedModel = async (
    source_run_id: string,
    name: string,
    files: Readonly<Record<string, string>>,
    experiment_id = '0',
  ) => {
    const { model } = await post('logged-models', { experiment_id, name, source_run_id });
    const { model_id, artifact_uri } = model.info;
    await putFiles(artifact_uri, files);
    await supertest(app)
      .patch(`${API}/logged-models/${model_id}`)
      .send({ model_id, status: 'LOGGED_MODEL_READY' });
    return { model_id: model_id as string, artifact_uri: artifact_uri as string };
  };
  const version = async (body: object) => {
    const { model_version } = await post('model-versions/create', body);
    return model_version;
  };
  const own = (path: string) => supertest(app).get(`${OWN}/models/${path}`);
  /** What the gate would say. */
  const evaluate = async (name: string, number: number, stage: string) => {
    const path = `${OWN}/models/${name}/versions/${number}/evaluate`;
    const { status, body } = await supertest(app).post(path).send({ stage });
    expect([status, body]).toEqual([200, expect.anything()]);
    return body;
  };
  return {
    evaluate,
    ...{ app, config, post, upload, putFiles, placeOf, run, loggedModel, version, own },
  };
}

export type EvidenceServer = Awaited<ReturnType<typeof evidenceServer>>;
