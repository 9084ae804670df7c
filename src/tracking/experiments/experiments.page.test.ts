import { beforeAll, describe, expect, it } from 'vitest';
import type { Database } from '../../platform/db/database.js';
import { forEachDatabase } from '../../testing/for-each-database.js';
import { BY_TESTER } from '../../testing/tester.js';
import { trackingOn } from '../testing/tracking-on.js';
import { type ExperimentQuery, searchExperiments } from './experiments.page.js';
import { ExperimentStore } from './experiments.store.js';

const ALL: ExperimentQuery = {
  filter: '',
  orderBy: [],
  view: 'ACTIVE_ONLY',
  maxResults: 100,
  pageToken: '',
};

forEachDatabase((open) => {
  let database: Database;
  beforeAll(async () => {
    database = await open();
    const { experiments } = trackingOn(database);
    const tag = (value: string) => [{ key: 'team', value }];
    await experiments.create('b', undefined, tag('x'), BY_TESTER);
    await experiments.create('B', undefined, [], BY_TESTER);
    await experiments.create('a%', undefined, tag('y'), BY_TESTER);
    await experiments.create('ä', undefined, tag(''), BY_TESTER);
    await experiments.delete('2', BY_TESTER);
    await database.write((tx) =>
      tx.run({
        sql: 'update experiments set creation_time = 5 where experiment_id < 4',
        bindings: [],
      }),
    );
  });

  const search = async (query: Partial<ExperimentQuery>) => {
    const store = new ExperimentStore(database);
    const { experiments, token } = await searchExperiments(database, store, { ...ALL, ...query });
    return { ids: experiments.map(({ experiment_id }) => experiment_id), token, experiments };
  };

  describe('a search of experiments', () => {
    it('shows the newest first, equal ones by id, and those of its view', async () => {
      expect((await search({})).ids).toEqual([4, 1, 3]);
      expect((await search({ view: 'DELETED_ONLY' })).ids).toEqual([2]);
      expect((await search({ view: 'ALL' })).ids).toEqual([4, 1, 2, 3]);
    });

    it('shows them with their tags', async () => {
      const { experiments } = await search({ filter: "tags.team = 'x'" });
      expect(experiments).toMatchObject([{ name: 'b', tags: [{ key: 'team', value: 'x' }] }]);
    });

    it.each([
      ["name = 'b'", [1]],
      ["name ILIKE 'B'", [1, 2]],
      ["name LIKE '_'", [1, 2, 4]],
      ["name != 'b'", [2, 3, 4]],
      ["tags.team != 'x'", [3, 4]],
      ['tags.team IS NULL', [2]],
      ["experiment_id IN ('1', '3', '3000000000')", [1, 3]],
      ["experiment_id = '9223372036854775807'", []],
      ["experiment_id != '3000000000'", [1, 2, 3, 4]],
      ['creation_time <= 5', [1, 2, 3]],
    ])('finds by %s', async (filter, ids) => {
      const found = await search({ filter, view: 'ALL' });
      expect(found.ids.sort()).toEqual(ids);
    });

    it.each<[string[], number[]]>([
      [[], [4, 1, 2, 3]],
      [['creation_time'], [3, 2, 1, 4]],
      [['name'], [2, 3, 1, 4]],
      [['name DESC'], [4, 1, 3, 2]],
      [['experiment_id DESC'], [4, 3, 2, 1]],
      [
        ['creation_time', 'experiment_id ASC'],
        [1, 2, 3, 4],
      ],
    ])('keeps the order %j from page to page', async (orderBy, ids) => {
      for (const maxResults of [1, 2, 3, 4]) {
        const found: number[][] = [];
        let token: string | undefined = '';
        while (token !== undefined) {
          const page = await search({ orderBy, maxResults, view: 'ALL', pageToken: token });
          found.push(page.ids);
          token = page.token;
        }
        expect(found.flat()).toEqual(ids);
        expect(found).toHaveLength(Math.ceil(4 / maxResults));
      }
    });

    it('refuses the token of another search, and sizes out of range', async () => {
      const { token = '' } = await search({ maxResults: 1 });
      await expect(search({ maxResults: 1, pageToken: token, view: 'ALL' })).rejects.toThrow(
        'Invalid page token, it belongs to a search with another view',
      );
      await expect(search({ maxResults: 0 })).rejects.toMatchObject({
        message:
          "Invalid value 0 for parameter 'max_results' supplied. It must be a positive integer",
      });
      await expect(search({ maxResults: 50_001 })).rejects.toMatchObject({
        message:
          "Invalid value 50001 for parameter 'max_results' supplied. It must be at most 50000",
      });
    });
  });
});
