import supertest from 'supertest';
import { beforeAll, describe, expect, it } from 'vitest';
import { forEachDatabase } from '../../testing/for-each-database.js';
import { FACE_CARD_YAML } from '../testing/cards.js';
import { type EvidenceServer, evidenceServer, MLMODEL } from '../testing/evidence-server.js';

const ROUNDS = 8;

const cardOf = (name: string, owner: string): string =>
  FACE_CARD_YAML.replace('FaceSentimentAnalyzer', name)
    .replace('2.4.0', '1')
    .replace('ai-vision-team', owner);

/** Two processes over one database. */
forEachDatabase((open) => {
  let one: EvidenceServer;
  let two: EvidenceServer;
  beforeAll(async () => {
    const database = await open();
    one = await evidenceServer(database, 'enforce');
    two = await evidenceServer(database, 'enforce');
  });

  const register = async (name: string) => {
    await one.post('registered-models/create', { name });
    const run = await one.run();
    await one.putFiles(run.artifact_uri, { 'model/MLmodel': MLMODEL });
    await one.version({ name, source: `${run.artifact_uri}/model`, run_id: run.run_id });
  };
  const put = (
    { app }: EvidenceServer,
    name: string,
    owner: string,
    headers: Record<string, string> = {},
  ) =>
    supertest(app)
      .put(`/api/governance/v1/models/${name}/versions/1/card`)
      .set({ 'Content-Type': 'application/yaml', ...headers })
      .send(cardOf(name, owner));
  const read = (name: string) => one.own(`${name}/versions/1/card`);
  const revisions = async (name: string): Promise<unknown[]> =>
    (await one.own(`${name}/versions/1/card/history`)).body.revisions;

  describe('two saves of a card at once', () => {
    it('from the same revision: exactly one is stored', async () => {
      await register('edited');
      await put(one, 'edited', 'first').expect(200);
      for (let round = 1; round <= ROUNDS; round += 1) {
        const from = { 'If-Match': (await read('edited')).headers.etag ?? '' };
        const answers = await Promise.all([
          put(one, 'edited', `ada-${round}`, from),
          put(two, 'edited', `vera-${round}`, from),
        ]);
        expect(answers.map(({ status }) => status).sort()).toEqual([200, 409]);
        const lost = answers.find(({ status }) => status === 409);
        expect(lost?.body).toEqual({
          error_code: 'RESOURCE_CONFLICT',
          message: 'The card is not the one that was edited any more: read it again.',
        });
        const won = answers.find(({ status }) => status === 200);
        const now = await read('edited');
        expect([now.body.card, now.headers.etag]).toEqual([won?.body.card, won?.headers.etag]);
        expect(await revisions('edited')).toHaveLength(round + 1);
      }
    });

    it('of a version without a card: exactly one is stored', async () => {
      for (let round = 1; round <= ROUNDS; round += 1) {
        const name = `bare-${round}`;
        await register(name);
        const none = { 'If-None-Match': '*' };
        const answers = await Promise.all([
          put(one, name, 'ada', none),
          put(two, name, 'vera', none),
        ]);
        expect(answers.map(({ status }) => status).sort()).toEqual([200, 409]);
        expect(await revisions(name)).toHaveLength(1);
      }
    });

    it('without a word of what was edited: both are stored', async () => {
      await register('free');
      const answers = await Promise.all([put(one, 'free', 'ada'), put(two, 'free', 'vera')]);
      expect(answers.map(({ status }) => status)).toEqual([200, 200]);
      expect(await revisions('free')).toHaveLength(2);
    });
  });

  describe('a save that names what it was edited from', () => {
    it('is refused where a tag has brought another card', async () => {
      await register('by-tag');
      const tag = (owner: string) =>
        one.post('model-versions/set-tag', {
          ...{ name: 'by-tag', version: '1', key: 'model_card', value: cardOf('by-tag', owner) },
        });
      await tag('first');
      const from = (await read('by-tag')).headers.etag ?? '';
      await tag('second');
      await put(one, 'by-tag', 'ada', { 'If-Match': from }).expect(409);
      expect((await read('by-tag')).body.card.owner).toBe('second');
    });

    it('may be sent again when its answer was lost', async () => {
      await register('again');
      const { etag = '' } = (await put(one, 'again', 'first')).headers;
      const first = await put(one, 'again', 'ada', { 'If-Match': etag }).expect(200);
      const second = await put(two, 'again', 'ada', { 'If-Match': etag }).expect(200);
      expect(second.body.revision).toBe(first.body.revision);
      expect(await revisions('again')).toHaveLength(2);
    });

    it('may name any card, several, and one that a proxy has packed', async () => {
      await register('lenient');
      await put(one, 'lenient', 'early', { 'If-Match': '*' }).expect(409);
      const { etag = '' } = (await put(one, 'lenient', 'first')).headers;
      await put(one, 'lenient', 'second', { 'If-Match': `"other", W/${etag}` }).expect(200);
      await put(one, 'lenient', 'third', { 'If-Match': '*' }).expect(200);
      await put(one, 'lenient', 'fourth', { 'If-None-Match': '*' }).expect(409);
    });

    it.each([
      { 'If-None-Match': '"sha256:1"' },
      { 'If-None-Match': '*', 'If-Match': '*' },
      { 'If-Match': '""' },
      { 'If-Match': '"a",,"b"' },
    ])('is refused where it can not be read: %j', async (headers) => {
      const name = `unread-${JSON.stringify(headers).replaceAll(/\W/g, '-')}`;
      await register(name);
      const answer = await put(one, name, 'ada', headers);
      expect([answer.status, answer.body.error_code]).toEqual([400, 'INVALID_PARAMETER_VALUE']);
      expect(await revisions(name)).toEqual([]);
    });
  });
});
