import { readFileSync } from 'node:fs';
import { request } from 'node:http';
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Database } from '../../platform/db/database.js';
import { forEachDatabase } from '../../testing/for-each-database.js';
import { type FreezingServer, freezingOn } from '../testing/freezing-on.js';

const FILES = { MLmodel: 'flavors: {}', 'data/model.pkl': 'weights' };

let count = 0;

forEachDatabase((open) => {
  let database: Database;
  let server: FreezingServer;
  let name: string;
  let folder: string;
  let version: number;
  beforeAll(async () => {
    database = await open();
  });
  beforeEach(async () => {
    count += 1;
    name = `model ${count}`;
    folder = `${count}/models/m`;
    server = await freezingOn(database, {
      known: { run: `mlflow-artifacts:/${folder}`, other: `mlflow-artifacts:/${count}/other` },
    });
    const made = await server.register(name, folder, FILES);
    version = made.version;
    await server.service.close(name, version, made.source);
  });
  const refusal = () => ({
    status: 403,
    json: {
      error_code: 'PERMISSION_DENIED',
      error_class: 'ARTIFACT_FROZEN',
      message: expect.stringContaining(`version ${version} of the registered model '${name}'`),
    },
  });

  describe('the files of a registered version', () => {
    it.each(['MLmodel', 'new', 'data/model.pkl', 'data/README.md', './data//model.pkl'])(
      'can not be written: %s',
      async (path) => {
        expect(await server.put(`${folder}/${path}`, 'changed')).toMatchObject(refusal());
        expect(readFileSync(server.at(`${folder}/data/model.pkl`), 'utf8')).toBe('weights');
      },
    );

    it.each(['/MLmodel', '/data', '', '/MODEL_CARD.yaml/../MLmodel', '/..'])(
      'can not be deleted: %s',
      async (path) => {
        const { status } = await server.remove(folder + path);
        expect(status).toBe(path.includes('..') ? 400 : 403);
        expect(readFileSync(server.at(`${folder}/MLmodel`), 'utf8')).toBe('flavors: {}');
      },
    );

    it('can not be deleted with a folder above them', async () => {
      expect(await server.remove(`${count}`)).toMatchObject(refusal());
      expect(await server.remove(`${count}/models`)).toMatchObject(refusal());
    });

    it('can not be written by the routes of parts', async () => {
      const mpu = '/api/2.0/mlflow-artifacts/mpu';
      const post = (route: string, json: unknown) =>
        server.ask(`${mpu}/${route}/${folder}/data`, { method: 'POST', json });
      const create = { path: 'model.pkl', num_parts: 2 };
      expect(await post('create', create)).toMatchObject(refusal());
      expect(
        await post('complete', { path: 'model.pkl', upload_id: 'u', parts: [] }),
      ).toMatchObject(refusal());
    });

    it('can not be written by the upload of the pages', async () => {
      const upload = (run: string, path: string) =>
        server.ask(`/ajax-api/2.0/mlflow/upload-artifact?run_uuid=${run}&path=${path}`, {
          ...{ method: 'POST', body: 'changed' },
        });
      expect(await upload('run', 'data/model.pkl')).toMatchObject(refusal());
      expect((await upload('other', 'data/model.pkl')).status).toBe(200);
    });

    it.each([
      ...['MODEL_CARD.yaml', 'MODEL_CARD.yml', 'MODEL_CARD.json', 'MODEL_CARD.md'],
      ...['model_card.yaml', 'README.md'],
    ])('can be described: %s', async (card) => {
      expect((await server.put(`${folder}/${card}`, 'card')).status).toBe(200);
      expect((await server.remove(`${folder}/${card}`)).status).toBe(200);
    });

    it('are read and listed as ever', async () => {
      const route = '/api/2.0/mlflow-artifacts/artifacts';
      expect((await server.ask(`${route}/${folder}/MLmodel`)).body).toBe('flavors: {}');
      expect((await server.ask(`${route}?path=${folder}`)).status).toBe(200);
    });

    it('can be deleted when the version is', async () => {
      const model = await database.write((tx) => server.registry.modelStore.lock(tx, name));
      await database.write((tx) => server.service.release(tx, model ?? 0, version));
      expect((await server.remove(folder)).status).toBe(200);
    });
  });

  describe('files beside them', () => {
    it.each(['m2/MLmodel', 'm.txt', 'M/MLmodel'])('can be written: %s', async (path) => {
      const place = `${count}/models/${path}`;
      expect((await server.put(place, 'x')).status).toBe(200);
      expect((await server.remove(place)).status).toBe(200);
    });
  });

  it('stores nothing of an upload that began before the version was registered', async () => {
    const path = `${count}/models/late`;
    const made = await server.register(name, path, FILES);
    const { port } = server;
    const answer = new Promise<number | undefined>((resolve, reject) => {
      const sending = request(
        {
          ...{ port, host: '127.0.0.1', method: 'PUT', headers: { 'content-length': 7 } },
          path: `/api/2.0/mlflow-artifacts/artifacts/${path}/MLmodel`,
        },
        (response) => {
          response.resume();
          resolve(response.statusCode);
        },
      );
      sending.on('error', reject);
      sending.write('cha', () => {
        server.service
          .close(name, made.version, made.source)
          .then(() => sending.end('nged'), reject);
      });
    });
    expect(await answer).toBe(403);
    expect(readFileSync(server.at(`${path}/MLmodel`), 'utf8')).toBe('flavors: {}');
    expect((await server.service.verify(name, made.version)).state).toBe('unchanged');
  });
});
