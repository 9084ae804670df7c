import { createHash } from 'node:crypto';
import { rmSync, writeFileSync } from 'node:fs';
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Database } from '../../platform/db/database.js';
import { forEachDatabase } from '../../testing/for-each-database.js';
import { verifyBundle } from '../signature/bundle.js';
import { type FreezingServer, freezingOn } from '../testing/freezing-on.js';
import { artifactTampered } from './freeze.errors.js';

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');
const FILES = { MLmodel: 'flavors: {}', 'data/model.pkl': 'weights', 'MODEL_CARD.yaml': 'a: 1' };

let count = 0;

forEachDatabase((open) => {
  let database: Database;
  let server: FreezingServer;
  let name: string;
  let folder: string;
  beforeAll(async () => {
    database = await open();
  });
  beforeEach(async () => {
    server = await freezingOn(database);
    count += 1;
    name = `model ${count}`;
    folder = `${count}/models/m`;
  });
  const closed = async () => {
    const { version, source } = await server.register(name, folder, FILES);
    const manifest = await server.service.close(name, version, source);
    if (manifest === undefined) throw new Error('It was not closed');
    return { manifest, version, source };
  };
  const run = (sql: string, ...bindings: (string | number)[]) =>
    database.write((tx) => tx.run({ sql, bindings }));

  describe('closing a version', () => {
    it('takes down its files, and signs them', async () => {
      const { manifest, version } = await closed();
      expect(manifest.files).toEqual([
        { path: 'MLmodel', size: 11, sha256: sha256('flavors: {}') },
        { path: 'data/model.pkl', size: 7, sha256: sha256('weights') },
      ]);
      const key = await server.keys?.current();
      expect(verifyBundle(manifest.bundle ?? '', key?.publicKey ?? '')).toMatchObject({
        ok: true,
        statement: {
          subject: [{ name: `${name}/${version}`, digest: { sha256: manifest.rootDigest } }],
        },
      });
      expect(await server.service.manifest(name, version)).toEqual(manifest);
    });

    it('does not read again what was hashed on its way', async () => {
      await server.put(`${folder}/MLmodel`, 'x');
      await run('update artifact_digests set sha256 = ?', 'f'.repeat(64));
      const { version, source } = await server.register(name, folder, {});
      const manifest = await server.service.close(name, version, source);
      expect(manifest?.files[0]?.sha256).toBe('f'.repeat(64));
      // It reads all the more when it is to be certain.
      expect((await server.service.verify(name, version)).state).toBe('tampered');
    });

    it('reads what was changed past the server', async () => {
      const { version, source } = await server.register(name, folder, FILES);
      writeFileSync(server.at(`${folder}/data/model.pkl`), 'changed');
      const manifest = await server.service.close(name, version, source);
      expect(manifest?.files[1]?.sha256).toBe(sha256('changed'));
    });

    it('is done once, by whoever comes first', async () => {
      const { version, source } = await server.register(name, folder, FILES);
      const all = await Promise.all(
        [1, 2, 3].map(() => server.service.close(name, version, source)),
      );
      writeFileSync(server.at(`${folder}/MLmodel`), 'changed');
      all.push(await server.service.close(name, version, source));
      expect(new Set(all.map((manifest) => JSON.stringify(manifest))).size).toBe(1);
    });

    it('leaves storage alone that the server does not reach', async () => {
      const { version } = await server.register(name, folder, {});
      expect(await server.service.close(name, version, 's3://bucket/model')).toBeUndefined();
      expect(await server.service.verify(name, version)).toEqual({ state: 'unknown' });
    });

    it('is of versions that are there', async () => {
      await expect(server.service.close(name, 1, 'mlflow-artifacts:/1/x')).rejects.toMatchObject({
        status: 404,
      });
      await expect(server.service.verify(name, 1)).rejects.toMatchObject({ status: 404 });
    });

    it('does not freeze what is no folder of a model', async () => {
      const { version } = await server.register(name, folder, { 'x.txt': 'x' });
      for (const location of ['mlflow-artifacts:/', `mlflow-artifacts:/${count}`]) {
        await server.service.close(name, version, location);
        expect((await server.put(`${folder}/x.txt`, 'y')).status).toBe(200);
      }
      await server.put('MLmodel', 'x');
      const next = await server.register(name, folder, {});
      await server.service.close(name, next.version, 'mlflow-artifacts:/');
      expect((await server.put(`${folder}/x.txt`, 'z')).status).toBe(200);
    });
  });

  describe('verifying a version', () => {
    it('finds nothing where nothing has changed but a card', async () => {
      const { manifest, version } = await closed();
      expect((await server.put(`${folder}/MODEL_CARD.yaml`, 'b: 2')).status).toBe(200);
      expect(await server.service.verify(name, version)).toEqual({
        ...{ state: 'unchanged', rootDigest: manifest.rootDigest },
      });
    });

    it('tells what was changed, added and removed past the server', async () => {
      const { version } = await closed();
      writeFileSync(server.at(`${folder}/MLmodel`), 'changed');
      writeFileSync(server.at(`${folder}/more`), '');
      rmSync(server.at(`${folder}/data/model.pkl`));
      const found = await server.service.verify(name, version);
      expect(found).toMatchObject({
        state: 'tampered',
        ...{ changed: ['MLmodel'], added: ['more'], removed: ['data/model.pkl'] },
      });
      if (found.state !== 'tampered') throw new Error(found.state);
      const error = artifactTampered(name, version, found);
      expect([error.status, error.toJSON()]).toEqual([
        400,
        {
          error_code: 'INVALID_STATE',
          error_class: 'ARTIFACT_TAMPERED',
          sqlstate: 'KAM00',
          message: expect.stringContaining(
            'changed: MLmodel\nadded: more\nremoved: data/model.pkl',
          ),
        },
      ]);
    });

    it('finds a manifest that was changed with the files', async () => {
      const { manifest, version } = await closed();
      writeFileSync(server.at(`${folder}/MLmodel`), 'changed');
      const files = manifest.files.map((file) =>
        file.path === 'MLmodel' ? { ...file, sha256: sha256('changed') } : file,
      );
      await run('update model_version_manifests set files = ?', JSON.stringify(files));
      expect(await server.service.verify(name, version)).toMatchObject({
        ...{ state: 'tampered', problem: 'The manifest was changed.' },
      });
      const both = Buffer.concat(files.map((file) => Buffer.from(file.sha256, 'hex')));
      const root = createHash('sha256').update(both).digest('hex');
      await run('update model_version_manifests set root_digest = ?', root);
      expect(await server.service.verify(name, version)).toMatchObject({
        ...{ state: 'tampered', problem: 'The signature is of other files.' },
      });
      await run("update model_version_manifests set bundle = '{}'");
      expect(await server.service.verify(name, version)).toMatchObject({
        problem: 'The signature was not made by this server.',
      });
    });
  });
});
