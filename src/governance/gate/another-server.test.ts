import supertest from 'supertest';
import { beforeAll, describe, expect, it } from 'vitest';
import { createApp } from '../../app.js';
import { toConfig } from '../../platform/config/config.js';
import type { Database } from '../../platform/db/database.js';
import { createLog } from '../../platform/log.js';
import { forEachDatabase } from '../../testing/for-each-database.js';
import { newFolder } from '../../testing/new-folder.js';

const API = '/api/2.0/mlflow';
const ENFORCED = 'profiles:\n  - {name: strict, models: ["another-*"], mode: enforce}\n';

describe('a policy that another server has put in force', () => {
  forEachDatabase((open) => {
    let database: Database;
    beforeAll(async () => {
      database = await open();
    });

    const server = async () => {
      const config = toConfig({
        artifactsDestination: newFolder(),
        webhookSecretKey: 'a key of this test 0123456789 abcdefgh',
      });
      const app = await createApp(config, database, createLog('silent'));
      return async (path: string, body: object) => {
        const answer = await supertest(app).post(`${API}/${path}`).send(body);
        expect([answer.status, answer.body]).toEqual([200, expect.anything()]);
        return answer.body;
      };
    };

    it('holds for the next change, though nobody has told this server', async () => {
      const [post, other] = [await server(), await server()];
      await other('registered-models/create', { name: 'another-first' });
      const name = 'another-model';
      const source = 's3://somewhere/else';
      await post('registered-models/create', { name });
      const plain = await post('model-versions/create', { name, source });
      expect(plain.model_version.tags).toBeUndefined();
      const moving = { name, version: '1', stage: 'Staging', archive_existing_versions: false };
      await post('model-versions/transition-stage', moving);
      const config = toConfig({ webhookSecretKey: 'a key of this test 0123456789 abcdefgh' });
      const app = await createApp(config, database, createLog('silent'));
      const put = await supertest(app)
        .put('/api/governance/v1/policy')
        .send({ policy_yaml: ENFORCED });
      expect(put.status).toBe(200);
      const governed = await post('model-versions/create', { name, source });
      expect(governed.model_version.tags).toContainEqual({ key: 'semver', value: '1.1.0' });
      const moved = await other('model-versions/transition-stage', { ...moving, version: '2' });
      expect(moved.model_version.current_stage).toBe('Staging');
    });
  });
});
