import type { Database } from '../../platform/db/database.js';
import { parseFilter } from '../../platform/filter/filter.js';
import { findPage, ownedBy } from '../../platform/filter/find-page.js';
import { parseOrderBy } from '../../platform/filter/order-by.js';
import { checkMaxResults, VIEW_STAGES } from '../../platform/rules/limits.js';
import { RUN_SEARCH } from './runs.search.js';
import type { RunRow, RunStore } from './runs.store.js';

export interface RunQuery {
  readonly experimentIds: readonly number[];
  readonly filter: string;
  readonly orderBy: readonly string[];
  readonly view: keyof typeof VIEW_STAGES;
  readonly maxResults: number;
  readonly pageToken: string;
}

/**
 * Finds one page of runs: first the keys of its rows, in order, then the rows with all of their
 * data in one more query.
 *
 * @throws MlflowError 400 for a filter, order or page token that can't be understood
 */
export async function searchRuns(
  database: Database,
  store: RunStore,
  query: RunQuery,
): Promise<{ rows: RunRow[]; token: string | undefined }> {
  checkMaxResults(query.maxResults);
  const comparisons = parseFilter(query.filter, RUN_SEARCH);
  const terms = parseOrderBy(query.orderBy, RUN_SEARCH);
  const rows = database.sql('runs').select('runs.id');
  ownedBy(rows, 'runs.experiment_id', query.experimentIds, database);
  rows.whereIn('runs.lifecycle_stage', [...VIEW_STAGES[query.view]]);
  const page = await findPage<{ id: number }>(database, RUN_SEARCH, rows, {
    comparisons,
    terms,
    size: query.maxResults,
    token: query.pageToken,
    owner: query.experimentIds.length === 1 ? query.experimentIds[0] : undefined,
    query: {
      experiment_ids: query.experimentIds,
      filter: query.filter,
      order_by: query.orderBy,
      run_view_type: query.view,
    },
  });
  const ids = page.rows.map(({ id }) => id);
  return { rows: await store.readMany(database.scan, ids), token: page.token };
}
