import { beforeAll, describe, expect, it } from 'vitest';
import type { Database } from '../../platform/db/database.js';
import { forEachDatabase } from '../../testing/for-each-database.js';
import { appendModelMetrics } from './logged-models.metrics.js';
import { type LoggedModelSearch, searchLoggedModels } from './logged-models.pages.js';
import { LoggedModelStore } from './logged-models.store.js';

const ALL: LoggedModelSearch = {
  experimentIds: ['1', '2'],
  filter: '',
  datasets: [],
  orderBy: [],
  maxResults: 0,
  pageToken: '',
};

forEachDatabase((open) => {
  let database: Database;
  let store: LoggedModelStore;

  /** Models `n0` to `n6`, the later the newer; `n3` and `n4` are of one moment. */
  beforeAll(async () => {
    database = await open();
    store = new LoggedModelStore(database);
    const times = [100, 200, 300, 400, 400, 500, 600];
    for (const [index, now] of times.entries()) await add(index, now);
    await database.write((tx) => store.markDeleted(tx, 'm-6', 700));
  });

  const add = (index: number, now: number) =>
    database.write(async (tx) => {
      const modelId = `m-${index}`;
      const id = await store.insert(tx, {
        modelId,
        experimentId: index === 0 ? 2 : 1,
        name: `n${index}`,
        artifactUri: '',
        modelType: index % 2 ? 'odd' : 'even',
        sourceRunId: '',
        status: 1,
        now,
      });
      await store.setTags(tx, id, [{ key: 'k', value: String(index) }]);
      if (index > 3) return;
      const common = { modelId, key: 'acc', isNan: 0, timestamp: 1, runId: 'r' } as const;
      const dataset = { datasetName: 'd', datasetDigest: 'g' };
      await appendModelMetrics(tx, [
        { ...common, step: 0, value: 10 - index, datasetName: undefined, datasetDigest: undefined },
        { ...common, step: 1, value: index, ...dataset },
      ]);
    });

  const search = (more: Partial<LoggedModelSearch>) =>
    searchLoggedModels(database, store, { ...ALL, ...more });
  const names = async (more: Partial<LoggedModelSearch>) =>
    (await search(more)).models.map(({ name }) => name).join(' ');

  it('shows the newest first, never a deleted one, only of the experiments asked for', async () => {
    expect(await names({})).toBe('n5 n3 n4 n2 n1 n0');
    expect(await names({ experimentIds: ['1'] })).toBe('n5 n3 n4 n2 n1');
    expect(await names({ experimentIds: ['2', '2', '99'] })).toBe('n0');
    expect(await names({ experimentIds: [] })).toBe('');
  });

  it('shows all that belongs to a model', async () => {
    const { models } = await search({ filter: "name = 'n2'" });
    expect(models).toHaveLength(1);
    expect(JSON.parse(models[0]?.tags ?? '')).toEqual([{ key: 'k', value: '2' }]);
    expect(JSON.parse(models[0]?.metrics ?? '')).toHaveLength(2);
  });

  it('filters', async () => {
    expect(await names({ filter: "model_type = 'odd' AND tags.k != '1'" })).toBe('n5 n3');
    expect(await names({ filter: 'metrics.acc >= 9' })).toBe('n1 n0');
  });

  it('restricts metrics to datasets', async () => {
    const datasets = [{ dataset_name: 'd', dataset_digest: 'g' }];
    expect(await names({ datasets })).toBe('n3 n2 n1 n0');
    expect(await names({ datasets, filter: 'metrics.acc >= 2' })).toBe('n3 n2');
    expect(await names({ datasets: [{ dataset_name: 'e' }] })).toBe('');
  });

  describe.each([
    [[], 'n5 n3 n4 n2 n1 n0'],
    [[{ field_name: 'name' }], 'n0 n1 n2 n3 n4 n5'],
    [[{ field_name: 'metrics.acc' }], 'n0 n1 n2 n3 n5 n4'],
    [[{ field_name: 'metrics.acc', ascending: false }], 'n3 n2 n1 n0 n5 n4'],
    [[{ field_name: 'model_type' }, { field_name: 'creation_time' }], 'n0 n2 n4 n1 n3 n5'],
  ])('ordered by %j', (orderBy, expected) => {
    it.each([1, 2, 4, 6, 100])('comes whole in pages of %i', async (maxResults) => {
      const found: string[] = [];
      let pageToken = '';
      do {
        const page = await search({ orderBy, maxResults, pageToken });
        expect(page.models.length).toBeGreaterThan(0);
        found.push(...page.models.map(({ name }) => name));
        pageToken = page.nextPageToken ?? '';
      } while (pageToken !== '');
      expect(found.join(' ')).toBe(expected);
    });
  });

  it('refuses the token of another search, and what is no token', async () => {
    const { nextPageToken: pageToken = '' } = await search({ maxResults: 2 });
    const others: [Partial<LoggedModelSearch>, string][] = [
      [{ filter: "name = 'n1'" }, 'Filter string in the page token does not match'],
      [{ experimentIds: ['1'] }, 'Experiment IDs in the page token do not match'],
      [{ orderBy: [{ field_name: 'name' }] }, 'Order by in the page token does not match'],
      [{ datasets: [{ dataset_name: 'd' }] }, 'Datasets in the page token do not match'],
      [{ pageToken: '~' }, 'Invalid page token'],
    ];
    for (const [other, message] of others) {
      await expect(search({ maxResults: 2, pageToken, ...other })).rejects.toThrow(message);
    }
  });

  it('refuses a negative size and ids that are no numbers', async () => {
    await expect(search({ maxResults: -1 })).rejects.toThrow('must be a positive integer');
    await expect(search({ experimentIds: ['x'] })).rejects.toThrow("Invalid experiment ID 'x'");
  });
});
