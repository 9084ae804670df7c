import { beforeAll, describe, expect, it } from 'vitest';
import type { Database } from '../platform/db/database.js';
import { forEachDatabase } from '../testing/for-each-database.js';
import { BY_TESTER } from '../testing/tester.js';
import { type Registry, registryOn } from './testing/registry-on.js';

const upTo = (count: number) => Array.from({ length: count }, (_, index) => index + 1);

const fulfilled = <Value>(results: readonly PromiseSettledResult<Value>[]): Value[] =>
  results.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));

const reasons = (results: readonly PromiseSettledResult<unknown>[]): string[] =>
  results.flatMap((result) =>
    result.status === 'rejected' ? [(result.reason as Error).message] : [],
  );

/** Two processes over one database: each has a registry of its own. */
forEachDatabase((open) => {
  let database: Database;
  let one: Registry;
  let two: Registry;
  beforeAll(async () => {
    database = await open();
    one = registryOn(database);
    two = registryOn(database);
  });
  const either = (index: number) => (index % 2 === 0 ? one : two);

  async function modelWithVersions(name: string, versions: number): Promise<void> {
    await one.models.create(name, '', [], BY_TESTER);
    for (const _ of upTo(versions)) await one.createVersion(name);
  }

  describe('creations of versions that race', () => {
    it('get numbers without repetition or gap', async () => {
      await one.models.create('numbered', '', [], BY_TESTER);
      const created = await Promise.all(
        upTo(40).map((index) => either(index).createVersion('numbered')),
      );
      const numbers = created.map(({ version }) => version).sort((a, b) => a - b);
      expect(numbers).toEqual(upTo(40));
    });

    it('leave no gap where one fails after its number was taken', async () => {
      await one.models.create('failing', '', [], BY_TESTER);
      let calls = 0;
      const failing = registryOn(database, {
        loggedModels: {
          appendVersion: async () => {
            calls += 1;
            if (calls % 3 === 0) throw new Error('failed on purpose');
            return { sourceRunId: '' };
          },
        },
      });
      const results = await Promise.allSettled(
        upTo(30).map(() => failing.createVersion('failing', { modelId: 'm-1' })),
      );
      const numbers = fulfilled(results).map(({ version }) => version);
      expect(numbers.sort((a, b) => a - b)).toEqual(upTo(20));
    });
  });

  describe('transitions that race', () => {
    it('leave exactly one version in Production whenever anybody looks', async () => {
      const name = 'contested';
      await modelWithVersions(name, 10);
      await one.transition({ name, version: '1', archiveExisting: true });
      const seen = new Set<number>();
      let racing = true;
      const watch = async () => {
        while (racing) {
          const row = await database.read.first<{ n: number }>({
            sql: "select count(*) as n from model_versions v join registered_models m on m.id = v.model where m.name = ? and v.current_stage = 'Production'",
            bindings: [name],
          });
          seen.add(row?.n ?? -1);
          const model = await one.models.get(database.read, name);
          seen.add(model.latest_versions.filter((v) => v.current_stage === 'Production').length);
          await new Promise((resolve) => setImmediate(resolve));
        }
      };
      const watching = watch();
      await Promise.all(
        upTo(60).map((index) =>
          either(index).transition({
            name,
            version: String((index % 10) + 1),
            archiveExisting: true,
          }),
        ),
      );
      racing = false;
      await watching;
      expect([...seen]).toEqual([1]);
    });
  });

  describe('names that are raced for', () => {
    it('have one winner among creations', async () => {
      const results = await Promise.allSettled(
        upTo(10).map((index) => either(index).models.create('wanted', '', [], BY_TESTER)),
      );
      expect(fulfilled(results)).toHaveLength(1);
      expect(new Set(reasons(results))).toEqual(
        new Set(['Registered Model (name=wanted) already exists.']),
      );
    });

    it('have one winner among renames', async () => {
      for (const index of upTo(6)) await one.models.create(`renamed ${index}`, '', [], BY_TESTER);
      const results = await Promise.allSettled(
        upTo(6).map((index) =>
          either(index).models.rename(`renamed ${index}`, 'trophy', BY_TESTER),
        ),
      );
      expect(fulfilled(results)).toHaveLength(1);
      expect(new Set(reasons(results))).toEqual(
        new Set(['Registered Model (name=trophy) already exists.']),
      );
    });
  });

  describe('aliases that are raced for', () => {
    it('name one version in the end', async () => {
      await modelWithVersions('aliased', 5);
      await Promise.all(
        upTo(25).map((index) =>
          either(index).aliases.set('aliased', 'champion', String((index % 5) + 1), BY_TESTER),
        ),
      );
      const { aliases } = await one.models.get(database.read, 'aliased');
      expect(aliases).toHaveLength(1);
      const found = await one.aliases.resolve('aliased', 'champion');
      expect(found.version).toBe(aliases[0]?.version);
    });

    it('never name a version that is deleted at the same time', async () => {
      const name = 'pulled';
      await modelWithVersions(name, 12);
      await Promise.allSettled(
        upTo(12).flatMap((version) => [
          one.aliases.set(name, `a${version}`, String(version), BY_TESTER),
          two.versions.delete(name, String(version), BY_TESTER),
          two.aliases.set(name, `b${version}`, String(version), BY_TESTER),
        ]),
      );
      expect((await one.models.get(database.read, name)).aliases).toEqual([]);
    });
  });

  describe('a model that is deleted while it is worked on', () => {
    it('is gone whole', async () => {
      const name = 'vanishing';
      await modelWithVersions(name, 3);
      const results = await Promise.allSettled([
        one.createVersion(name),
        two.transition({ name, version: '1', archiveExisting: true }),
        one.models.delete(name, BY_TESTER),
        two.createVersion(name),
        one.aliases.set(name, 'a', '1', BY_TESTER),
        two.versions.setTag(name, '2', { key: 'k', value: 'v' }, BY_TESTER),
        one.models.setTag(name, { key: 'k', value: 'v' }, BY_TESTER),
      ]);
      for (const reason of reasons(results)) expect(reason).toContain('not found');
      await expect(one.models.get(database.read, name)).rejects.toThrow('not found');
      const orphans = await database.read.first({
        sql: 'select count(*) as n from model_versions where model not in (select id from registered_models)',
        bindings: [],
      });
      expect(orphans).toEqual({ n: 0 });
    });
  });
});
