import type { Database } from '../../platform/db/database.js';
import { applyFilter } from '../../platform/filter/compile.js';
import { parseFilter } from '../../platform/filter/filter.js';
import { ownedBy } from '../../platform/filter/find-page.js';
import { applyPosition, type SortColumn } from '../../platform/filter/keyset.js';
import type { SortTerm } from '../../platform/filter/order-by.js';
import { decodePageToken, nextPage } from '../../platform/filter/page-token.js';
import { VIEW_STAGES } from '../../platform/rules/limits.js';
import { RUN_SEARCH } from './runs.search.js';

/** Which runs are looked at. */
export interface RunQuery {
  readonly experimentIds: readonly number[];
  readonly filter: string;
  readonly view: keyof typeof VIEW_STAGES;
  /** So many runs are looked at, the newest first. */
  readonly most: number;
}

/** What runs are grouped by, and which runs. */
export interface GroupQuery extends RunQuery {
  readonly by: SortTerm;
  /** Keys whose means are wanted. */
  readonly metrics: readonly string[];
  readonly size: number;
  readonly pageToken: string;
}

export interface RunGroup {
  /** Null for the runs that have none. */
  readonly value: string | null;
  readonly count: number;
  /** In the order of the keys that were asked for. */
  readonly metrics: readonly { readonly count: number; readonly sum: number }[];
}

type Row = Readonly<Record<string, number | string | null>> & { readonly value: string | null };

const TABLES: Readonly<Record<string, string>> = { parameter: 'run_params', tag: 'run_tags' };
/** Sums of numbers below stay finite, however many runs there are. */
const MOST_SUMMED = 1e300;
const ORDER: readonly SortColumn[] = [
  { sql: 'g.value', bindings: [], name: 'value', type: 'text', ascending: true, nullable: true },
];

/**
 * Counts runs by the values of a param or a tag, in the order of these.
 *
 * @returns one page of groups, and of how many runs all groups are; one more than `most` says that
 * there are more
 * @throws MlflowError 400 for a filter or a page token that can't be understood
 */
export async function groupRuns(
  database: Database,
  query: GroupQuery,
): Promise<{ groups: RunGroup[]; token: string | undefined; runs: number }> {
  const { sql } = database;
  const { by, metrics, size } = query;
  const paged = {
    experiment_ids: query.experimentIds,
    ...{ filter: query.filter, run_view_type: query.view, group_by: [by.entity, by.key] },
  };
  const position = decodePageToken(query.pageToken, paged, ORDER);
  const counted = sql('matching as m')
    .withMaterialized('matching', matchingRuns(database, query))
    .joinRaw(`left join ${TABLES[by.entity]} as g on g.run = m.id and g.key = ?`, [by.key])
    .select('g.value as value')
    .select(sql.raw('count(*) as count'))
    .select(sql.raw('(select count(*) from matching) as runs'))
    .groupBy('g.value')
    .orderByRaw('g.value asc nulls last')
    .limit(size + 1);
  metrics.forEach((key, index) => {
    const alias = `m${index}`;
    counted
      .joinRaw(
        `left join latest_metrics as ${alias} on ${alias}.run = m.id and ${alias}.key = ? ` +
          `and ${alias}.is_nan = 0 and abs(${alias}.value) < ?`,
        [key, MOST_SUMMED],
      )
      .select(sql.raw(`count(${alias}.value) as count_${index}`))
      .select(sql.raw(`sum(${alias}.value) as sum_${index}`));
  });
  applyPosition(counted, ORDER, position);
  const rows = await database.scan.all<Row>(counted);
  const page = nextPage(rows, size, ORDER, paged, position);
  return {
    groups: page.rows.map((row) => ({
      value: row.value,
      count: Number(row.count),
      metrics: metrics.map((_, index) => ({
        count: Number(row[`count_${index}`]),
        sum: Number(row[`sum_${index}`]),
      })),
    })),
    token: page.token,
    runs: Number(rows[0]?.runs ?? 0),
  };
}

/** The runs that a search would find; one more than are looked at, which tells that there are more. */
export function matchingRuns(database: Database, { experimentIds, filter, view, most }: RunQuery) {
  const rows = database.sql('runs').select('runs.id');
  ownedBy(rows, 'runs.experiment_id', experimentIds, database);
  rows.whereIn('runs.lifecycle_stage', [...VIEW_STAGES[view]]);
  applyFilter(rows, parseFilter(filter, RUN_SEARCH), RUN_SEARCH, database.dialect);
  return rows.orderBy('runs.start_time', 'desc').limit(most + 1);
}
