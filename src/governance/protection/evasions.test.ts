import { beforeAll, beforeEach, expect, it } from 'vitest';
import type { Database } from '../../platform/db/database.js';
import { forEachDatabase } from '../../testing/for-each-database.js';
import {
  makePeople,
  OCTETS,
  type ProductionModel,
  productionModel,
  type SignedInServer,
  type Somebody,
  signedInServer,
} from '../testing/production-fixture.js';

forEachDatabase((open) => {
  let database: Database;
  let server: SignedInServer;
  let made: ProductionModel;
  let count = 0;

  beforeAll(async () => {
    database = await open();
    await makePeople(database);
  });
  beforeEach(async () => {
    server = await signedInServer(database);
    made = await productionModel(server, `evaded-${++count}`);
  });

  const stages = async () => {
    const found = await Promise.all(
      ['1', '2'].map((version) =>
        server.as('ds', `/api/2.0/mlflow/model-versions/get?name=${made.name}&version=${version}`),
      ),
    );
    // biome-ignore lint/suspicious/noExplicitAny: an answer of the wire
    return found.map(({ json }) => (json as any).model_version.current_stage);
  };

  const endOf = (answer: { status: number; json: Record<string, unknown>; body: string }) => {
    const { status: code, json } = answer;
    if (code === 200) return 'free';
    if (code === 400 && json.error_code === 'RESOURCE_ALREADY_EXISTS') return 'taken';
    if (json.error_class === 'PERMISSION_DENIED') return 'not his';
    return json.error_class ?? answer.body;
  };

  const move = (who: Somebody, version: string, stage: string, archive = false) =>
    server.send(who, 'model-versions/transition-stage', {
      ...{ name: made.name, version, stage, archive_existing_versions: archive },
    });
  const alias = (who: Somebody, version: string, name: string) =>
    server.send(who, 'registered-models/alias', { name: made.name, version, alias: name });

  it('takes no spelling of Production for another stage', async () => {
    for (const stage of ['production', 'PRODUCTION', 'pRoDuCtIoN']) {
      expect([stage, endOf(await move('ds', '2', stage))]).toEqual([stage, 'APPROVAL_REQUIRED']);
    }
    for (const stage of [
      ...[' Production', 'Production ', 'Production\u200b', 'Production\u0000', ''],
      ...['\uff30roduction', 'Pr\u043eduction', 'Produc\u0301tion', 'Production,Staging'],
    ]) {
      const { status, json } = await move('ds', '2', stage);
      expect([stage, status, json.error_code]).toEqual([stage, 400, 'INVALID_PARAMETER_VALUE']);
    }
    expect(await stages()).toEqual(['Production', 'None']);
  });

  it('takes an alias for what it looks like', async () => {
    for (const name of [
      ...['CHAMPION', 'cHampion', 'Prod', '\uff23hampion', 'ch\u00e1mpion', 'L\u0130VE'],
      'product\u0131on',
    ]) {
      expect([name, endOf(await alias('ds', '2', name))]).toEqual([name, 'APPROVAL_REQUIRED']);
    }
    expect((await alias('ds', '2', 'champion2')).status).toBe(200);
  });

  it('gives a copy nothing of what its original was approved for', async () => {
    const name = `${made.name}-copy`;
    await server.ok('ds', 'registered-models/create', { name });
    const source = `models:/${made.name}/1`;
    const { model_version } = await server.ok('ds', 'model-versions/create', { name, source });
    expect(model_version).toMatchObject({ current_stage: 'None' });
    expect(model_version.aliases ?? []).toEqual([]);
    const wish = { name, version: '1', stage: 'Production', archive_existing_versions: false };
    const answer = await server.send('ds', 'model-versions/transition-stage', wish);
    expect(endOf(answer)).toBe('APPROVAL_REQUIRED');
    const proposal = { name: made.name, source, tags: [{ key: 'gov.status', value: 'good' }] };
    expect(endOf(await server.send('ds', 'model-versions/create', proposal))).toBe('RESERVED_TAG');
  });

  it('gives a model of a name that was used before nothing of what that had', async () => {
    await server.ok(
      'admin',
      'registered-models/alias',
      { name: made.name, alias: 'champion' },
      'DELETE',
    );
    await server.ok('lead', 'model-versions/transition-stage', {
      ...{ name: made.name, version: '1', stage: 'Archived', archive_existing_versions: false },
    });
    expect(
      (await server.send('ds', 'registered-models/delete', { name: made.name }, 'DELETE')).status,
    ).toBe(200);
    await server.ok('other', 'registered-models/create', { name: made.name });
    await server.ok('other', 'model-versions/create', { name: made.name, source: 's3://b/m' });
    expect(endOf(await move('other', '1', 'Production'))).toBe('APPROVAL_REQUIRED');
    const history = await server.as(
      'admin',
      `/api/2.0/mlflow/model-versions/get?name=${made.name}&version=1`,
    );
    expect(history.json).toMatchObject({ model_version: { current_stage: 'None' } });
    // What was is still to be read, and which model it was of.
    const audit = await server.as(
      'admin',
      `/api/governance/v1/audit?object_kind=model_version&object_id=${made.name}/1`,
    );
    const actions = (audit.json.entries as { entry: { action: string } }[]).map(
      ({ entry }) => entry.action,
    );
    expect(actions.filter((action) => action === 'model_version.create')).toHaveLength(2);
  });

  it('brings back nothing that another model of the same name had approved', async () => {
    const { name } = made;
    for (const who of ['ds', 'lead'] as const) await move(who, '2', 'Production', true);
    expect(await stages()).toEqual(['Archived', 'Production']);
    await server.ok('admin', 'registered-models/alias', { name, alias: 'champion' }, 'DELETE');
    await move('lead', '2', 'None');
    expect(await stages()).not.toContain('Production');
    await server.ok('ds', 'registered-models/delete', { name }, 'DELETE');
    await server.ok('ds', 'registered-models/create', { name });
    for (const _ of ['1', '2']) {
      await server.ok('ds', 'model-versions/create', { name, source: 's3://b/m' });
    }
    for (const who of ['ds', 'lead'] as const) await move(who, '2', 'Production');
    expect((await move('ds', '1', 'Archived')).status).toBe(200);
    expect((await move('lead', '2', 'Archived')).status).toBe(200);
    // The first version of the model before was good once; this one never was.
    expect(await stages()).toEqual(['Archived', 'Archived']);
  });

  it('lets who made a model, or manages it, promote nothing, nor give himself the right', async () => {
    for (const [who, permission] of [
      ['other', 'MANAGE'],
      ['ds', 'MANAGE'],
    ] as const) {
      await server.send('ds', 'registered-models/permissions/create', {
        ...{ name: made.name, username: who, permission },
      });
      expect(endOf(await move(who, '2', 'Production'))).toBe('APPROVAL_REQUIRED');
      expect(endOf(await move(who, '1', 'Archived'))).toBe('STAGE_ROLE_REQUIRED');
      expect(endOf(await alias(who, '2', 'champion'))).toBe('APPROVAL_REQUIRED');
    }
    expect(await stages()).toEqual(['Production', 'None']);
  });

  it('lets nobody empty Production by a stage that he may fill', async () => {
    expect((await move('ds', '2', 'Staging', true)).status).toBe(200);
    expect(await stages()).toEqual(['Production', 'Staging']);
    expect(endOf(await move('ds', '2', 'Production', true))).toBe('APPROVAL_REQUIRED');
    expect(await stages()).toEqual(['Production', 'Staging']);
    for (const stage of ['None', 'Staging', 'Archived']) {
      expect(endOf(await move('ds', '1', stage))).toBe('STAGE_ROLE_REQUIRED');
    }
  });

  it('knows frozen files by every spelling of their path', async () => {
    const { artifact_path: path } = made.first;
    const folder = path.slice(0, -'/model.bin'.length);
    for (const spelling of [
      path,
      `${folder}/model%2Ebin`,
      `${folder}//model.bin`,
      `${folder}/./model.bin`,
      `${folder}/x/../model.bin`,
      `${folder}/x/%2e%2e/model.bin`,
      path.replaceAll('/', '%2F'),
      `${folder}/added.bin`,
      `${folder}/model.bin/deeper`,
    ]) {
      for (const prefix of ['/api', '/ajax-api']) {
        const url = `${prefix}/2.0/mlflow-artifacts/artifacts/${spelling}`;
        const put = await server.as('ds', url, { method: 'PUT', body: 'x', headers: OCTETS });
        const removed = await server.as('ds', url, { method: 'DELETE' });
        // Another spelling is refused as no path at all, if it is not known for what it is.
        expect([spelling, put.status >= 400, removed.status >= 400]).toEqual([
          spelling,
          true,
          true,
        ]);
        expect(put.status).toBeLessThan(500);
      }
    }
    const above = await server.as(
      'ds',
      `/api/2.0/mlflow-artifacts/artifacts/${made.experiment_id}`,
      {
        method: 'DELETE',
      },
    );
    expect(endOf(above)).toBe('ARTIFACT_FROZEN');
    const file = await server.as('ds', `/api/2.0/mlflow-artifacts/artifacts/${path}`);
    expect(file.body).toBe('first');
  });
});
