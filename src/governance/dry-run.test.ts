import supertest from 'supertest';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Database } from '../platform/db/database.js';
import { forEachDatabase } from '../testing/for-each-database.js';
import { FACE_CARD_YAML } from './testing/cards.js';
import { type EvidenceServer, evidenceServer } from './testing/evidence-server.js';

const POLICY = '/api/governance/v1/policy';
const PROFILES = 'profiles: [{ name: dry, models: ["dry-*"], mode: observe }]';

forEachDatabase((open) => {
  let database: Database;
  let server: EvidenceServer;
  beforeAll(async () => {
    database = await open();
    server = await evidenceServer(database, 'enforce');
  });
  /** How many entries the audit log has. */
  const entries = async (): Promise<number> => {
    const { body } = await supertest(server.app).get('/api/governance/v1/audit?max_results=1');
    return body.entries[0]?.seq ?? 0;
  };

  describe('a dry run of a policy', () => {
    const put = (query: string, body: object) =>
      supertest(server.app).put(`${POLICY}${query}`).send(body);
    const state = async () => ({
      inForce: (await supertest(server.app).get(POLICY)).body,
      past: (await supertest(server.app).get(`${POLICY}/versions`)).body,
      entries: await entries(),
    });

    it.each([
      ['in the query', '?dry_run=true', {}],
      ['in the body', '', { dry_run: true }],
    ])(
      'asked for %s shows it with all its defaults, and changes nothing',
      async (_, query, more) => {
        const before = await state();
        const { status, body } = await put(query, { policy_yaml: PROFILES, ...more });
        expect(status).toBe(200);
        expect(body.policy.policy_yaml).toContain('max_age_days: 365');
        expect(body.policy.version).not.toBe(before.inForce.policy.version);
        expect(await state()).toEqual(before);
      },
    );

    it('says all that is wrong, as putting it in force does', async () => {
      const before = await state();
      const bad = { policy_yaml: 'profiles: [{ name: dry, mode: sometimes }]' };
      const dry = await put('?dry_run=true', bad);
      const real = await put('', bad);
      expect([dry.status, dry.body.message]).toEqual([400, real.body.message]);
      expect(await state()).toEqual(before);
    });

    it('is none where the query says so', async () => {
      const { body } = await put('?dry_run=false', { policy_yaml: PROFILES });
      expect((await state()).inForce.policy.version).toBe(body.policy.version);
      expect((await put('', { policy_yaml: 'profiles: []' })).status).toBe(200);
    });
  });

  it('of an alias that can not be given is told so', async () => {
    await server.post('registered-models/create', { name: 'aliased' });
    const run = await server.run();
    const source = `${run.artifact_uri}/model`;
    await server.version({ name: 'aliased', source, run_id: run.run_id });
    for (const alias of ['a b', 'v1', 'latest']) {
      const asked = { name: 'aliased', version: '1', alias };
      for (const path of ['models/aliased/versions/1/evaluate', 'requests']) {
        const answer = await supertest(server.app).post(`/api/governance/v1/${path}`).send(asked);
        expect([alias, answer.status]).toEqual([alias, 400]);
      }
    }
  });

  it('of a stage that is none is told so as the deed itself is', async () => {
    await server.post('registered-models/create', { name: 'staged' });
    const { run_id, artifact_uri } = await server.run();
    await server.version({ name: 'staged', source: `${artifact_uri}/model`, run_id });
    const asked = { name: 'staged', version: '1', stage: 'Nowhere' };
    for (const path of [
      '/api/governance/v1/models/staged/versions/1/evaluate',
      '/api/governance/v1/requests',
      '/api/2.0/mlflow/transition-requests/create',
      '/api/2.0/mlflow/databricks/model-versions/transition-stage',
      '/api/2.0/mlflow/model-versions/transition-stage',
    ]) {
      const { status, body } = await supertest(server.app)
        .post(path)
        .send({ ...asked, archive_existing_versions: false });
      expect([path, status, body.error_code, body.error_class]).toEqual([
        ...[path, 400, 'INVALID_PARAMETER_VALUE', 'UNKNOWN_STAGE'],
      ]);
    }
  });

  describe('a dry run of a card', () => {
    const put = (name: string, query: string, text: string) =>
      supertest(server.app)
        .put(`/api/governance/v1/models/${name}/versions/1/card${query}`)
        .set('content-type', 'application/yaml')
        .send(text);
    const versionOf = async (name: string) => {
      await server.post('registered-models/create', { name });
      const run = await server.run();
      const source = `${run.artifact_uri}/model`;
      await server.version({ name, source, run_id: run.run_id });
    };
    const cardFor = (name: string) =>
      FACE_CARD_YAML.replace('FaceSentimentAnalyzer', name).replace('2.4.0', '1');

    it('says what is wrong with it, and stores nothing', async () => {
      await versionOf('dry-card');
      const before = await entries();
      const good = await put('dry-card', '?dry_run=true', cardFor('dry-card'));
      expect([good.status, good.body.problems]).toEqual([200, []]);
      expect(good.body.card).toMatchObject({ owner: 'ai-vision-team' });
      const bad = await put('dry-card', '?dry_run=true', 'name: dry-card\n');
      expect(bad.status).toBe(200);
      expect(bad.body.problems.map(({ field }: { field: string }) => field)).toContain('owner');
      expect((await server.own('dry-card/versions/1/card')).status).toBe(404);
      expect((await server.own('dry-card/versions/1/card/history')).body).toEqual({
        ...{ has_card: false, revisions: [] },
      });
      expect(await entries()).toBe(before);
    });

    it('leaves a card that is there as it is', async () => {
      await versionOf('dry-kept');
      expect((await put('dry-kept', '', cardFor('dry-kept'))).status).toBe(200);
      const before = (await server.own('dry-kept/versions/1/card')).body;
      const other = cardFor('dry-kept').replace('ai-vision-team', 'others');
      const { body } = await put('dry-kept', '?dry_run=true', other);
      expect(body.card).toMatchObject({ owner: 'others' });
      expect((await server.own('dry-kept/versions/1/card')).body).toEqual(before);
    });

    it('is refused for what can not be read, and for versions that are not there', async () => {
      await versionOf('dry-bad');
      expect((await put('dry-bad', '?dry_run=true', 'a: [')).status).toBe(400);
      expect((await put('dry-none', '?dry_run=true', cardFor('dry-none'))).status).toBe(404);
    });
  });
});
