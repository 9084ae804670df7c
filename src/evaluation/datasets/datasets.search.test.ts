import { beforeAll, describe, expect, it } from 'vitest';
import { forEachDatabase } from '../../testing/for-each-database.js';
import { type Datasets, datasetsOn } from '../testing/datasets-on.js';

forEachDatabase((open) => {
  let t: Datasets;
  beforeAll(async () => {
    t = datasetsOn(await open());
  });

  describe('a search', () => {
    let experiment = '';
    beforeAll(async () => {
      experiment = await t.experiment();
      for (const [name, tags] of [
        ['s-a', '{"k": "1", "mlflow.user": "ann"}'],
        ['s-b', '{"k": "2", "x.y": "3"}'],
        ['S-c', '{"k": "2"}'],
      ] as const) {
        await t.create(name, tags, [experiment]);
      }
    });

    it.each([
      ['', ['S-c', 's-b', 's-a']],
      ["name = 's-a'", ['s-a']],
      ["name != 's-a'", ['S-c', 's-b']],
      ["name LIKE 's-%'", ['s-b', 's-a']],
      ["name ILIKE 's-%' AND tags.k = '2'", ['S-c', 's-b']],
      ["name IN ('s-a', 'S-c', 'zz')", ['S-c', 's-a']],
      ["name >= 's-b'", ['s-b']],
      ["tags.k != '2'", ['s-a']],
      ["tags.x.y LIKE '3'", ['s-b']],
      ["created_by = 'ann'", ['s-a']],
      ["last_updated_by != 'bob'", ['s-a']],
      ['created_time > 5', ['S-c', 's-b', 's-a']],
      ['last_update_time < 5', []],
    ])('for %s', async (filter, names) => {
      expect(await t.found({ experimentIds: [experiment, 'zz'], filter })).toEqual(names);
    });

    it('finds nothing in experiments that have none, or do not exist', async () => {
      expect(await t.found({ experimentIds: [await t.experiment()] })).toEqual([]);
      expect(await t.found({ experimentIds: ['abc', '999'] })).toEqual([]);
    });

    it('goes by pages in any order', async () => {
      for (const orderBy of [[], ['name'], ['name DESC'], ['last_update_time', 'name']]) {
        const query = { experimentIds: [experiment], orderBy };
        const all = await t.found(query);
        expect(all).toHaveLength(3);
        const { token } = await t.search({ ...query, maxResults: 2 });
        expect(await t.found({ ...query, maxResults: 2, pageToken: token ?? '' })).toEqual([
          all[2],
        ]);
      }
    });

    it.each([
      ["name NOT IN ('a')", "List values for 'name' are only supported with the IN comparator."],
      ["created_by IN ('a')", "Only ['name'] attributes support comparison"],
      ["name like 'a'", 'Invalid comparator for string attribute: like'],
      ["name == 'a'", 'Invalid comparator for string attribute: =='],
      ["created_time = '5'", "numeric attribute: created_time. Found '5'"],
      ['created_time = 5.5', "Invalid value for numeric attribute 'created_time': '5.5'"],
      ['created_time LIKE 5', 'Invalid comparator for numeric attribute: LIKE'],
      ["tag.a = 'x'", "Invalid identifier token 'tag' specified"],
      ["tags.a > 'x'", 'Invalid comparator for tag: >'],
      ['tags.a IS NULL', 'Invalid comparator for tag: IS NULL'],
      ['created_by IS NULL', "not for 'attribute' 'created_by'"],
      ["foo = 'x'", "Invalid attribute key 'foo' specified. Valid keys are: {'created_by'"],
      ["name = 'a' OR name = 'b'", 'Invalid clause(s) in filter string: OR'],
    ])('is not %s', async (filter, message) => {
      await expect(t.search({ filter })).rejects.toThrow(message);
    });

    it.each([
      ['dataset_id', "Invalid attribute key 'dataset_id'"],
      ['tags.a', 'Invalid order_by entity: tag'],
      ['attributes.name', "Invalid identifier token 'attributes' specified"],
    ])('is not sorted by %s', async (clause, message) => {
      await expect(t.search({ orderBy: [clause] })).rejects.toThrow(message);
    });

    it('has pages of 1 to 50000', async () => {
      await expect(t.search({ maxResults: 0 })).rejects.toThrow('positive integer');
      await expect(t.search({ maxResults: 50_001 })).rejects.toThrow('at most 50000');
    });
  });
});
