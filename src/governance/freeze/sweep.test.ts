import { mkdirSync, writeFileSync } from 'node:fs';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Database } from '../../platform/db/database.js';
import { forEachDatabase } from '../../testing/for-each-database.js';
import { type FreezingServer, freezingOn } from '../testing/freezing-on.js';
import { ManifestStore } from './manifests.store.js';
import { type SweptVersion, sweep } from './sweep.js';

const FILES = { MLmodel: 'flavors: {}', 'model.pkl': 'weights' };

forEachDatabase((open) => {
  let database: Database;
  let manifests: ManifestStore;
  beforeAll(async () => {
    database = await open();
    manifests = new ManifestStore(database);
  });
  const sweepAll = async (server: FreezingServer): Promise<SweptVersion[]> => {
    const all: SweptVersion[] = [];
    for await (const one of sweep({ database, manifests }, server.service)) all.push(one);
    return all;
  };

  describe('a sweep', () => {
    it('looks at every version that was closed, and tells what has become of it', async () => {
      const server = await freezingOn(database);
      const close = async (name: string, folder: string) => {
        const { version, source } = await server.register(name, folder, FILES);
        await server.service.close(name, version, source);
        return version;
      };
      await close('a', '1/a1');
      await close('b', '1/b1');
      await close('a', '1/a2');
      const gone = await close('a', '1/a3');
      await server.register('a', '1/a4', FILES);
      await database.write((tx) =>
        tx.run({
          sql: "update model_versions set current_stage = 'Deleted_Internal' where version = ?",
          bindings: [gone],
        }),
      );
      writeFileSync(server.at('1/a2/model.pkl'), 'changed');
      mkdirSync(server.at('1/b1/data'));
      writeFileSync(server.at('1/b1/data/a#b'), 'x');
      const found = (await sweepAll(server)).map((one) => [one.name, one.version, one.found.state]);
      expect(found).toEqual([
        ['a', 1, 'unchanged'],
        ['a', 2, 'tampered'],
        ['b', 1, 'unreadable'],
      ]);
    });

    it('goes on from page to page', async () => {
      const server = await freezingOn(database);
      const model = await database.write((tx) =>
        server.registry.modelStore.insert(tx, 'many', '', 1),
      );
      for (let count = 0; count < 205; count += 1) {
        const { version } = await server.registry.createVersion('many');
        await database.write((tx) =>
          manifests.addFirst(tx, model ?? 0, Number(version), {
            ...{ location: 's3://bucket/x', rootDigest: '', weightsDigest: '', files: [] },
            ...{ bundle: null, creationTimestamp: 1 },
          }),
        );
      }
      const seen = (await sweepAll(server)).filter(({ name }) => name === 'many');
      expect(seen.map(({ version }) => version)).toEqual(
        Array.from({ length: 205 }, (_, at) => at + 1),
      );
      expect(new Set(seen.map(({ found }) => found.state))).toEqual(new Set(['unreachable']));
    });
  });
});
