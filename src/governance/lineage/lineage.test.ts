import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Database } from '../../platform/db/database.js';
import { forEachDatabase } from '../../testing/for-each-database.js';
import {
  COMMIT,
  type EvidenceServer,
  evidenceServer,
  MLMODEL,
} from '../testing/evidence-server.js';
import { uuidOf } from './openlineage.js';

interface Edge {
  readonly from: string;
  readonly kind: string;
  readonly to: string;
}
const texts = (edges: readonly Edge[]) =>
  edges.map(({ from, kind, to }) => `${from} ${kind} ${to}`);

const facet = {
  type: 'object',
  required: ['_producer', '_schemaURL'],
  properties: {
    _producer: { type: 'string', format: 'uri' },
    _schemaURL: { type: 'string', format: 'uri' },
  },
};
const text = { type: 'string' };
/** A facet with these members of its own, of which some have to be there. */
const own = (properties: object, ...required: string[]) => ({
  allOf: [facet],
  type: 'object',
  properties,
  required,
});
const job = { type: 'object', required: ['namespace', 'name'], properties: { name: text } };
const facets = {
  type: 'object',
  additionalProperties: facet,
  // What the specifications of the facets that we send ask of them.
  properties: {
    parent: own(
      {
        run: {
          type: 'object',
          required: ['runId'],
          properties: { runId: { type: 'string', format: 'uuid' } },
        },
        job,
      },
      ...['run', 'job'],
    ),
    jobType: own({ processingType: text, integration: text }, 'processingType', 'integration'),
    sourceCodeLocation: own(
      {
        url: { type: 'string', format: 'uri' },
        ...{ type: text, repoUrl: text, path: text, version: text, branch: text },
      },
      ...['type', 'url'],
    ),
    ownership: own({
      owners: { type: 'array', items: { type: 'object', required: ['name'] } },
    }),
    version: own({ datasetVersion: text }, 'datasetVersion'),
    dataSource: own({ name: text, uri: { type: 'string', format: 'uri' } }),
    schema: own({ fields: { type: 'array', items: { type: 'object', required: ['name'] } } }),
    tags: own({ tags: { type: 'array', items: { type: 'object', required: ['key', 'value'] } } }),
  },
};
const named = {
  type: 'object',
  required: ['namespace', 'name'],
  properties: {
    namespace: { type: 'string', minLength: 1 },
    name: { type: 'string', minLength: 1 },
    facets,
  },
};
/** What the specification of OpenLineage 2-0-2 asks of a RunEvent. */
const RUN_EVENT = {
  type: 'object',
  required: ['eventTime', 'producer', 'schemaURL', 'run', 'job'],
  additionalProperties: false,
  properties: {
    eventType: { enum: ['START', 'RUNNING', 'COMPLETE', 'ABORT', 'FAIL', 'OTHER'] },
    eventTime: { type: 'string', format: 'date-time' },
    producer: { type: 'string', format: 'uri' },
    schemaURL: { type: 'string', format: 'uri' },
    run: {
      type: 'object',
      required: ['runId'],
      properties: { runId: { type: 'string', format: 'uuid' }, facets },
    },
    job: named,
    inputs: { type: 'array', items: named },
    outputs: { type: 'array', items: named },
  },
};

const ajv = new Ajv2020({ allErrors: true });
addFormats.default(ajv);
const isRunEvent = ajv.compile(RUN_EVENT);

const SCHEMA = JSON.stringify({ mlflow_colspec: [{ type: 'double', name: 'x', required: true }] });

forEachDatabase((open) => {
  let database: Database;
  let server: EvidenceServer;
  beforeAll(async () => {
    database = await open();
    server = await evidenceServer(database, 'observe');
  });

  describe('a version of MLflow 3', () => {
    it('leads from its data sets over run and logged model to stage and alias', async () => {
      const s = server;
      await s.post('registered-models/create', { name: 'three' });
      const parent = await s.run();
      const run = await s.run({
        tags: {
          'mlflow.parentRunId': parent.run_id,
          'mlflow.user': 'mallory',
          'mlflow.source.git.commit': COMMIT,
          'mlflow.source.git.repoURL': 'git@git.example.org:team/models.git',
          'mlflow.source.git.branch': 'main',
          'mlflow.source.name': 'src/train.py',
          'mlflow.source.git.diff': '- a\n+ b',
        },
        datasets: [
          {
            name: 'calls',
            digest: 'd1',
            source: '{"uri": "s3://data/calls.parquet"}',
            schema: SCHEMA,
          },
          { name: 'users', digest: 'd2' },
        ],
      });
      const model = await s.loggedModel(run.run_id, 'net', { MLmodel: MLMODEL, 'w.bin': 'w' });
      const source = `models:/${model.model_id}`;
      await s.version({ name: 'three', source, model_id: model.model_id, run_id: run.run_id });
      await s.post('registered-models/alias', { name: 'three', alias: 'champion', version: '1' });
      await s.post('model-versions/transition-stage', {
        ...{ name: 'three', version: '1', stage: 'Staging', archive_existing_versions: false },
      });

      const { body, status } = await s.own('three/versions/1/lineage');
      expect(status).toBe(200);
      expect(body).toMatchObject({ source, source_kind: 'logged_model' });
      expect(body.who_trained).toEqual({
        ...{ principal: 'anonymous', mlflow_user: 'mallory', run_id: run.run_id },
      });
      expect(body.git).toMatchObject({
        ...{ commit: COMMIT, is_commit_valid: true, branch: 'main', source_name: 'src/train.py' },
        diff_sha256: expect.stringMatching(/^[\da-f]{64}$/),
      });
      expect(body.data_contract).toEqual({ state: 'absent', problems: [] });
      const self = 'version:three/1';
      expect(texts(body.edges)).toEqual([
        `run:${parent.run_id} parent_of run:${run.run_id}`,
        `dataset:calls@d1 input_of run:${run.run_id}`,
        `dataset:users@d2 input_of run:${run.run_id}`,
        `run:${run.run_id} produced logged_model:${model.model_id}`,
        `logged_model:${model.model_id} registered_as ${self}`,
        `${self} in_stage stage:Staging`,
        `${self} named_by alias:champion`,
      ]);
      const ids = body.nodes.map(({ id }: { id: string }) => id);
      const ends = body.edges.flatMap(({ from, to }: Edge) => [from, to]);
      expect([...new Set(ends)].filter((end) => !ids.includes(end))).toEqual([]);

      const first = (await s.own('three/versions/1/lineage?max_results=1')).body;
      const next = `page_token=${first.next_page_token}`;
      const second = (await s.own(`three/versions/1/lineage?max_results=1&${next}`)).body;
      const sets = (of: typeof body) =>
        of.nodes.flatMap(({ kind, name }: { kind: string; name: string }) =>
          kind === 'dataset' ? [name] : [],
        );
      expect([sets(first), sets(second)]).toEqual([['calls'], ['users']]);
      expect(second.next_page_token).toBeUndefined();
      const foreign = await s.own(`three/versions/1/lineage?page_token=x${first.next_page_token}`);
      expect([foreign.status, foreign.body.error_code]).toEqual([400, 'INVALID_PARAMETER_VALUE']);
    });

    it('leaves as events that OpenLineage takes', async () => {
      const { body } = await server.own('three/versions/1/lineage?format=openlineage');
      expect(body.filter((event: unknown) => !isRunEvent(event))).toEqual([]);
      expect(isRunEvent.errors).toBeNull();
      expect(body.map(({ eventType }: { eventType: string }) => eventType)).toEqual([
        ...['START', 'COMPLETE', 'START', 'COMPLETE'],
      ]);
      const [, trained, , registered] = body;
      expect(trained.inputs[0]).toMatchObject({
        ...{ namespace: 's3://data', name: 'calls.parquet' },
        facets: {
          version: { datasetVersion: 'd1' },
          schema: { fields: [{ name: 'x', type: 'double' }] },
        },
      });
      expect(trained.job.facets.sourceCodeLocation).toMatchObject({
        ...{ type: 'git', url: 'https://git.example.org/team/models.git', version: COMMIT },
      });
      expect(trained.run.facets.parent.run.runId).toMatch(/-/);
      expect(registered.inputs).toEqual([
        { ...trained.outputs[0], facets: trained.outputs[0].facets ?? {} },
      ]);
      const wrong = await server.own('three/versions/1/lineage?format=dot');
      expect([wrong.status, wrong.body.error_code]).toEqual([400, 'INVALID_PARAMETER_VALUE']);
    });
  });

  it('leads from the files of a run to a version of MLflow 2, and to its copy', async () => {
    const s = server;
    await s.post('registered-models/create', { name: 'two' });
    await s.post('registered-models/create', { name: 'copies' });
    const run = await s.run({ tags: { 'mlflow.source.git.author': 'Ada' } });
    await s.putFiles(run.artifact_uri, { 'model/MLmodel': MLMODEL });
    const source = `${run.artifact_uri}/model`;
    await s.version({ name: 'two', source, run_id: run.run_id });
    await s.version({ name: 'copies', source: 'models:/two/1' });
    const { body } = await s.own('two/versions/1/lineage');
    expect(body).toMatchObject({ source_kind: 'run', who_trained: { commit_author: 'Ada' } });
    expect(texts(body.edges)).toEqual([
      `run:${run.run_id} produced files:${source}`,
      `files:${source} registered_as version:two/1`,
    ]);
    const copy = (await s.own('copies/versions/1/lineage')).body;
    expect(texts(copy.edges)).toContain('version:two/1 copied_to version:copies/1');
  });

  it('ends where runs name each other as their parents, and where there is no run', async () => {
    const s = server;
    await s.post('registered-models/create', { name: 'loop' });
    const run = await s.run();
    await s.post('runs/set-tag', {
      ...{ run_id: run.run_id, key: 'mlflow.parentRunId', value: run.run_id },
    });
    await s.version({ name: 'loop', source: `${run.artifact_uri}/m`, run_id: run.run_id });
    const { body } = await s.own('loop/versions/1/lineage');
    expect(texts(body.edges).filter((edge: string) => edge.includes('parent_of'))).toEqual([]);
    await s.version({ name: 'loop', source: 's3://elsewhere/model' });
    const bare = await s.own('loop/versions/2/lineage');
    expect(bare.body).toMatchObject({ source_kind: 'files', who_trained: {}, git: {} });
    const events = (await s.own('loop/versions/2/lineage?format=openlineage')).body;
    expect(events.every((event: unknown) => isRunEvent(event))).toBe(true);
    expect((await s.own('loop/versions/3/lineage')).status).toBe(404);
  });
});

describe('ids of runs', () => {
  it('become UUIDs', () => {
    expect(uuidOf('0123456789abcdef0123456789abcdef')).toBe('01234567-89ab-cdef-0123-456789abcdef');
    expect(uuidOf('x')).toMatch(/^[\da-f]{8}-[\da-f]{4}-8[\da-f]{3}-a[\da-f]{3}-[\da-f]{12}$/);
  });
});
