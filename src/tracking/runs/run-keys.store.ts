import type { Database } from '../../platform/db/database.js';
import { matchingRuns, type RunQuery } from './run-groups.store.js';

const TABLES = { metrics: 'latest_metrics', params: 'run_params', tags: 'run_tags' } as const;
type Kind = keyof typeof TABLES;

export type RunKeys = Readonly<Record<Kind, readonly string[]>>;

interface Row {
  readonly kind: Kind;
  readonly key: string | null;
  readonly runs: number;
}

/**
 * The keys that runs have, in the order of their names, and how many runs were looked at.
 *
 * @param size as many keys of each kind; one more tells that there are more
 */
export async function listRunKeys(
  database: Database,
  query: Omit<RunQuery, 'filter'>,
  size: number,
): Promise<{ keys: RunKeys; runs: number; hasMore: boolean }> {
  const { sql } = database;
  const of = (kind: Kind) =>
    sql.select(sql.raw('? as kind', [kind]), 'keys.key', sql.raw('0 as runs')).from(
      sql('matching as m')
        .distinct('k.key')
        .join(`${TABLES[kind]} as k`, 'k.run', 'm.id')
        .orderBy('k.key')
        .limit(size + 1)
        .as('keys'),
    );
  const asked = sql
    .withMaterialized('matching', matchingRuns(database, { ...query, filter: '' }))
    .select(sql.raw("'runs' as kind, null as key"), sql.raw('count(*) as runs'))
    .from('matching')
    .unionAll([of('metrics'), of('params'), of('tags')]);
  const rows = await database.scan.all<Row>(asked);
  const keysOf = (wanted: Kind) =>
    rows.flatMap(({ kind, key }) => (kind === wanted && key !== null ? [key] : [])).sort();
  const all = { metrics: keysOf('metrics'), params: keysOf('params'), tags: keysOf('tags') };
  return {
    keys: {
      metrics: all.metrics.slice(0, size),
      params: all.params.slice(0, size),
      tags: all.tags.slice(0, size),
    },
    runs: rows.reduce((sum, { runs }) => sum + Number(runs), 0),
    hasMore: Object.values(all).some((keys) => keys.length > size),
  };
}
