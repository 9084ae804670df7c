import supertest from 'supertest';
import { beforeAll, expect, it } from 'vitest';
import type { Database } from '../../platform/db/database.js';
import { forEachDatabase } from '../../testing/for-each-database.js';
import { type EvidenceServer, evidenceServer, MLMODEL } from '../testing/evidence-server.js';

/** Files of models where nothing is denied: what would be is written down, and counts later. */
forEachDatabase((open) => {
  let database: Database;
  let server: EvidenceServer;
  beforeAll(async () => {
    database = await open();
    server = await evidenceServer(database, 'observe');
  });

  const policy = (mode: string, more = '') =>
    supertest(server.app)
      .put('/api/governance/v1/policy')
      .send({ policy_yaml: `profiles: [{name: all, models: ['*'], mode: ${mode}${more}}]` })
      .expect(200);
  /** What would have been denied of an object, the newest first. */
  const told = async (action: string, object_id: string): Promise<string[][]> => {
    const { body } = await supertest(server.app)
      .get('/api/governance/v1/audit')
      .query({ action, object_id });
    return body.entries.map(
      ({ entry }: { entry: { after: Record<string, { reason: string }[]> } }) =>
        (entry.after.would_deny ?? entry.after.reasons ?? []).map(({ reason }) => reason),
    );
  };
  const made = async (name: string) => {
    await server.post('registered-models/create', { name });
    const run = await server.run();
    await server.putFiles(run.artifact_uri, { 'model/MLmodel': MLMODEL, 'model/w': 'one' });
    const source = `${run.artifact_uri}/model`;
    await server.version({ name, source, run_id: run.run_id });
    return server.placeOf(source);
  };
  const promote = (name: string) =>
    server.post('model-versions/transition-stage', {
      ...{ name, version: '1', stage: 'Production', archive_existing_versions: false },
    });

  it('tells of each change of files that were registered, and that they are others', async () => {
    await policy('observe');
    const place = await made('watched');
    expect(await server.upload(`${place}/w`, 'two')).toBe(200);
    expect(await told('governance.artifact', 'watched/1')).toEqual([['ARTIFACT_FROZEN']]);
    expect(await server.upload(`${place}/MODEL_CARD.yaml`, 'name: watched')).toBe(200);
    const remove = supertest(server.app).delete(`/api/2.0/mlflow-artifacts/artifacts/${place}/w`);
    expect((await remove).status).toBe(200);
    expect(await told('governance.artifact', 'watched/1')).toHaveLength(2);
    await promote('watched');
    const [reasons] = await told('governance.decide', 'watched/1');
    expect(reasons).toContain('ARTIFACT_TAMPERED');
  });

  it('tells who asked for the newest of all versions, and who was refused it', async () => {
    await policy('observe');
    await made('newest');
    const latest = () =>
      supertest(server.app)
        .post('/api/2.0/mlflow/registered-models/get-latest-versions')
        .send({ name: 'newest' });
    expect((await latest()).status).toBe(200);
    expect(await told('governance.latest', 'newest')).toEqual([]);
    for (const [mode, status] of Object.entries({ observe: 200, enforce: 400, compat: 200 })) {
      await policy(mode, ', serving: {deny_latest: true}');
      expect([mode, (await latest()).status]).toEqual([mode, status]);
    }
    const reasons = await told('governance.latest', 'newest');
    expect(reasons).toEqual([['LATEST_NOT_ALLOWED'], ['LATEST_NOT_ALLOWED']]);
  });

  it('refuses them as soon as the profile does, whenever the version was registered', async () => {
    await policy('observe');
    const place = await made('caught');
    await policy('enforce');
    const refused = await supertest(server.app)
      .put(`/api/2.0/mlflow-artifacts/artifacts/${place}/w`)
      .set('Content-Type', 'application/octet-stream')
      .send('two');
    expect([refused.status, refused.body.error_class]).toEqual([403, 'ARTIFACT_FROZEN']);
    const [info, failure] = refused.body.details;
    expect([info.reason, failure.violations[0].type]).toEqual(Array(2).fill('ARTIFACT_FROZEN'));
    expect(await told('governance.artifact', 'caught/1')).toEqual([['ARTIFACT_FROZEN']]);
    await policy('compat');
    expect(await server.upload(`${place}/w`, 'two')).toBe(200);
  });
});
