import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import supertest from 'supertest';
import { afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { LocalFolder } from '../../artifacts/backends/local.js';
import { forEachDatabase } from '../../testing/for-each-database.js';
import { OnnxVerifier } from '../onnx/onnx-verifier.js';
import { bytesOf } from '../onnx/testing/models.js';
import { type EvidenceServer, evidenceServer } from '../testing/evidence-server.js';

const MLMODEL = 'flavors: {python_function: {loader_module: own}}\n';

forEachDatabase((open) => {
  let server: EvidenceServer;
  beforeAll(async () => {
    server = await evidenceServer(await open(), 'enforce');
  });
  afterEach(() => {
    vi.restoreAllMocks();
  });

  /** Puts files where a run keeps its own, past the server, which has to read them to know them. */
  const place = (uri: string, files: Readonly<Record<string, string | Uint8Array>>) => {
    for (const [path, content] of Object.entries(files)) {
      const at = join(server.config.artifacts.destination, server.placeOf(uri), path);
      mkdirSync(dirname(at), { recursive: true });
      writeFileSync(at, content);
    }
  };

  /** @returns the names of files that are read from now on, each as often as it is */
  const reads = (): string[] => {
    const names: string[] = [];
    const opening = LocalFolder.prototype.open;
    vi.spyOn(LocalFolder.prototype, 'open').mockImplementation(async function (
      this: LocalFolder,
      ...asked
    ) {
      const file = await opening.apply(this, asked);
      if (typeof file === 'string') return file;
      const read = file.read.bind(file);
      file.read = (...range) => {
        names.push(asked[0].name);
        return read(...range);
      };
      return file;
    });
    return names;
  };

  const trained = async (weights: string) => {
    const run = await server.run({ params: { weights } });
    const files = { 'w.bin': weights, 'side.onnx': bytesOf('linear'), MLmodel: MLMODEL };
    const inModel = Object.entries(files).map(([path, content]) => [`model/${path}`, content]);
    place(run.artifact_uri, Object.fromEntries(inModel));
    return run;
  };
  const register = (
    name: string,
    { run_id, artifact_uri }: { readonly run_id: string; readonly artifact_uri: string },
    semver?: string,
  ) =>
    supertest(server.app)
      .post('/api/2.0/mlflow/model-versions/create')
      .send({
        ...{ name, source: `${artifact_uri}/model`, run_id },
        tags: semver === undefined ? [] : [{ key: 'semver', value: semver }],
      });

  describe('the files of a version whose number is proposed', () => {
    it('are read once, to judge the number and to register the version', async () => {
      await server.post('registered-models/create', { name: 'once' });
      await register('once', await trained('a'));
      const run = await trained('b');
      const [names, looked] = [reads(), vi.spyOn(OnnxVerifier.prototype, 'verify')];
      const { body } = await register('once', run, '1.4.0');
      expect(body.model_version.status).toBe('READY');
      expect(names.filter((name) => name === 'w.bin')).toEqual(['w.bin']);
      expect(looked).toHaveBeenCalledTimes(1);
      expect((await server.own('once/versions/2/semver')).body.semver).toBe('1.4.0');
    });

    it('are read again where they have changed since', async () => {
      await server.post('registered-models/create', { name: 'changed' });
      await register('changed', await trained('a'));
      const run = await trained('b');
      const small = await register('changed', run, '1.0.1');
      expect([small.status, small.body.error_class]).toEqual([400, 'SEMVER_NOT_GREATER']);
      place(run.artifact_uri, { 'model/side.onnx': bytesOf('broken-no-graph') });
      const { body } = await register('changed', run);
      expect(body.model_version).toMatchObject({
        status: 'FAILED_REGISTRATION',
        status_message: expect.stringContaining('ONNX_INVALID'),
      });
    });
  });
});
