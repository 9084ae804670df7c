import type { Database } from '../../platform/db/database.js';
import { trackingOn } from '../../tracking/testing/tracking-on.js';
import { type DatasetQuery, searchDatasets } from '../datasets/datasets.page.js';
import { recordsToJson } from '../datasets/records.js';

export type Json = Readonly<Record<string, unknown>>;

/** Evaluation datasets over a database, with the experiments that they belong to. */
export function datasetsOn(database: Database) {
  const t = trackingOn(database);
  const page = async (id: string, size = 1_000, token?: string) => {
    const key = (await t.datasetStore.key(database.read, id)) ?? -1;
    const { rows, token: next } = await t.recordStore.page(key, size, token);
    return { records: JSON.parse(await recordsToJson(id, rows)) as Json[], next };
  };
  const search = (query: Partial<DatasetQuery>) => {
    const all = { experimentIds: [], filter: '', orderBy: [], maxResults: 1_000, pageToken: '' };
    return searchDatasets(database, t.datasetStore, { ...all, ...query });
  };
  return {
    ...t,
    page,
    search,
    get: (id: string) => t.datasets.get(database.read, id),
    create: async (name = 'd', tags = '', experiments: readonly string[] = []) =>
      (await t.datasets.create(name, tags, experiments)).dataset_id,
    upsert: (id: string, records: readonly unknown[]) =>
      t.datasets.upsert(id, JSON.stringify(records)),
    records: async (id: string) => (await page(id)).records,
    found: async (query: Partial<DatasetQuery>) =>
      (await search(query)).datasets.map(({ name }) => name),
  };
}

export type Datasets = ReturnType<typeof datasetsOn>;
