import { beforeAll, describe, expect, it } from 'vitest';
import { forEachDatabase } from '../../testing/for-each-database.js';
import { BY_TESTER } from '../../testing/tester.js';
import { type Datasets, datasetsOn } from '../testing/datasets-on.js';

forEachDatabase((open) => {
  let t: Datasets;
  beforeAll(async () => {
    t = datasetsOn(await open());
  });

  describe('a dataset', () => {
    it('is created, shown and deleted', async () => {
      const experiment = await t.experiment();
      const tags = '{"mlflow.user": "bob", "n": 1.0, "t": true, "none": null, "__proto__": "p"}';
      const made = await t.datasets.create('first', tags, [experiment, experiment]);
      expect(made).toMatchObject({
        dataset_id: expect.stringMatching(/^d-[0-9a-f]{32}$/),
        digest: expect.stringMatching(/^[0-9a-f]{8}$/),
        created_by: 'bob',
        last_updated_by: 'bob',
        schema: null,
        num_records: null,
      });
      expect(Object.entries(made.tags)).toContainEqual(['__proto__', 'p']);
      const shown = await t.get(made.dataset_id);
      expect(shown).toMatchObject({ name: 'first', created_time: made.created_time });
      expect(new Map(Object.entries(shown.tags))).toEqual(
        new Map([
          ...[['__proto__', 'p'] as const, ['mlflow.user', 'bob'] as const],
          ...[['n', '1.0'] as const, ['t', 'True'] as const],
        ]),
      );
      const ids = await t.datasetStore.experimentIds(t.database.read, made.dataset_id);
      expect(ids).toEqual([Number(experiment)]);
      await t.upsert(made.dataset_id, [{ inputs: { q: 1 } }]);
      await t.datasets.delete(made.dataset_id, BY_TESTER);
      await t.datasets.delete(made.dataset_id, BY_TESTER);
      await expect(t.get(made.dataset_id)).rejects.toThrow(
        `Evaluation dataset with id '${made.dataset_id}' not found`,
      );
    });

    it.each([
      ['n'.repeat(256), '', "'name' exceeds the maximum length of 255 characters"],
      ['d', '{bad', 'tags must be valid JSON'],
      ['d', '[1]', 'tags must be a JSON object'],
      ['d', `{"${'k'.repeat(256)}": "v"}`, "'tag key' exceeds"],
      ['d', `{"k": "${'v'.repeat(5_001)}"}`, "'tag value' exceeds"],
      ['d', '{"k": "\\u0000"}', 'characters that are not valid text'],
      ['d', '{"\\ud800": "v"}', 'characters that are not valid text'],
      ['d', `{"mlflow.user": "${'u'.repeat(256)}"}`, "'mlflow.user' exceeds"],
    ])('is not called %s with tags %s', async (name, tags, message) => {
      await expect(t.create(name, tags)).rejects.toThrow(message);
    });

    it('may have no tags', async () => {
      for (const tags of ['', 'null', '{}']) {
        expect((await t.get(await t.create('bare', tags))).tags).toEqual({});
      }
      await expect(t.datasets.setTags(await t.create(), 'null')).rejects.toThrow('a JSON object');
    });

    it('belongs to experiments that exist', async () => {
      const [one, other] = [await t.experiment(), await t.experiment()];
      for (const id of ['999', 'abc', '01', '99999999999999999999', '']) {
        await expect(t.create('lost', '', [one, id])).rejects.toThrow(
          `No Experiment with id=${id}`,
        );
      }
      expect(await t.found({ filter: "name = 'lost'" })).toEqual([]);
      const id = await t.create('linked', '', [one]);
      const { last_update_time: before, digest } = await t.get(id);
      await expect(t.datasets.addTo(id, [other, '999'])).rejects.toThrow('id=999');
      const after = await t.datasets.addTo(id, [other, one, other]);
      expect(after.last_update_time).toBeGreaterThan(before);
      expect(after.digest).toBe(digest);
      const ids = () => t.datasetStore.experimentIds(t.database.read, id);
      expect(await ids()).toEqual([Number(one), Number(other)]);
      const same = await t.datasets.removeFrom(id, ['999', 'abc']);
      expect(same.last_update_time).toBe(after.last_update_time);
      await t.datasets.removeFrom(id, [one, '999']);
      expect(await ids()).toEqual([Number(other)]);
      await expect(t.datasets.addTo('nope', [])).rejects.toThrow("Dataset 'nope' not found");
      await expect(t.datasets.removeFrom('nope', [])).rejects.toThrow("Dataset 'nope' not found");
    });

    it('has tags that are set and deleted', async () => {
      const id = await t.create('tagged', '{"a": "1", "b": "2"}');
      await t.datasets.setTags(id, '{"b": {"x": [1.0]}, "c": "3", "a": null}');
      await t.datasets.deleteTag(id, 'c');
      await t.datasets.deleteTag(id, 'none');
      await t.datasets.deleteTag('nope', 'a');
      expect((await t.get(id)).tags).toEqual({ a: '1', b: '{"x": [1.0]}' });
      await expect(t.datasets.setTags('nope', '{}')).rejects.toThrow(
        'Could not find evaluation dataset with ID nope',
      );
    });
  });
});
