import { beforeAll, describe, expect, it } from 'vitest';
import type { Database } from '../../platform/db/database.js';
import { forEachDatabase } from '../../testing/for-each-database.js';
import { BY_TESTER } from '../../testing/tester.js';
import { type Registry, registryOn } from '../testing/registry-on.js';

forEachDatabase((open) => {
  let database: Database;
  let registry: Registry;
  beforeAll(async () => {
    database = await open();
    registry = registryOn(database);
  });

  const get = (name: string) => registry.models.get(database.read, name);
  const timeOf = async (name: string) => (await get(name)).last_updated_timestamp;

  describe('creating a model', () => {
    it('stores all of it with one time', async () => {
      const tags = [
        { key: 'b', value: '2' },
        { key: 'a', value: '' },
      ];
      const created = await registry.models.create('whole', 'words', tags, BY_TESTER);
      expect(created).toEqual(await get('whole'));
      expect(created).toEqual({
        name: 'whole',
        creation_timestamp: created.last_updated_timestamp,
        last_updated_timestamp: created.creation_timestamp,
        description: 'words',
        tags: [
          { key: 'a', value: '' },
          { key: 'b', value: '2' },
        ],
        aliases: [],
        latest_versions: [],
      });
    });

    it('refuses a taken name, in the words for what holds it', async () => {
      const prompt = [{ key: 'mlflow.prompt.is_prompt', value: 'false' }];
      await registry.models.create('taken', '', [], BY_TESTER);
      await registry.models.create('taken by a prompt', '', prompt, BY_TESTER);
      await expect(registry.models.create('taken', '', [], BY_TESTER)).rejects.toMatchObject({
        code: 'RESOURCE_ALREADY_EXISTS',
        message: 'Registered Model (name=taken) already exists.',
      });
      await expect(registry.models.create('taken', '', prompt, BY_TESTER)).rejects.toThrow(
        'already taken by a registered model',
      );
      await expect(registry.models.create('taken by a prompt', '', [], BY_TESTER)).rejects.toThrow(
        'already taken by a prompt',
      );
      await expect(
        registry.models.create('taken by a prompt', '', prompt, BY_TESTER),
      ).rejects.toThrow('Prompt (name=taken by a prompt) already exists.');
    });

    it('tells names apart by case', async () => {
      await registry.models.create('Case', '', [], BY_TESTER);
      await registry.models.create('case', '', [], BY_TESTER);
      expect((await get('Case')).name).toBe('Case');
    });

    it('stores nothing when one tag is refused', async () => {
      const tags = [
        { key: 'good', value: '' },
        { key: 'a;b', value: '' },
      ];
      await expect(registry.models.create('half', '', tags, BY_TESTER)).rejects.toThrow(
        'Names may only',
      );
      await expect(get('half')).rejects.toThrow('Registered Model with name=half not found');
    });
  });

  describe('the time of a model', () => {
    it('moves with itself and the coming and going of versions, not with tags and aliases', async () => {
      const name = 'timed';
      await registry.models.create(name, '', [], BY_TESTER);
      const moves = async (change: () => Promise<unknown>) => {
        const before = await timeOf(name);
        await change();
        return (await timeOf(name)) > before;
      };
      expect(await moves(() => registry.models.describe(name, 'x', BY_TESTER))).toBe(true);
      expect(await moves(() => registry.createVersion(name))).toBe(true);
      expect(await moves(() => registry.createVersion(name))).toBe(true);
      expect(await moves(() => registry.transition({ name, version: '1' }))).toBe(true);
      expect(await moves(() => registry.versions.delete(name, '2', BY_TESTER))).toBe(true);
      expect(await moves(() => registry.models.rename(name, name, BY_TESTER))).toBe(true);
      const tag = { key: 'k', value: 'v' };
      expect(await moves(() => registry.models.setTag(name, tag, BY_TESTER))).toBe(false);
      expect(await moves(() => registry.models.deleteTag(name, 'k', BY_TESTER))).toBe(false);
      expect(await moves(() => registry.aliases.set(name, 'a', '1', BY_TESTER))).toBe(false);
      expect(await moves(() => registry.aliases.delete(name, 'a', BY_TESTER))).toBe(false);
      expect(await moves(() => registry.versions.describe(name, '1', 'x', BY_TESTER))).toBe(false);
      expect(await moves(() => registry.versions.setTag(name, '1', tag, BY_TESTER))).toBe(false);
    });
  });

  describe('renaming a model', () => {
    it('takes versions, tags and aliases along and moves the time of each version', async () => {
      await registry.models.create('old', '', [{ key: 'k', value: 'v' }], BY_TESTER);
      const version = await registry.createVersion('old', { tags: [{ key: 'vk', value: 'vv' }] });
      await registry.aliases.set('old', 'a', '1', BY_TESTER);
      const renamed = await registry.models.rename('old', 'new', BY_TESTER);
      expect(renamed).toMatchObject({
        name: 'new',
        tags: [{ key: 'k', value: 'v' }],
        aliases: [{ alias: 'a', version: 1 }],
        latest_versions: [{ name: 'new', version: 1, tags: [{ key: 'vk', value: 'vv' }] }],
      });
      expect(renamed.latest_versions[0]?.last_updated_timestamp).toBeGreaterThan(
        version.last_updated_timestamp,
      );
      await expect(get('old')).rejects.toThrow('Registered Model with name=old not found');
    });

    it('refuses a taken name and leaves both as they are', async () => {
      await registry.models.create('one', 'first', [], BY_TESTER);
      await registry.models.create('two', 'second', [], BY_TESTER);
      await expect(registry.models.rename('one', 'two', BY_TESTER)).rejects.toMatchObject({
        code: 'RESOURCE_ALREADY_EXISTS',
        message: 'Registered Model (name=two) already exists.',
      });
      expect([(await get('one')).description, (await get('two')).description]).toEqual([
        'first',
        'second',
      ]);
    });
  });

  describe('deleting a model', () => {
    it('deletes all that belongs to it; a new one of the name starts at version 1', async () => {
      const tags = [{ key: 'k', value: 'v' }];
      await registry.models.create('gone', '', tags, BY_TESTER);
      await registry.createVersion('gone', { tags });
      await registry.createVersion('gone');
      await registry.versions.delete('gone', '2', BY_TESTER);
      await registry.aliases.set('gone', 'a', '1', BY_TESTER);
      await registry.models.delete('gone', BY_TESTER);
      await expect(registry.models.delete('gone', BY_TESTER)).rejects.toMatchObject({
        status: 404,
      });
      await registry.models.create('gone', '', [], BY_TESTER);
      expect((await registry.createVersion('gone')).version).toBe(1);
      expect(await get('gone')).toMatchObject({ tags: [], aliases: [] });
      expect((await registry.versions.get(database.read, 'gone', '1')).tags).toEqual([]);
    });
  });

  describe('tags of a model', () => {
    it('are set, set again and deleted; deleting what is not there is no error', async () => {
      await registry.models.create('tagged', '', [], BY_TESTER);
      await registry.models.setTag('tagged', { key: 'k', value: '1' }, BY_TESTER);
      await registry.models.setTag('tagged', { key: 'k', value: '2' }, BY_TESTER);
      expect((await get('tagged')).tags).toEqual([{ key: 'k', value: '2' }]);
      await registry.models.deleteTag('tagged', 'k', BY_TESTER);
      await registry.models.deleteTag('tagged', 'k', BY_TESTER);
      expect((await get('tagged')).tags).toEqual([]);
    });

    it('hold 100000 characters', async () => {
      await registry.models.create('big', '', [], BY_TESTER);
      await registry.models.setTag('big', { key: 'k', value: '😀'.repeat(100_000) }, BY_TESTER);
      const tooLong = registry.models.setTag(
        'big',
        { key: 'k', value: 'x'.repeat(100_001) },
        BY_TESTER,
      );
      await expect(tooLong).rejects.toThrow(
        "'value' exceeds the maximum length of 100000 characters",
      );
    });
  });

  describe('the latest versions of a model', () => {
    it('are the highest of each stage, deleted ones apart', async () => {
      const name = 'staged';
      await registry.models.create(name, '', [], BY_TESTER);
      for (let version = 1; version <= 7; version += 1) await registry.createVersion(name);
      await registry.transition({ name, version: '1' });
      await registry.transition({ name, version: '2' });
      await registry.transition({ name, version: '3', stage: 'archived' });
      await registry.transition({ name, version: '4', stage: 'STAGING' });
      await registry.versions.delete(name, '7', BY_TESTER);
      const stages = (await get(name)).latest_versions.map((latest) => [
        latest.version,
        latest.current_stage,
      ]);
      expect(stages).toEqual([
        [2, 'Production'],
        [3, 'Archived'],
        [4, 'Staging'],
        [6, 'None'],
      ]);
      const alone = await registry.versionStore.latest(database.read, name);
      expect(alone.map(({ version }) => version)).toEqual([2, 3, 4, 6]);
    });
  });
});
