import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { invalidParameter, MlflowError } from '../../errors.js';
import type { Database, Transaction } from '../../platform/db/database.js';
import { forEachDatabase } from '../../testing/for-each-database.js';
import { BY_TESTER } from '../../testing/tester.js';
import { openGate, openPassage, type PromotionGate } from '../promotion-gate.js';
import { type Registry, registryOn } from '../testing/registry-on.js';

forEachDatabase((open) => {
  let database: Database;
  let registry: Registry;
  let name: string;
  let count = 0;
  beforeAll(async () => {
    database = await open();
    registry = registryOn(database);
  });
  beforeEach(async () => {
    name = `model ${++count}`;
    await registry.models.create(name, '', [], BY_TESTER);
  });

  const get = (version: string) => registry.versions.get(database.read, name, version);

  describe('creating a version', () => {
    it('stores what was given, and empty texts for the rest', async () => {
      const created = await registry.createVersion(name);
      expect(created).toEqual({
        name,
        version: 1,
        creation_timestamp: created.last_updated_timestamp,
        last_updated_timestamp: created.creation_timestamp,
        current_stage: 'None',
        description: '',
        source: 's3://bucket/model',
        run_id: '',
        run_link: '',
        status: 'READY',
        status_message: null,
        tags: [],
        aliases: [],
      });
      expect(await get('01')).toEqual(created);
    });

    it('never gives a number twice while the model lives', async () => {
      await registry.createVersion(name);
      await registry.createVersion(name);
      await registry.versions.delete(name, '2', BY_TESTER);
      expect((await registry.createVersion(name)).version).toBe(3);
    });

    it('tells what is wrong with the source before anything else', async () => {
      const sources = {
        resolve: async () => {
          throw invalidParameter('bad source');
        },
      };
      const strict = registryOn(database, { sources });
      await expect(strict.createVersion('no/name')).rejects.toThrow('bad source');
      await expect(registry.createVersion('no/name')).rejects.toThrow('Invalid model name');
      await expect(registry.createVersion('unknown')).rejects.toThrow(
        'Registered Model with name=unknown not found',
      );
    });

    it('keeps what the source rules found out', async () => {
      const resolved = { source: 'models:/a/1', storageLocation: 's3://a', runId: 'r' };
      const copying = registryOn(database, { sources: { resolve: async () => resolved } });
      const created = await copying.createVersion(name, { source: 'models:/a@best' });
      expect(created).toMatchObject({ source: 'models:/a/1', run_id: 'r' });
      expect(await registry.versionStore.location(database.read, name, 1)).toBe('s3://a');
    });

    it('links the logged model and takes its run', async () => {
      const linked: unknown[] = [];
      const linking = registryOn(database, {
        loggedModels: {
          appendVersion: async (_: Transaction, ...rest) => {
            linked.push(rest);
            return { sourceRunId: 'its run' };
          },
        },
      });
      const taken = await linking.createVersion(name, { modelId: 'm-1' });
      const sent = await linking.createVersion(name, { modelId: 'm-1', runId: 'sent' });
      const prompt = await linking.createVersion(name, {
        modelId: 'm-1',
        tags: [{ key: 'mlflow.prompt.is_prompt', value: 'True' }],
      });
      expect([taken.run_id, sent.run_id, prompt.run_id]).toEqual(['its run', 'sent', '']);
      expect(linked).toEqual([
        ['m-1', name, 1],
        ['m-1', name, 2],
      ]);
    });
  });

  describe('describing a version', () => {
    it('tells no description from an empty one, and moves its time', async () => {
      const created = await registry.createVersion(name, { description: 'words' });
      const cleared = await registry.versions.describe(name, '1', null, BY_TESTER);
      expect(cleared.description).toBeNull();
      expect(cleared.last_updated_timestamp).toBeGreaterThan(created.last_updated_timestamp);
      expect((await registry.versions.describe(name, '1', '', BY_TESTER)).description).toBe('');
    });
  });

  describe('a transition', () => {
    it('archives the other versions of the stage with the same time', async () => {
      for (const _ of [1, 2, 3]) await registry.createVersion(name);
      await registry.transition({ name, version: '1' });
      await registry.transition({ name, version: '2' });
      const moved = await registry.transition({ name, version: '3', archiveExisting: true });
      expect(moved.current_stage).toBe('Production');
      for (const other of ['1', '2']) {
        expect(await get(other)).toMatchObject({
          current_stage: 'Archived',
          last_updated_timestamp: moved.last_updated_timestamp,
        });
      }
    });

    it('to where the version is already leaves it there', async () => {
      await registry.createVersion(name);
      for (const _ of [1, 2]) {
        const moved = await registry.transition({ name, version: '01', archiveExisting: true });
        expect(moved.current_stage).toBe('Production');
      }
    });

    it('is asked of the gate, with what is about to happen', async () => {
      const asked: unknown[] = [];
      const gate: PromotionGate = {
        ...openGate,
        open: async (change, { caller }) => {
          asked.push(change, caller);
          return openPassage;
        },
      };
      await registry.createVersion(name);
      await registryOn(database, { gate }).transition({ name, version: ' 1', stage: 'staging' });
      const promotion = { kind: 'stage', name, version: 1, to: 'Staging' };
      expect(asked).toEqual([{ ...promotion, archiveExisting: false }, BY_TESTER.caller]);
    });

    it('that the gate refuses stores nothing of its own, and what the gate has to say', async () => {
      const refusal = new MlflowError('PERMISSION_DENIED', 'no');
      const gate: PromotionGate = {
        ...openGate,
        open: async () => ({
          ...openPassage,
          judge: async (tx) => {
            await tx.run({ sql: 'update registered_models set description = ?', bindings: ['x'] });
            return { allowed: false, refusal };
          },
        }),
      };
      await registry.createVersion(name);
      const asking = registryOn(database, { gate }).transition({ name, version: '1' });
      await expect(asking).rejects.toBe(refusal);
      expect((await get('1')).current_stage).toBe('None');
      expect((await registry.models.get(database.read, name)).description).toBe('x');
    });
  });

  describe('deleting a version', () => {
    it('takes it from every answer, with its aliases, and keeps no trace of its source', async () => {
      await registry.createVersion(name, { runId: 'run', tags: [{ key: 'k', value: 'v' }] });
      await registry.transition({ name, version: '1' });
      await registry.aliases.set(name, 'a', '1', BY_TESTER);
      await registry.versions.delete(name, '1', BY_TESTER);
      const missing = `Model Version (name=${name}, version=1) not found`;
      await expect(get('1')).rejects.toThrow(missing);
      await expect(registry.versions.delete(name, '1', BY_TESTER)).rejects.toThrow(missing);
      await expect(registry.versions.describe(name, '1', 'x', BY_TESTER)).rejects.toThrow(missing);
      await expect(registry.transition({ name, version: '1' })).rejects.toThrow(missing);
      await expect(registry.aliases.resolve(name, 'a')).rejects.toThrow('alias a not found');
      await expect(registry.aliases.set(name, 'a', '1', BY_TESTER)).rejects.toThrow(missing);
      expect(await registry.versionStore.location(database.read, name, 1)).toBeUndefined();
      const model = await registry.models.get(database.read, name);
      expect([model.latest_versions, model.aliases]).toEqual([[], []]);
      const sql =
        "select count(*) as n from model_versions where source = 's3://bucket/model' " +
        'and model = (select id from registered_models where name = ?)';
      expect(await database.read.first({ sql, bindings: [name] })).toEqual({ n: 0 });
    });
  });

  describe('tags of a version', () => {
    it('are set and deleted, each version its own', async () => {
      await registry.createVersion(name);
      await registry.createVersion(name);
      await registry.versions.setTag(name, '1', { key: 'k', value: '1' }, BY_TESTER);
      await registry.versions.setTag(name, '1', { key: 'k', value: '2' }, BY_TESTER);
      expect((await get('1')).tags).toEqual([{ key: 'k', value: '2' }]);
      expect((await get('2')).tags).toEqual([]);
      await registry.versions.deleteTag(name, '1', 'k', BY_TESTER);
      await registry.versions.deleteTag(name, '1', 'k', BY_TESTER);
      expect((await get('1')).tags).toEqual([]);
    });

    it('have their own words for a prompt that is too long', async () => {
      const tag = { key: 'mlflow.prompt.text', value: 'x'.repeat(100_001) };
      await expect(registry.versions.setTag(name, '1', tag, BY_TESTER)).rejects.toThrow(
        'Prompt text exceeds max length of 100000 characters.',
      );
    });
  });
});
