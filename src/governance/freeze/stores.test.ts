import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Database, Transaction } from '../../platform/db/database.js';
import { type Registry, registryOn } from '../../registry/testing/registry-on.js';
import { forEachDatabase } from '../../testing/for-each-database.js';
import { DigestStore } from './digests.store.js';
import { FrozenStore } from './frozen.store.js';
import { ManifestStore } from './manifests.store.js';
import { selfAndAbove } from './places.js';

const file = (digit: string) => ({ size: 1, sha256: digit.repeat(64), version: `v${digit}` });

forEachDatabase((open) => {
  let database: Database;
  let registry: Registry;
  /** The key of the row of model `m`. */
  let model: number;
  beforeAll(async () => {
    database = await open();
    registry = registryOn(database);
    model = (await database.write((tx) => registry.modelStore.insert(tx, 'm', '', 1))) ?? 0;
    await registry.createVersion('m');
    await registry.createVersion('m');
  });
  beforeEach(() =>
    database.write(async (tx) => {
      for (const table of ['artifact_digests', 'frozen_prefixes', 'model_version_manifests']) {
        await tx.run({ sql: `delete from ${table}`, bindings: [] });
      }
    }),
  );
  const write = <Result>(work: (tx: Transaction) => Promise<Result>) => database.write(work);

  describe('digests of uploads', () => {
    const store = new DigestStore();
    const record = (...places: readonly string[]) =>
      write(async (tx) => {
        for (const place of places) await store.record(tx, place, file('a'), 1);
      });
    const below = async (place: string) => [...(await store.below(database.read, place)).keys()];

    it('are found by their folder, and no others are', async () => {
      await record(
        'p:/1/m/MLmodel',
        'p:/1/m/data/x',
        'p:/1/m',
        'p:/1/m-2/x',
        'p:/1/m0',
        'p:/1/M/x',
      );
      expect((await below('p:/1/m')).sort()).toEqual(['MLmodel', 'data/x']);
      expect((await store.below(database.read, 'p:/1/m')).get('data/x')).toMatchObject({
        ...{ sha256: 'a'.repeat(64), version: 'va' },
      });
    });

    it('are those of the last upload', async () => {
      await record('p:/x/y');
      await write((tx) => store.record(tx, 'p:/x/y', file('b'), 2));
      expect((await store.below(database.read, 'p:/x')).get('y')?.version).toBe('vb');
    });

    it('are forgotten with their file or their folder', async () => {
      await record('p:/a/b/c', 'p:/a/b/d/e', 'p:/a/bc', 'p:/a/b-');
      await write((tx) => store.forget(tx, 'p:/a/b'));
      expect((await below('p:/a')).sort()).toEqual(['b-', 'bc']);
      await write((tx) => store.forget(tx, 'p:/a/bc'));
      expect(await below('p:/a')).toEqual(['b-']);
    });
  });

  describe('frozen places', () => {
    const frozenStore = () => new FrozenStore(database);
    const freeze = (place: string, version = 1) =>
      write((tx) => frozenStore().freeze(tx, place, model, version));
    const above = (place: string) => frozenStore().above(database.read, place);
    const below = (place: string) => frozenStore().below(database.read, place);

    it('hold all that lies in them, and what they lie in', async () => {
      await freeze('p:/1/models/m');
      const found = { place: 'p:/1/models/m', name: 'm', version: 1, isApproved: false };
      expect(await above('p:/1/models/m')).toEqual(found);
      expect(await above('p:/1/models/m/data/x')).toEqual(found);
      for (const place of ['p:/1/models', 'p:/1/models/m2', 'p:/1/models/m2/x', 'p:']) {
        expect(await above(place)).toBeUndefined();
      }
      expect(await below('p:/1')).toEqual(found);
      expect(await below('p:')).toEqual(found);
      for (const place of ['p:/1/models/m', 'p:/1/model', 'p:/1/models/m/x', 'p:/2']) {
        expect(await below(place)).toBeUndefined();
      }
    });

    it('stay so until the last version has gone', async () => {
      await freeze('p:/x', 1);
      await freeze('p:/x', 1);
      await freeze('p:/x', 2);
      await write((tx) => frozenStore().release(tx, model, 1));
      expect(await above('p:/x')).toMatchObject({ version: 2 });
      await write((tx) => frozenStore().release(tx, model, 2));
      expect(await above('p:/x')).toBeUndefined();
    });

    it('are looked for by the names of the folders above', () => {
      expect(selfAndAbove('mlflow-artifacts:/1/a')).toEqual([
        ...['mlflow-artifacts:/1/a', 'mlflow-artifacts:/1', 'mlflow-artifacts:'],
      ]);
      expect(selfAndAbove('/srv/models')).toEqual(['/srv/models', '/srv']);
    });
  });

  describe('manifests', () => {
    let store: ManifestStore;
    beforeAll(() => {
      store = new ManifestStore(database);
    });
    const manifest = (digit: string) => ({
      location: 'mlflow-artifacts:/1/m',
      rootDigest: digit.repeat(64),
      weightsDigest: digit.repeat(64),
      files: [{ path: 'é/MLmodel', size: 2 ** 40, sha256: digit.repeat(64) }],
      bundle: null,
      creationTimestamp: 1_700_000_000_000,
    });

    it('are what they were closed with, by whoever closed them first', async () => {
      expect(await store.find(database.read, model, 1)).toBeUndefined();
      await write((tx) => store.addFirst(tx, model, 1, manifest('a')));
      await write((tx) => store.addFirst(tx, model, 1, manifest('b')));
      expect(await store.find(database.read, model, 1)).toEqual(manifest('a'));
      expect(await store.find(database.read, model, 2)).toBeUndefined();
    });

    it('are of versions that are there', async () => {
      expect(await store.keyOf(database.read, 'm', 1)).toBe(model);
      expect(await store.keyOf(database.read, 'm', 3)).toBeUndefined();
      expect(await store.keyOf(database.read, 'M', 1)).toBeUndefined();
    });
  });
});
