import supertest from 'supertest';
import { beforeAll, describe, expect, it } from 'vitest';
import { createApp } from '../../app.js';
import { AuditStore } from '../../audit/audit.store.js';
import { toConfig } from '../../platform/config/config.js';
import type { Database } from '../../platform/db/database.js';
import { createLog } from '../../platform/log.js';
import { forEachDatabase } from '../../testing/for-each-database.js';
import { newFolder } from '../../testing/new-folder.js';

const KEPT = { error_code: 'PERMISSION_DENIED', error_class: 'DELETE_PROTECTED' };

forEachDatabase((open) => {
  let database: Database;
  let count = 0;
  beforeAll(async () => {
    database = await open();
  });

  async function serverIn(governance: string, governancePolicy?: string) {
    const raw = { artifactsDestination: newFolder(), governance };
    const policy = governancePolicy === undefined ? {} : { governancePolicy };
    const app = await createApp(toConfig({ ...raw, ...policy }), database, createLog('silent'));
    const send = async (path: string, body: object, method: 'post' | 'delete' = 'post') => {
      const { status, body: answer } = await supertest(app)
        [method](`/api/2.0/mlflow/${path}`)
        .send(body);
      return { status, answer };
    };
    const ok = async (path: string, body: object) => {
      const { status, answer } = await send(path, body);
      expect([status, answer]).toEqual([200, expect.anything()]);
      return answer;
    };
    return { send, ok };
  }

  type Server = Awaited<ReturnType<typeof serverIn>>;

  /** An experiment, a run, a logged model of it, and a registered version of that. */
  async function made({ ok }: Server) {
    const name = `kept ${++count}`;
    const { experiment_id } = await ok('experiments/create', { name });
    const { run } = await ok('runs/create', { experiment_id });
    const { run_id } = run.info;
    const { model } = await ok('logged-models', {
      experiment_id,
      name: 'm',
      source_run_id: run_id,
    });
    const { model_id } = model.info;
    await ok('registered-models/create', { name });
    const source = `models:/${model_id}`;
    await ok('model-versions/create', { name, source, model_id, run_id });
    return { name, experiment_id, run_id, model_id };
  }

  type Made = Awaited<ReturnType<typeof made>>;

  const stage = ({ ok }: Server, { name }: Made, to: string) =>
    ok('model-versions/transition-stage', {
      ...{ name, version: '1', stage: to },
      archive_existing_versions: false,
    });

  /** Everything that takes away something that the version is made of. */
  const deletions = ({ send }: Server, { name, experiment_id, run_id, model_id }: Made) => ({
    tag: () => send(`logged-models/${model_id}/tags/mlflow.modelVersions`, {}, 'delete'),
    loggedModel: () => send(`logged-models/${model_id}`, {}, 'delete'),
    run: () => send('runs/delete', { run_id }),
    experiment: () => send('experiments/delete', { experiment_id }),
    version: () => send('model-versions/delete', { name, version: '1' }, 'delete'),
    model: () => send('registered-models/delete', { name }, 'delete'),
  });

  const actionsOf = async (object_kind: string, object_id: string) => {
    const nothing = { actor: undefined, action: undefined, decision: undefined };
    const always = { request_id: undefined, from: undefined, to: undefined };
    const asked = { ...nothing, ...always, object_kind, object_id };
    const { rows } = await new AuditStore(database).page(asked, 50, undefined);
    return rows.map(({ action, decision }) => `${action} ${decision}`);
  };

  describe('in enforce', () => {
    it('keeps the run whose files a version is, however long the name of their place', async () => {
      const server = await serverIn('enforce');
      const { ok, send } = server;
      const name = `far ${++count}`;
      const artifact_location = `s3://bucket/${'far/'.repeat(200)}${count}`;
      const { experiment_id } = await ok('experiments/create', { name, artifact_location });
      const { run } = await ok('runs/create', { experiment_id });
      const { run_id, artifact_uri } = run.info;
      await ok('registered-models/create', { name });
      // Without the id of the run, which the version is only known to be made of by its place.
      await ok('model-versions/create', { name, source: `${artifact_uri}/model` });
      const transition = { name, version: '1', archive_existing_versions: false };
      await ok('model-versions/transition-stage', { ...transition, stage: 'Staging' });
      expect((await send('runs/delete', { run_id })).answer).toMatchObject(KEPT);
      await ok('model-versions/transition-stage', { ...transition, stage: 'Archived' });
      await ok('runs/delete', { run_id });
    });

    it('nothing goes that a version in use rests on, and all of it once it is archived', async () => {
      const server = await serverIn('enforce');
      const own = await made(server);
      await stage(server, own, 'Staging');
      for (const [what, remove] of Object.entries(deletions(server, own))) {
        const { status, answer } = await remove();
        expect([what, status, answer]).toEqual([what, 403, expect.objectContaining(KEPT)]);
        expect(answer.message).toContain('client.transition_model_version_stage("kept');
      }
      expect(await actionsOf('run', own.run_id)).toEqual(['governance.deletion denied']);
      await stage(server, own, 'Archived');
      for (const [what, remove] of Object.entries(deletions(server, own))) {
        expect([what, (await remove()).status]).toEqual([what, 200]);
      }
    });

    it('an alias that is protected keeps as a stage does', async () => {
      const server = await serverIn('enforce');
      const own = await made(server);
      const alias = { name: own.name, alias: 'Challenger', version: '1' };
      await server.ok('registered-models/alias', alias);
      expect((await deletions(server, own).run()).status).toBe(403);
      await server.send('registered-models/alias', alias, 'delete');
      expect((await deletions(server, own).run()).status).toBe(200);
    });

    it('params are closed once a version has left stage None, but for what is there', async () => {
      const server = await serverIn('enforce');
      const own = await made(server);
      const { run_id, model_id } = own;
      const param = (key: string) => server.send('runs/log-parameter', { run_id, key, value: '1' });
      const batch = (...keys: string[]) => {
        const params = keys.map((key) => ({ key, value: '1' }));
        const metrics = [{ key: keys.join('.'), value: 1, timestamp: 1, step: 0 }];
        return server.send('runs/log-batch', { run_id, params, metrics });
      };
      expect((await param('lr')).status).toBe(200);
      await stage(server, own, 'Staging');
      for (const answer of [
        await param('depth'),
        await batch('lr', 'width'),
        await server.send(`logged-models/${model_id}/params`, {
          ...{ model_id, params: [{ key: 'depth', value: '1' }] },
        }),
      ]) {
        expect(answer.answer.message).toContain('left stage None');
        expect(answer).toMatchObject({
          status: 400,
          answer: { error_code: 'INVALID_STATE', error_class: 'HYPERPARAMETERS_UNTRACKED' },
        });
      }
      // What was logged before may come again, and metrics are open.
      expect([(await param('lr')).status, (await batch('lr')).status]).toEqual([200, 200]);
      await stage(server, own, 'Archived');
      expect((await param('depth')).status).toBe(400);
    });

    it('a run of which nothing was promoted takes params and goes', async () => {
      const server = await serverIn('enforce');
      const own = await made(server);
      const { run_id } = own;
      const param = { run_id, key: 'lr', value: '1' };
      expect((await server.send('runs/log-parameter', param)).status).toBe(200);
      expect((await deletions(server, own).run()).status).toBe(200);
    });
  });

  it('in observe all goes, and what enforce would have denied is written down', async () => {
    const server = await serverIn('observe');
    const own = await made(server);
    await stage(server, own, 'Production');
    const { run_id } = own;
    await server.ok('runs/log-parameter', { run_id, key: 'late', value: '1' });
    for (const [what, remove] of Object.entries(deletions(server, own)).slice(0, 4)) {
      expect([what, (await remove()).status]).toEqual([what, 200]);
    }
    expect((await actionsOf('run', run_id)).sort()).toEqual([
      'governance.deletion allowed',
      'governance.params allowed',
      'run.delete allowed',
    ]);
  });

  it('in compat nothing is asked and nothing is written down', async () => {
    const server = await serverIn('compat');
    const own = await made(server);
    await stage(server, own, 'Production');
    const { run_id } = own;
    await server.ok('runs/log-parameter', { run_id, key: 'late', value: '1' });
    for (const [what, remove] of Object.entries(deletions(server, own))) {
      expect([what, (await remove()).status]).toEqual([what, 200]);
    }
    expect(await actionsOf('run', run_id)).toEqual(['run.delete allowed']);
  });
});
