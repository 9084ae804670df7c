import supertest from 'supertest';
import { beforeAll, describe, expect, it } from 'vitest';
import { cardExpiry } from '../../card-expiry-work.js';
import type { Database } from '../../platform/db/database.js';
import { ModelStore } from '../../registry/models/models.store.js';
import { type GovernedChange, openGate } from '../../registry/promotion-gate.js';
import { createSlices } from '../../slices.js';
import { forEachDatabase } from '../../testing/for-each-database.js';
import { BY_TESTER } from '../../testing/tester.js';
import type { Alert } from '../alerts/alerts.js';
import { FACE_CARD_YAML } from '../testing/cards.js';
import { type EvidenceServer, evidenceServer, MLMODEL } from '../testing/evidence-server.js';
import { EXPIRY_JOB } from './card-expiry.js';

const DAY = 86_400_000;

const cardOf = (name: string, more = ''): string =>
  `${FACE_CARD_YAML.replace('FaceSentimentAnalyzer', name).replace('2.4.0', '1')}${more}`;

forEachDatabase((open) => {
  let database: Database;
  let server: EvidenceServer;
  beforeAll(async () => {
    database = await open();
    server = await evidenceServer(database, 'enforce');
    const policy = `profiles:
  - name: leaving
    models: ['leaving']
    mode: enforce
    card: {on_expiry: archive}
  - name: rest
    models: ['*']
    mode: enforce
`;
    await supertest(server.app)
      .put('/api/governance/v1/policy')
      .send({ policy_yaml: policy })
      .expect(200);
  });

  const register = async (name: string, more = '') => {
    await server.post('registered-models/create', { name });
    const run = await server.run();
    await server.putFiles(run.artifact_uri, { 'model/MLmodel': MLMODEL });
    await server.version({
      ...{ name, source: `${run.artifact_uri}/model`, run_id: run.run_id },
      tags: [{ key: 'model_card', value: cardOf(name, more) }],
    });
  };
  /** Lets a version into Production as if its evidence were complete. */
  const promote = async (name: string) => {
    const { evidence } = createSlices(server.config, database);
    const to = { version: 1, to: 'Production', archiveExisting: false };
    const change: GovernedChange = { kind: 'stage', name, ...to };
    const passage = await evidence.registering(openGate).open(change, BY_TESTER);
    await database.write(async (tx) => {
      const model = await new ModelStore(database).lock(tx, name);
      await tx.run({
        sql:
          "update model_versions set current_stage = 'Production' where version = 1 and model = " +
          '(select id from registered_models where name = ?)',
        bindings: [name],
      });
      const entered = { version: 1, target: 'Production', kind: 'entered' } as const;
      await passage.applied(tx, model ?? 0, [entered]);
    });
  };
  const card = async (name: string) => (await server.own(`${name}/versions/1/card`)).body;
  const put = (name: string, text: string, headers: Record<string, string> = {}) =>
    supertest(server.app)
      .put(`/api/governance/v1/models/${name}/versions/1/card`)
      .set({ 'Content-Type': 'application/yaml', ...headers })
      .send(text);

  describe('the card of a version that serves', () => {
    it('is told from one that was attached while somebody decided', async () => {
      await register('marked');
      const { freshFacts } = createSlices(server.config, database).evidence;
      const { id = 0 } =
        (await database.read.first<{ id: number }>({
          sql: "select id from registered_models where name = 'marked'",
          bindings: [],
        })) ?? {};
      const markNow = () => freshFacts.markOf(database.read, id, 1);
      const first = await freshFacts.factsOf(database.read, 'marked', 1);
      const again = await freshFacts.factsOf(database.read, 'marked', 1);
      expect([again.mark, await markNow()]).toEqual([first.mark, first.mark]);
      await put('marked', cardOf('marked', 'license: mit\n')).expect(200);
      expect(await markNow()).not.toBe(first.mark);
    });

    it('stays, and another waits for its review', async () => {
      await register('steady');
      const first = await card('steady');
      await promote('steady');
      const { body } = await supertest(server.app)
        .get('/api/2.0/mlflow/model-versions/get')
        .query({ name: 'steady', version: '1' });
      const file = `${server.placeOf(body.model_version.source)}/MODEL_CARD.yaml`;
      expect(await server.upload(file, cardOf('steady'))).toBe(403);
      await put('steady', cardOf('steady', 'license: mit\n')).expect(200);
      const now = await server.own('steady/versions/1/card');
      expect(now.body).toMatchObject({
        ...{ digest: first.digest, place: 'tag' },
        pending_review: { place: 'endpoint', card: { license: 'mit' }, problems: [] },
      });
      expect(now.body.card).not.toHaveProperty('license');
      expect((await server.own('steady/versions/1/card/huggingface')).text).not.toContain(
        'license',
      );
      // Who reads the tag of the answer may go on from it.
      const etag = now.headers.etag ?? '';
      await put('steady', cardOf('steady', 'license: bsd\n'), { 'If-Match': etag }).expect(200);
      await put('steady', cardOf('steady'), { 'If-Match': etag }).expect(409);
      expect((await card('steady')).pending_review.card.license).toBe('bsd');

      // Whoever promotes it to where it is asks for the review, in the same words as ever.
      const verdict = await server.evaluate('steady', 1, 'Production');
      expect(verdict.allowed).toBe(false);

      const { digest } = (await card('steady')).pending_review;
      await database.write((tx) =>
        tx.run({
          sql:
            'insert into promotion_approvals (model, version, target, approver, roles, ' +
            'artifacts_digest, card_digest, profile_digest, comment, creation_timestamp) ' +
            "select id, 1, 'Production', 'lea', '[]', '', ?, '', '', 1 " +
            "from registered_models where name = 'steady'",
          bindings: [digest],
        }),
      );
      await promote('steady');
      const reviewed = await card('steady');
      expect(reviewed).toMatchObject({ digest, card: { license: 'bsd' } });
      expect(reviewed).not.toHaveProperty('pending_review');
      const { revisions } = (await server.own('steady/versions/1/card/history')).body;
      expect(revisions.map(({ revision }: { revision: number }) => revision)).toEqual([3, 2, 1]);
    });
  });

  describe('the end of a card', () => {
    const told: Alert[] = [];
    /** Does what is due at a moment. */
    const at = async (time: number, meanwhile = async (): Promise<void> => undefined) => {
      const alerts = {
        raise: async (_: unknown, alert: Alert) => {
          told.push(alert);
        },
      };
      const { handler, jobs } = cardExpiry(
        ...([server.config, database, () => time, alerts] as const),
        (archive) => async (name, version, by, isDue) => {
          await meanwhile();
          await archive(name, version, by, isDue);
        },
      );
      const claim = { kind: EXPIRY_JOB, now: time, until: time + 1, limit: 100, busyLanes: [] };
      const due = await database.write((tx) => jobs.claim(tx, claim));
      for (const job of due) await handler.run(job);
    };
    const of = (name: string) =>
      told.filter(({ model }) => model === name).map(({ kind, details }) => [kind, details?.days]);
    const tags = async (name: string) =>
      (
        await supertest(server.app)
          .get('/api/2.0/mlflow/model-versions/get')
          .query({ name, version: '1' })
      ).body.model_version;

    it('is told 30 and 7 days ahead and on the day, once each, and shows as a flag', async () => {
      const end = Date.now() + 100 * DAY;
      const review = new Date(end).toISOString().slice(0, 10);
      const last = Date.parse(`${review}T00:00:00Z`) + DAY;
      await register('ending', `review_by: "${review}"\n`);
      await at(last - 31 * DAY);
      expect(of('ending')).toEqual([]);
      await at(last - 30 * DAY);
      await at(last - 29 * DAY);
      await at(last - 7 * DAY);
      await at(last - 1);
      expect((await tags('ending')).tags).not.toContainEqual({ key: 'gov.card', value: 'expired' });
      await at(last);
      await at(last + DAY);
      expect(of('ending')).toEqual([
        ...[
          ['card.expiring', 30],
          ['card.expiring', 7],
          ['card.expired', 0],
        ],
      ]);
      expect((await tags('ending')).tags).toContainEqual({ key: 'gov.card', value: 'expired' });
      const { body } = await supertest(server.app).get(
        '/api/governance/v1/audit?object_kind=model_version&object_id=ending/1',
      );
      const actions = JSON.stringify(body);
      expect(actions).toContain('model_version.card_expired');

      // A new card takes the flag away.
      const later = new Date(last + 300 * DAY).toISOString().slice(0, 10);
      await put('ending', cardOf('ending', `review_by: "${later}"\n`)).expect(200);
      await at(last + 2 * DAY);
      expect((await tags('ending')).tags).not.toContainEqual({ key: 'gov.card', value: 'expired' });
    });

    it('takes a version out of Production where its profile says so, and nowhere else', async () => {
      const review = new Date(Date.now() - 5 * DAY).toISOString().slice(0, 10);
      for (const name of ['leaving', 'staying']) {
        await register(name, `review_by: "${review}"\n`);
        await promote(name);
      }
      await at(Date.now() + 1_000);
      expect((await tags('leaving')).current_stage).toBe('Archived');
      expect((await tags('staying')).current_stage).toBe('Production');
      expect((await tags('staying')).tags).toContainEqual({ key: 'gov.card', value: 'expired' });
      expect(of('leaving')).toEqual([['card.expired', 0]]);
    });

    it('takes nothing out whose card, or the policy, is another one by then', async () => {
      const review = new Date(Date.now() - 5 * DAY).toISOString().slice(0, 10);
      await register('leaving-not', `review_by: "${review}"\n`);
      await promote('leaving-not');
      const put = (on_expiry: string) => () =>
        supertest(server.app)
          .put('/api/governance/v1/policy')
          .send({
            policy_yaml: `profiles: [{name: leaving, models: ['leaving*'], mode: enforce, card: {on_expiry: ${on_expiry}}}]`,
          })
          .expect(200)
          .then(() => undefined);
      await put('archive')();
      await at(Date.now() + 1_000, put('flag'));
      expect((await tags('leaving-not')).current_stage).toBe('Production');
      await put('archive')();
      await at(Date.now() + 2 * DAY);
      expect((await tags('leaving-not')).current_stage).toBe('Archived');
    });
  });
});
