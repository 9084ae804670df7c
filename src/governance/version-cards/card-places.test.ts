import supertest from 'supertest';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Database } from '../../platform/db/database.js';
import { forEachDatabase } from '../../testing/for-each-database.js';
import { FACE_CARD_YAML } from '../testing/cards.js';
import { type EvidenceServer, evidenceServer, MLMODEL } from '../testing/evidence-server.js';

/** The card with a word of its own, to tell it from others. */
const cardOf = (name: string, mark: string): string =>
  FACE_CARD_YAML.replace('FaceSentimentAnalyzer', name)
    .replace('2.4.0', '1')
    .replace('ai-vision-team', mark);

const inFront = (yaml: string) => `---\n${yaml}---\n\n# A model\n`;
const asJson = (name: string, mark: string) =>
  JSON.stringify({
    ...{ name, version: '1', owner: mark, training_dataset: 'internal_video_dataset_v4' },
    intended_use: 'Analyzing user engagement in video calls.',
    limitations: 'Performance drops in low-light conditions.',
    fairness_metrics: { demographic_parity: 0.95 },
  });

forEachDatabase((open) => {
  let database: Database;
  let server: EvidenceServer;
  beforeAll(async () => {
    database = await open();
    server = await evidenceServer(database, 'enforce');
  });
  const create = (name: string) => server.post('registered-models/create', { name });
  const card = async (name: string) => (await server.own(`${name}/versions/1/card`)).body;

  describe('a card is found', () => {
    const files: [string, (name: string) => string][] = [
      ['MODEL_CARD.yaml', (name) => cardOf(name, 'here')],
      ['MODEL_CARD.yml', (name) => cardOf(name, 'here')],
      ['MODEL_CARD.json', (name) => asJson(name, 'here')],
      ['MODEL_CARD.md', (name) => inFront(cardOf(name, 'here'))],
      ['model_card.yaml', (name) => cardOf(name, 'here')],
      ['README.md', (name) => inFront(cardOf(name, 'here'))],
      ['artifacts/MODEL_CARD.yaml', (name) => cardOf(name, 'here')],
    ];
    it.each(files)('in the model folder as %s', async (path, text) => {
      const name = `in-${path.replaceAll(/\W/g, '-')}`;
      await create(name);
      const run = await server.run();
      await server.putFiles(run.artifact_uri, {
        ...{ 'model/MLmodel': MLMODEL, [`model/${path}`]: text(name) },
      });
      const source = `${run.artifact_uri}/model`;
      await server.version({ name, source, run_id: run.run_id });
      expect(await card(name)).toMatchObject({
        ...{ place: 'model_artifact', path, problems: [], card: { owner: 'here' } },
      });
    });

    it('in the folder of a logged model, also where it was attached later', async () => {
      await create('later');
      const run = await server.run();
      const made = await server.loggedModel(run.run_id, 'net', { MLmodel: MLMODEL });
      const source = `models:/${made.model_id}`;
      await server.version({ name: 'later', source, model_id: made.model_id });
      expect((await server.own('later/versions/1/card')).status).toBe(404);
      await server.putFiles(run.artifact_uri, { 'net/MODEL_CARD.yaml': cardOf('later', 'run') });
      expect(await card('later')).toMatchObject({ place: 'run_artifact', card: { owner: 'run' } });
      await server.putFiles(made.artifact_uri, { 'MODEL_CARD.yaml': cardOf('later', 'late') });
      expect(await card('later')).toMatchObject({
        ...{ place: 'model_artifact', card: { owner: 'late' }, problems: [] },
        conflicts: [{ place: 'run_artifact', differing: ['owner'] }],
      });
      const tag = { name: 'later', version: '1', key: 'model_card', value: cardOf('later', 'tag') };
      await server.post('model-versions/set-tag', tag);
      const { revisions } = (await server.own('later/versions/1/card/history')).body;
      expect(
        revisions.map((one: { revision: number; place: string }) => [one.revision, one.place]),
      ).toEqual([
        [3, 'tag'],
        [2, 'model_artifact'],
        [1, 'run_artifact'],
      ]);
      const { violations } = await server.evaluate('later', 1, 'Production');
      const reasons = violations.map(({ reason }: { reason: string }) => reason);
      expect(reasons).not.toContain('MODEL_CARD_REQUIRED');
      expect(await card('later')).toMatchObject({ place: 'tag', problems: [] });
    });

    it('in the metadata of MLmodel', async () => {
      await create('described');
      const run = await server.run();
      const inner = cardOf('described', 'meta').replaceAll(/^/gm, '    ').trimEnd();
      const mlmodel = `${MLMODEL}metadata:\n  model_card:\n${inner}\n`;
      await server.putFiles(run.artifact_uri, { 'model/MLmodel': mlmodel });
      const source = `${run.artifact_uri}/model`;
      await server.version({ name: 'described', source, run_id: run.run_id });
      expect(await card('described')).toMatchObject({ place: 'mlmodel', card: { owner: 'meta' } });
    });

    it.each([
      ['model/MODEL_CARD.yaml', 'net'],
      ['net/MODEL_CARD.yaml', 'net'],
      ['MODEL_CARD.yaml', 'net'],
    ])('among the artifacts of the run as %s', async (path, modelName) => {
      const name = `run-${path.replaceAll(/\W/g, '-')}`;
      await create(name);
      const run = await server.run();
      await server.putFiles(run.artifact_uri, { [path]: cardOf(name, 'run') });
      const made = await server.loggedModel(run.run_id, modelName, { MLmodel: MLMODEL });
      const source = `models:/${made.model_id}`;
      await server.version({ name, source, model_id: made.model_id, run_id: run.run_id });
      expect(await card(name)).toMatchObject({ place: 'run_artifact', path, problems: [] });
    });

    it('in a fenced block of the description', async () => {
      await create('told');
      const text = `What it is.\n\n\`\`\`yaml\n${cardOf('told', 'told')}\`\`\`\n`;
      const run = await server.run();
      await server.putFiles(run.artifact_uri, { 'model/MLmodel': MLMODEL });
      const source = `${run.artifact_uri}/model`;
      await server.version({ name: 'told', source, run_id: run.run_id, description: text });
      expect(await card('told')).toMatchObject({ place: 'description', card: { owner: 'told' } });
    });

    it('in the first of all six, and the others are reported where they differ', async () => {
      await create('all');
      const run = await server.run();
      const inner = cardOf('all', 'mlmodel').replaceAll(/^/gm, '    ').trimEnd();
      await server.putFiles(run.artifact_uri, {
        'model/MLmodel': `${MLMODEL}metadata:\n  model_card:\n${inner}\n`,
        'model/MODEL_CARD.yaml': cardOf('all', 'model_artifact'),
        'MODEL_CARD.yaml': cardOf('all', 'run_artifact'),
      });
      const description = `\`\`\`yaml\n${cardOf('all', 'description')}\`\`\`\n`;
      await server.version({
        ...{ name: 'all', source: `${run.artifact_uri}/model`, run_id: run.run_id, description },
        tags: [{ key: 'model_card', value: cardOf('all', 'tag') }],
      });
      expect(await card('all')).toMatchObject({ place: 'tag', card: { owner: 'tag' } });
      await supertest(server.app)
        .put('/api/governance/v1/models/all/versions/1/card')
        .set('Content-Type', 'application/yaml')
        .send(cardOf('all', 'endpoint'));
      const found = await card('all');
      expect(found).toMatchObject({ place: 'endpoint', card: { owner: 'endpoint' } });
      const places = found.conflicts.map(({ place }: { place: string }) => place);
      // The model lies below the run, so its card is found among the run's artifacts as well.
      expect([...new Set(places)]).toEqual([
        ...['tag', 'model_artifact', 'mlmodel', 'run_artifact', 'description'],
      ]);
      expect(found.conflicts[0].differing).toEqual(['owner']);
    });
  });

  it('is checked by the schema of its profile, which is served', async () => {
    const schema = {
      $schema: 'https://json-schema.org/draft/2020-12/schema',
      type: 'object',
      required: ['cost_centre'],
      properties: { cost_centre: { type: 'integer' } },
    };
    const policy = {
      profiles: [{ name: 'own', models: ['strict'], mode: 'enforce', card: { schema } }],
    };
    const given = await supertest(server.app)
      .put('/api/governance/v1/policy')
      .send({ policy_yaml: JSON.stringify(policy) });
    expect([given.status, given.body]).toEqual([200, expect.anything()]);
    await create('strict');
    const run = await server.run();
    await server.putFiles(run.artifact_uri, { 'model/MLmodel': MLMODEL });
    await server.version({
      ...{ name: 'strict', source: `${run.artifact_uri}/model`, run_id: run.run_id },
      tags: [{ key: 'model_card', value: cardOf('strict', 'x') }],
    });
    const { problems } = await card('strict');
    expect(JSON.stringify(problems)).toContain('cost_centre');
    const served = await supertest(server.app).get('/api/governance/v1/card-schema?model=strict');
    expect(served.body).toEqual(schema);
  });
});
