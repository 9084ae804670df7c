import supertest from 'supertest';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Database } from '../../platform/db/database.js';
import { forEachDatabase } from '../../testing/for-each-database.js';
import { type EvidenceServer, evidenceServer, MLMODEL } from '../testing/evidence-server.js';

const POLICY = `profiles:
  - name: candidates
    models: ['candidate']
    mode: enforce
    semver: {prerelease_until: Staging}
  - name: pinned
    models: ['pinned*']
    mode: enforce
    serving: {deny_latest: true}
  - name: rest
    models: ['*']
    mode: enforce
`;

forEachDatabase((open) => {
  let database: Database;
  let server: EvidenceServer;
  beforeAll(async () => {
    database = await open();
    server = await evidenceServer(database, 'enforce');
    const given = await supertest(server.app)
      .put('/api/governance/v1/policy')
      .send({ policy_yaml: POLICY });
    expect(given.status).toBe(200);
  });

  /** Registers a model of these weights. */
  const register = async (
    name: string,
    weights: string,
    tags: Record<string, string> = {},
    mlmodel = MLMODEL,
  ) => {
    const run = await server.run({ params: { weights } });
    await server.putFiles(run.artifact_uri, { 'model/MLmodel': mlmodel, 'model/w.bin': weights });
    return supertest(server.app)
      .post('/api/2.0/mlflow/model-versions/create')
      .send({
        ...{ name, source: `${run.artifact_uri}/model`, run_id: run.run_id },
        tags: Object.entries(tags).map(([key, value]) => ({ key, value })),
      });
  };
  const tagsOf = async (name: string, version: number): Promise<Record<string, string>> => {
    const { body } = await supertest(server.app)
      .get('/api/2.0/mlflow/model-versions/get')
      .query({ name, version: String(version) });
    const tags: { key: string; value: string }[] = body.model_version.tags ?? [];
    return Object.fromEntries(tags.map(({ key, value }) => [key, value]));
  };
  const latest = (name: string, stages?: string[]) =>
    supertest(server.app)
      .post('/api/2.0/mlflow/registered-models/get-latest-versions')
      .send({ name, ...(stages === undefined ? {} : { stages }) });
  const semver = async (name: string, version: number) =>
    (await server.own(`${name}/versions/${version}/semver`)).body;

  describe('numbers', () => {
    it('that cannot be are refused before there is a version', async () => {
      await server.post('registered-models/create', { name: 'proposed' });
      expect((await register('proposed', 'a', { semver: '1.4.0' })).status).toBe(200);
      const cases: [Record<string, string>, string][] = [
        [{ semver: 'v2' }, 'SEMVER_INVALID'],
        [{ semver: '1.4.0' }, 'SEMVER_NOT_GREATER'],
        [{ semver: '1.3.9' }, 'SEMVER_NOT_GREATER'],
        [{ semver: '9.0.0', 'semver.base': '8.0.0' }, 'SEMVER_INVALID'],
        [{ 'semver.base': '8.0.0' }, 'SEMVER_INVALID'],
        [{ semver: '1.9007199254740991.0' }, 'SEMVER_INVALID'],
      ];
      for (const [tags, reason] of cases) {
        const { status, body } = await register('proposed', 'b', tags);
        expect([status, body.error_code, body.error_class]).toEqual([
          ...[400, 'INVALID_PARAMETER_VALUE', reason],
        ]);
        expect(body.message).toContain('client.create_model_version');
        expect(body.details[0].reason).toBe(reason);
      }
      expect((await server.own('proposed/versions/2/semver')).status).toBe(404);
    });

    it('that are too small a step for what changed are refused before there is a version', async () => {
      await server.post('registered-models/create', { name: 'stepped' });
      expect((await register('stepped', 'a')).status).toBe(200);
      const other = MLMODEL.replace('"x"', '"y"');
      const small = await register('stepped', 'b', { semver: '1.0.1' });
      expect([small.status, small.body.error_code, small.body.error_class]).toEqual([
        ...[400, 'INVALID_PARAMETER_VALUE', 'SEMVER_NOT_GREATER'],
      ]);
      expect(small.body.message).toContain('has to be 1.1.0 at least');
      // What a file proposes counts as what a tag does.
      const proposing = `${other}metadata: {semver: 1.9.0}\n`;
      const inFile = await register('stepped', 'c', {}, proposing);
      expect(inFile.body.message).toContain('has to be 2.0.0 at least');
      const invalid = await register('stepped', 'c', {}, `${other}metadata: {semver: "v2"}\n`);
      expect([invalid.status, invalid.body.error_class]).toEqual([400, 'SEMVER_INVALID']);
      const number = await register('stepped', 'c', {}, `${other}metadata: {semver: 2.0}\n`);
      expect([number.status, number.body.error_class]).toEqual([400, 'SEMVER_INVALID']);
      expect((await server.own('stepped/versions/2/semver')).status).toBe(404);

      const large = await register('stepped', 'b', { semver: '1.5.0' });
      expect([large.status, large.body.model_version.status]).toEqual([200, 'READY']);
      expect(await tagsOf('stepped', 2)).toMatchObject({ semver: '1.5.0' });
      const patched = MLMODEL.replace('signature', 'utc_time_created: "2026-01-01"\nsignature');
      const packed = await register('stepped', 'b', { semver: '1.5.1' }, patched);
      expect([packed.status, await tagsOf('stepped', 3)]).toEqual([200, { semver: '1.5.1' }]);
    });

    it('that are too small a step are refused where there is nothing to read, too', async () => {
      await server.post('registered-models/create', { name: 'unread' });
      const { run_id, artifact_uri } = await server.run();
      const sources = [
        { source: 's3://elsewhere/model' },
        { source: `${artifact_uri}/none`, run_id },
      ];
      for (const [index, source] of sources.entries()) {
        await server.version({ name: 'unread', ...source });
        const { status, body } = await supertest(server.app)
          .post('/api/2.0/mlflow/model-versions/create')
          .send({ name: 'unread', ...source, tags: [{ key: 'semver', value: `1.${index}.1` }] });
        expect([status, body.error_class]).toEqual([400, 'SEMVER_NOT_GREATER']);
      }
    });

    it('that were refused keep a version from what serves', async () => {
      await server.post('registered-models/create', { name: 'refused' });
      await register('refused', 'a', { semver: '2.0.0' });
      await register('refused', 'b');
      // As where its files take too long to be read.
      await database.write((tx) =>
        tx.run({
          sql:
            "update model_versions set status = 'FAILED_REGISTRATION', status_message = ? " +
            'where version = 2 and model = (select id from registered_models where name = ?)',
          bindings: ['SEMVER_NOT_GREATER: 2.0.1 is too small a step.', 'refused'],
        }),
      );
      const { violations } = await server.evaluate('refused', 2, 'Production');
      expect(violations).toContainEqual(
        expect.objectContaining({
          reason: 'SEMVER_NOT_GREATER',
          message: 'The registration has failed. 2.0.1 is too small a step.',
          remedy: expect.stringContaining('client.create_model_version'),
        }),
      );
      const others = (await server.evaluate('refused', 1, 'Production')).violations;
      expect(JSON.stringify(others)).not.toContain('SEMVER');
    });

    it('count from a branch where a hot-fix names it, and tell why', async () => {
      await server.post('registered-models/create', { name: 'branched' });
      await register('branched', 'a');
      await register('branched', 'b');
      const other = MLMODEL.replace('"x"', '"y"');
      await register('branched', 'c', {}, other);
      await register('branched', 'd', { 'semver.base': '1.1.0' });
      const packed = MLMODEL.replace('signature', 'utc_time_created: "2026-01-01"\nsignature');
      await register('branched', 'd', { 'semver.base': '1.2.0' }, packed);
      const numbers = await Promise.all(
        [1, 2, 3, 4, 5].map(async (version) => {
          const { semver: number, base, reasons } = await semver('branched', version);
          return [number, base, reasons[0].code];
        }),
      );
      expect(numbers).toEqual([
        ['1.0.0', undefined, 'first'],
        ['1.1.0', '1.0.0', 'retrained'],
        ['2.0.0', '1.1.0', 'signature'],
        ['1.2.0', '1.1.0', 'retrained'],
        ['1.2.1', '1.2.0', 'packaging'],
      ]);
    });

    it('of a version that is copied stay behind, as all does that the server wrote of it', async () => {
      await server.post('registered-models/create', { name: 'origin' });
      await server.post('registered-models/create', { name: 'copied' });
      await register('origin', 'a', { semver: '3.1.0', team: 'faces' });
      await register('origin', 'a');
      const { body } = await supertest(server.app)
        .get('/api/2.0/mlflow/model-versions/get')
        .query({ name: 'origin', version: '2' });
      expect(body.model_version.tags).toEqual([{ key: 'gov.duplicate_of', value: '1' }]);
      const copy = (version: number, tags: object[]) =>
        supertest(server.app)
          .post('/api/2.0/mlflow/model-versions/create')
          .send({ name: 'copied', source: `models:/origin/${version}`, tags });
      const first = await copy(1, [
        { key: 'semver', value: '3.1.0' },
        { key: 'team', value: 'faces' },
      ]);
      expect([first.status, first.body.model_version.status]).toEqual([200, 'READY']);
      expect(await tagsOf('copied', 1)).toEqual({ semver: '1.0.0', team: 'faces' });
      expect((await copy(2, body.model_version.tags)).status).toBe(200);
      // Nobody writes one of his own by it.
      const forged = await copy(2, [{ key: 'gov.status', value: 'fine' }]);
      expect([forged.status, forged.body.error_class]).toEqual([403, 'RESERVED_TAG']);
    });

    it('are not given to the same files again, whichever version had them first', async () => {
      await server.post('registered-models/create', { name: 'same' });
      for (const weights of ['a', 'b', 'a']) await register('same', weights);
      expect(await tagsOf('same', 3)).toMatchObject({ 'gov.duplicate_of': '1' });
      expect(await tagsOf('same', 3)).not.toHaveProperty('semver');
      expect(await semver('same', 3)).toMatchObject({
        ...{ duplicate_of: '1', reasons: [{ code: 'duplicate' }] },
      });
      expect((await latest('same', ['1.0.0'])).body.model_versions[0].version).toBe('1');
    });

    it('lose their candidate at the stage that the profile names', async () => {
      await server.post('registered-models/create', { name: 'candidate' });
      await register('candidate', 'a');
      await register('candidate', 'b');
      expect([await tagsOf('candidate', 1), await tagsOf('candidate', 2)]).toEqual([
        { semver: '1.0.0-rc.1' },
        { semver: '1.0.0-rc.2' },
      ]);
      await server.post('model-versions/transition-stage', {
        ...{ name: 'candidate', version: '2', stage: 'Staging', archive_existing_versions: false },
      });
      expect(await tagsOf('candidate', 2)).toEqual({ semver: '1.0.0' });
      expect((await semver('candidate', 2)).note).toContain('1.0.0-rc.2 until it reached Staging');
    });
  });

  describe('selectors', () => {
    const move = (name: string, version: number, stage: string) =>
      // Without evidence the gate would not let it in.
      database.write((tx) =>
        tx.run({
          sql:
            'update model_versions set current_stage = ? where version = ? and model = ' +
            '(select id from registered_models where name = ?)',
          bindings: [stage, version, name],
        }),
      );

    it('choose among what serves and what is approved', async () => {
      await server.post('registered-models/create', { name: 'ranged' });
      for (const weights of ['a', 'b', 'c', 'd']) await register('ranged', weights);
      const chosen = async (text: string) => {
        const { status, body } = await latest('ranged', [text]);
        return status === 200 ? body.model_versions[0].version : body.error_class;
      };
      expect(await chosen('^1.0')).toBe('NO_MATCHING_VERSION');
      await move('ranged', 1, 'Production');
      expect(await chosen('^1.0')).toBe('1');
      await database.write(async (tx) => {
        for (const [version, target] of [
          [2, 'Production'],
          [3, 'Staging'],
        ]) {
          await tx.run({
            sql:
              'insert into promotion_requests (request_id, model, version, target, creator, ' +
              'comment, status, creation_timestamp, expiration_timestamp, ' +
              "last_updated_timestamp) select ?, id, ?, ?, 'ds', '', 'approved', 1, 2, 1 " +
              "from registered_models where name = 'ranged'",
            bindings: [`ranged-${version}`, version ?? 0, target ?? ''],
          });
        }
      });
      expect(await chosen('^1.0')).toBe('2');
      expect(await chosen('1.x')).toBe('2');
      expect(await chosen('~1.0')).toBe('1');
      expect(await chosen('1.3.0')).toBe('4');
      await move('ranged', 2, 'Archived');
      expect(await chosen('^1.0')).toBe('1');
      expect(await chosen('^3')).toBe('NO_MATCHING_VERSION');
    });

    it('are not the newest version where a profile forbids it', async () => {
      await server.post('registered-models/create', { name: 'pinned' });
      await register('pinned', 'a');
      const refused = await latest('pinned');
      expect([refused.status, refused.body.error_code, refused.body.error_class]).toEqual([
        ...[400, 'INVALID_STATE', 'LATEST_NOT_ALLOWED'],
      ]);
      const byAlias = await supertest(server.app)
        .get('/api/2.0/mlflow/registered-models/alias')
        .query({ name: 'pinned', alias: 'latest' });
      expect(byAlias.body.error_class).toBe('LATEST_NOT_ALLOWED');
      expect((await latest('pinned', ['1.0.0'])).status).toBe(200);
    });
  });
});
