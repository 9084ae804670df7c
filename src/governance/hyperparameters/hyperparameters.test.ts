import { beforeAll, describe, expect, it } from 'vitest';
import type { Database } from '../../platform/db/database.js';
import { forEachDatabase } from '../../testing/for-each-database.js';
import {
  COMMIT,
  type EvidenceServer,
  evidenceServer,
  MLMODEL,
} from '../testing/evidence-server.js';

interface Listed {
  readonly versions: { readonly version: number }[];
  readonly diffs: { readonly from: number; readonly to: number }[];
  readonly next_page_token?: string;
  readonly unregistered_variants: { readonly run_id: string; readonly model_id?: string }[];
  readonly next_variants_token?: string;
}

forEachDatabase((open) => {
  let database: Database;
  let server: EvidenceServer;
  beforeAll(async () => {
    database = await open();
    server = await evidenceServer(database, 'observe');
  });
  const list = async (path: string): Promise<Listed> => {
    const { status, body } = await server.own(path);
    expect([status, body]).toEqual([200, expect.anything()]);
    return body;
  };

  describe('hyper-parameters', () => {
    it('are compared from version to version, page by page, as they are now', async () => {
      const s = server;
      await s.post('registered-models/create', { name: 'tuned' });
      for (const lr of ['0.1', '0.2', '0.2', '0.3']) {
        const run = await s.run({ params: { lr }, tags: { 'mlflow.source.git.commit': COMMIT } });
        await s.putFiles(run.artifact_uri, { 'model/MLmodel': MLMODEL, 'model/w.bin': 'w' });
        const source = `${run.artifact_uri}/model`;
        await s.version({ name: 'tuned', source, run_id: run.run_id });
        // Scripts register a model and go on to log.
        await s.post('runs/log-parameter', { run_id: run.run_id, key: 'late', value: lr });
      }
      const all = await list('tuned/hyperparameters');
      expect(all.diffs).toEqual([
        expect.objectContaining({
          ...{ from: 1, to: 2, is_other_variant: true, other_parts: [] },
          changed: { lr: { from: '0.1', to: '0.2' }, late: { from: '0.1', to: '0.2' } },
        }),
        expect.objectContaining({ from: 2, to: 3, changed: {}, is_other_variant: false }),
        expect.objectContaining({ from: 3, to: 4, is_other_variant: true }),
      ]);
      expect(all.next_page_token).toBeUndefined();
      const first = await list('tuned/hyperparameters?max_results=2');
      const next = `page_token=${first.next_page_token}`;
      const second = await list(`tuned/hyperparameters?max_results=2&${next}`);
      const pages = [first, second].map(({ versions, diffs }) => [
        versions.map(({ version }) => version),
        diffs.map(({ from, to }) => [from, to]),
      ]);
      expect(pages).toEqual([
        [[1, 2], [[1, 2]]],
        [
          [3, 4],
          [
            [2, 3],
            [3, 4],
          ],
        ],
      ]);
      expect(second.next_page_token).toBeUndefined();
      for (const wrong of ['max_results=0', 'page_token=x', 'variants_token=eDox']) {
        const { status, body } = await s.own(`tuned/hyperparameters?${wrong}`);
        expect([status, body.error_code]).toEqual([400, 'INVALID_PARAMETER_VALUE']);
      }
    });

    it('of what was trained and never registered are shown, and of nothing else', async () => {
      const s = server;
      const { experiment_id: experiment } = await s.post('experiments/create', { name: 'sweep' });
      await s.post('registered-models/create', { name: 'swept' });
      const params = { lr: '0.1' };
      const files = { MLmodel: MLMODEL, 'w.bin': 'weights' };
      const run = await s.run({ experiment, params });
      const made = await s.loggedModel(run.run_id, 'net', files, experiment);
      const source = `models:/${made.model_id}`;
      await s.version({ name: 'swept', source, run_id: run.run_id, model_id: made.model_id });
      await s.post('runs/log-parameter', { run_id: run.run_id, key: 'late', value: '1' });

      const again = await s.run({ experiment, params: { ...params, late: '1' } });
      await s.loggedModel(again.run_id, 'net', files, experiment);
      const other = await s.run({ experiment, params: { lr: '0.5' } });
      const variant = await s.loggedModel(other.run_id, 'net', files, experiment);
      const second = await s.loggedModel(run.run_id, 'bigger', { MLmodel: MLMODEL }, experiment);
      const old = await s.run({ experiment, params });
      await s.putFiles(old.artifact_uri, { 'model/MLmodel': MLMODEL, 'model/w.bin': 'x' });
      const model_json = JSON.stringify({
        ...{ run_id: old.run_id, artifact_path: 'model', utc_time_created: '2026-01-01' },
        flavors: { python_function: {} },
      });
      await s.post('runs/update', { run_id: old.run_id, status: 'RUNNING' });
      await s.post('runs/log-model', { run_id: old.run_id, model_json });
      const unfinished = await list('swept/hyperparameters');
      expect(unfinished.unregistered_variants.map(({ model_id }) => model_id)).toEqual([
        ...[second.model_id, variant.model_id],
      ]);
      await s.post('runs/update', { run_id: old.run_id, status: 'FINISHED' });
      const elsewhere = await s.run({ params: { lr: '7' } });
      await s.loggedModel(elsewhere.run_id, 'net', files);

      const seen: string[] = [];
      let token = '';
      for (let page = 0; page < 10; page += 1) {
        const listed = await list(`swept/hyperparameters?max_results=1${token}`);
        seen.push(...listed.unregistered_variants.map((one) => one.model_id ?? one.run_id));
        if (listed.next_variants_token === undefined) break;
        token = `&variants_token=${listed.next_variants_token}`;
      }
      expect(seen).toEqual([second.model_id, variant.model_id, old.run_id]);
      const [, shown] = (await list('swept/hyperparameters')).unregistered_variants;
      expect(shown).toMatchObject({
        ...{ run_id: other.run_id, name: 'net', experiment_id: experiment },
        ...{ params: { lr: '0.5' }, weights_known: true, created_by: 'anonymous' },
      });
      expect((await s.own('nowhere/hyperparameters')).status).toBe(404);
    });
  });
});
