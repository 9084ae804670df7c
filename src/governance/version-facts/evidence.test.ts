import type { Express } from 'express';
import supertest from 'supertest';
import { beforeAll, describe, expect, it } from 'vitest';
import { createApp } from '../../app.js';
import { ArtifactPlaces } from '../../artifacts/places.js';
import { evidenceSlices } from '../../evidence-slices.js';
import { systemClock } from '../../platform/clock.js';
import { toConfig } from '../../platform/config/config.js';
import type { Database } from '../../platform/db/database.js';
import { createLog } from '../../platform/log.js';
import { noTrail } from '../../platform/trail.js';
import { ModelStore } from '../../registry/models/models.store.js';
import { forEachDatabase } from '../../testing/for-each-database.js';
import { newFolder } from '../../testing/new-folder.js';
import type { Alert } from '../alerts/alerts.js';
import { defaultProfile } from '../policy/profile.js';
import { verifyBundle } from '../signature/bundle.js';
import { FACE_CARD, FACE_CARD_YAML } from '../testing/cards.js';
import { EVIDENCE_JOB } from './evidence-kinds.js';

const API = '/api/2.0/mlflow';
const OWN = '/api/governance/v1';
const FILES = '/api/2.0/mlflow-artifacts/artifacts';
const COMMIT = 'a'.repeat(40);
const SIGNATURE = (column: string) =>
  `signature:\n  inputs: '[{"type": "double", "name": "${column}"}]'\n  outputs: '[{"type": "long"}]'\n`;

forEachDatabase((open) => {
  let database: Database;
  beforeAll(async () => {
    database = await open();
  });

  async function serverIn(governance: string) {
    const folder = newFolder();
    const raw = { artifactsDestination: folder, governance };
    const config = toConfig({
      ...raw,
      webhookSecretKey: 'a key of this test 0123456789 abcdefgh',
    });
    const app: Express = await createApp(config, database, createLog('silent'));
    const post = async (path: string, body: object) => {
      const { status, body: answer } = await supertest(app).post(`${API}/${path}`).send(body);
      expect([status, answer]).toEqual([200, expect.anything()]);
      return answer;
    };
    const put = (path: string, text: string) =>
      supertest(app)
        .put(`${FILES}/${path}`)
        .set('Content-Type', 'application/octet-stream')
        .send(text);
    const own = (path: string) => supertest(app).get(`${OWN}/models/${path}`);
    /** Logs a run with a model below it, and registers that. */
    const register = async (name: string, files: Record<string, string>, tags: object[] = []) => {
      const { run } = await post('runs/create', { experiment_id: '0' });
      const { run_id, artifact_uri } = run.info;
      const at = artifact_uri.replace('mlflow-artifacts:/', '');
      await post('runs/set-tag', { run_id, key: 'mlflow.source.git.commit', value: COMMIT });
      await post('runs/log-parameter', { run_id, key: 'lr', value: '0.1' });
      await post('runs/log-metric', { run_id, key: 'latency_p95', value: 2, timestamp: 1 });
      for (const [path, text] of Object.entries(files)) {
        expect((await put(`${at}/model/${path}`, text)).status).toBe(200);
      }
      const source = `${artifact_uri}/model`;
      const body = { name, source, run_id, tags };
      const { model_version } = await post('model-versions/create', body);
      return { ...model_version, place: `${at}/model`, run_id };
    };
    const alerts: Alert[] = [];
    const slices = evidenceSlices(config, {
      alerts: {
        raise: async (_, alert) => {
          alerts.push(alert);
        },
      },
      ...{ database, trail: noTrail, now: systemClock, models: new ModelStore(database) },
      places: new ArtifactPlaces(config.artifacts),
      profiles: {
        profileOf: async () => ({ ...defaultProfile(false), mode: config.governance.mode }),
      },
    });
    return { app, post, put, own, register, slices, alerts };
  }

  const model = (name: string, column = 'x') => ({
    MLmodel: `flavors:\n  python_function:\n    loader_module: mlflow.sklearn\n${SIGNATURE(column)}`,
    'model.pkl': name,
  });

  describe('out of reach', () => {
    it.each(['observe', 'enforce'])('is settled where it is registered, in %s', async (mode) => {
      const s = await serverIn(mode);
      const name = `far-${mode}`;
      const owed = () =>
        database.read.first<{ count: number }>({
          sql: 'select count(*) as count from jobs where kind = ?',
          bindings: [EVIDENCE_JOB],
        });
      const before = await owed();
      await s.post('registered-models/create', { name });
      const source = 's3://a-bucket/of/others';
      const { model_version: first } = await s.post('model-versions/create', { name, source });
      const tags = [{ key: 'semver', value: '3.0.0' }];
      await s.post('model-versions/create', { name, source, tags });

      expect(first.status).toBe('READY');
      expect(first.tags).toEqual(
        mode === 'enforce' ? [{ key: 'semver', value: '1.0.0' }] : undefined,
      );
      const facts = (version: number) => s.slices.facts.factsOf(database.read, name, version);
      expect(await facts(1)).toMatchObject({
        ...{ semver: '1.0.0', registeredBy: 'anonymous' },
        integrity: { artifacts: 'unknown', signature: 'absent' },
      });
      expect((await facts(2)).semver).toBe('3.0.0');
      const listed = async (query: string) => {
        const { status, body } = await s.own(`${name}/semvers?${query}`);
        return [status, body];
      };
      expect(await listed('version=1&version=2&version=7')).toMatchObject([
        200,
        {
          versions: [
            { version: '2', semver: '3.0.0' },
            { version: '1', semver: '1.0.0' },
          ],
        },
      ]);
      expect(await listed('version=one')).toMatchObject([400, {}]);
      const many = Array.from({ length: 201 }, (_, index) => `version=${index + 1}`);
      expect(await listed(many.join('&'))).toMatchObject([400, {}]);
      expect(await owed()).toEqual(before);
    });
  });

  describe('in enforce', () => {
    it('knows a version from its run, files and card, and finds changes', async () => {
      const s = await serverIn('enforce');
      await s.post('registered-models/create', { name: 'FaceSentimentAnalyzer' });
      const card = FACE_CARD_YAML.replace('2.4.0', '1.0.0');
      const made = await s.register('FaceSentimentAnalyzer', {
        ...model('a'),
        'MODEL_CARD.yaml': card,
      });
      expect(made.status).toBe('READY');
      expect(made.tags).toEqual([{ key: 'semver', value: '1.0.0' }]);

      const facts = await s.slices.facts.factsOf(database.read, 'FaceSentimentAnalyzer', 1);
      expect(facts).toMatchObject({
        ...{ semver: '1.0.0', stage: 'None', params: { lr: '0.1' }, runId: made.run_id },
        ...{ trainer: 'anonymous', registeredBy: 'anonymous' },
        card: { problems: [], risk: 'Unknown' },
        lineage: { commit: COMMIT, isCommitValid: true },
        metrics: { measured: [{ name: 'latency_p95', value: 2 }] },
        format: { formats: ['pickle'], unsafeFiles: ['model.pkl'] },
        integrity: { artifacts: 'same', signature: 'valid' },
      });
      const path = 'FaceSentimentAnalyzer/versions/1';
      const manifest = (await s.own(`${path}/manifest`)).body;
      expect(manifest.files.map((file: { path: string }) => file.path)).toEqual([
        'MLmodel',
        'model.pkl',
      ]);
      expect(manifest).toMatchObject({
        ...{ root_digest: facts.integrity.digest, is_signed: true, formats: ['pickle'] },
        ...{ unsafe_files: ['model.pkl'], onnx: { state: 'absent', problems: [] } },
      });
      const { text: bundle } = await s.own(`${path}/signature`);
      const key = await s.own(`${path}/signature/key`);
      expect(key.headers['content-type']).toContain('application/x-pem-file');
      expect(verifyBundle(bundle, String(key.text ?? key.body))).toMatchObject({ ok: true });

      const overwritten = await s.put(`${made.place}/model.pkl`, 'other');
      expect([overwritten.status, overwritten.body.error_class]).toEqual([403, 'ARTIFACT_FROZEN']);
      expect((await s.put(`${made.place}/MODEL_CARD.yaml`, `${card}license: mit\n`)).status).toBe(
        200,
      );
      await s.slices.service.refresh('FaceSentimentAnalyzer', 1);
      const later = await s.slices.facts.factsOf(database.read, 'FaceSentimentAnalyzer', 1);
      expect(later.card.card).toMatchObject({ license: 'mit' });
      expect(later.card.digest).not.toBe(facts.card.digest);
    });

    it('numbers versions with reasons, and finds them by number and range', async () => {
      const s = await serverIn('enforce');
      await s.post('registered-models/create', { name: 'numbered' });
      await s.register('numbered', model('a'));
      const retrained = await s.register('numbered', model('b'));
      const broken = await s.register('numbered', model('c', 'y'));
      expect(retrained.tags).toEqual([{ key: 'semver', value: '1.1.0' }]);
      expect(broken.tags).toEqual([{ key: 'semver', value: '2.0.0' }]);
      const { body } = await s.own('numbered/versions/3/semver');
      expect(body).toMatchObject({ semver: '2.0.0', base: '1.1.0' });
      expect(body.reasons[0]).toMatchObject({ level: 'major', code: 'signature' });
      const latest = (stage: string) =>
        supertest(s.app)
          .post(`${API}/registered-models/get-latest-versions`)
          .send({ name: 'numbered', stages: [stage] });
      expect((await latest('1.1.0')).body.model_versions[0].version).toBe('2');
      const unapproved = await latest('^1.0');
      expect([unapproved.status, unapproved.body.error_class]).toEqual([
        404,
        'NO_MATCHING_VERSION',
      ]);
      await database.write((tx) =>
        // Without a card the gate would not let it in.
        tx.run({
          sql:
            "update model_versions set current_stage = 'Production' where version = 1 and model = " +
            "(select id from registered_models where name = 'numbered')",
          bindings: [],
        }),
      );
      expect((await latest('^1.0')).body.model_versions[0].version).toBe('1');
      expect((await latest('Canary')).status).toBe(400);

      const { body: params } = await supertest(s.app).get(`${OWN}/models/numbered/hyperparameters`);
      expect(params.diffs[0]).toMatchObject({
        from: 1,
        to: 2,
        changed: {},
        is_other_variant: true,
      });
    });

    it('takes cards at its own endpoint before tags, and keeps their revisions', async () => {
      const s = await serverIn('enforce');
      await s.post('registered-models/create', { name: 'carded' });
      await s.register('carded', model('a'), [{ key: 'model_card', value: FACE_CARD_YAML }]);
      const path = 'carded/versions/1/card';
      const tagged = (await s.own(path)).body;
      expect(tagged).toMatchObject({ place: 'tag', card: FACE_CARD });
      expect(tagged.problems).toContainEqual(
        expect.objectContaining({ reason: 'MODEL_CARD_MISMATCH' }),
      );

      const give = (text: string, headers: Record<string, string> = {}) =>
        supertest(s.app)
          .put(`${OWN}/models/${path}`)
          .set('Content-Type', 'application/yaml')
          .set(headers)
          .send(text);
      const good = FACE_CARD_YAML.replace('FaceSentimentAnalyzer', 'carded').replace('2.4.0', '1');
      const stale = await give(good, { 'If-Match': '"other"' });
      expect([stale.status, stale.body.error_code]).toEqual([409, 'RESOURCE_CONFLICT']);
      const given = await give(good, { 'If-Match': `"${tagged.digest}"` });
      expect(given.body).toMatchObject({ revision: 2, place: 'endpoint', problems: [] });
      expect((await give(good)).body.revision).toBe(2);
      expect((await give(`${good}description: "<script>x</script>"\n`)).body.revision).toBe(3);
      expect((await give('- no\n- card\n')).body.error_code).toBe('INVALID_PARAMETER_VALUE');
      const { revisions } = (await s.own(`${path}/history`)).body;
      expect(revisions.map(({ revision }: { revision: number }) => revision)).toEqual([3, 2, 1]);
      expect(revisions[0].author).toBe('anonymous');

      const now = await s.own(path);
      expect((await s.own(path).set('If-None-Match', now.headers.etag ?? '')).status).toBe(304);
      const html = await s.own(`${path}/html`);
      expect(html.headers['content-security-policy']).toContain("default-src 'none'");
      expect(html.text).not.toContain('<script>');
      expect((await s.own(`${path}/huggingface`)).text).toContain('model-index');
      expect((await s.own(`${path}/sagemaker`)).body.model_overview.model_name).toBe('carded');
      const schema = await supertest(s.app).get(`${OWN}/card-schema`);
      expect(schema.body.required).toContain('fairness_metrics');
    });
  });

  it('in observe shows nothing of it to clients, and refuses nothing of MLflow', async () => {
    const s = await serverIn('observe');
    await s.post('registered-models/create', { name: 'watched' });
    const made = await s.register('watched', model('a'));
    expect([made.status, made.tags]).toEqual(['READY', undefined]);
    expect((await s.own('watched/versions/1/semver')).body.semver).toBe('1.0.0');
    expect((await s.put(`${made.place}/model.pkl`, 'other')).status).toBe(200);
    await s.slices.service.refresh('watched', 1);
    const { integrity } = await s.slices.facts.factsOf(database.read, 'watched', 1);
    expect(integrity).toMatchObject({ artifacts: 'changed', changedFiles: ['model.pkl'] });
    expect(s.alerts).toMatchObject([{ kind: 'artifacts.tampered', model: 'watched', version: 1 }]);
    expect(s.alerts[0]?.details).toMatchObject({ changed_files: ['model.pkl'] });
  });

  it('in compat keeps nothing, and takes no selectors', async () => {
    const s = await serverIn('compat');
    await s.post('registered-models/create', { name: 'plain' });
    await s.register('plain', model('a'));
    expect((await s.own('plain/versions/1/semver')).status).toBe(404);
    const latest = await supertest(s.app)
      .post(`${API}/registered-models/get-latest-versions`)
      .send({ name: 'plain', stages: ['1.0.0'] });
    expect([latest.status, latest.body.error_code]).toEqual([400, 'INVALID_PARAMETER_VALUE']);
  });
});
