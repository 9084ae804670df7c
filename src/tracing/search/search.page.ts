import type { Database } from '../../platform/db/database.js';
import { parseFilter } from '../../platform/filter/filter.js';
import { findPage, ownedBy } from '../../platform/filter/find-page.js';
import { parseOrderBy } from '../../platform/filter/order-by.js';
import { checkMaxResults } from '../../platform/rules/limits.js';
import type { TraceRow, TraceStore } from '../traces/traces.store.js';
import { TRACE_LANGUAGE } from './search.language.js';
import { TRACE_ORDER } from './search.order.js';
import { traceStorage } from './search.storage.js';

export interface TraceQuery {
  readonly experimentIds: readonly number[];
  readonly filter: string;
  readonly orderBy: readonly string[];
  readonly maxResults: number;
  readonly pageToken: string;
}

/**
 * Finds one page of traces: first the keys of its rows, in order, then the rows with their tags
 * and metadata in one more query.
 *
 * @throws MlflowError 400 for a filter, order or page token that can't be understood
 */
export async function searchTraces(
  database: Database,
  store: TraceStore,
  query: TraceQuery,
): Promise<{ rows: TraceRow[]; token: string | undefined }> {
  checkMaxResults(query.maxResults);
  const experimentIds = [...new Set(query.experimentIds)];
  const terms = parseOrderBy(query.orderBy, { order: TRACE_ORDER });
  const comparisons = parseFilter(query.filter, { language: TRACE_LANGUAGE });
  const rows = database.sql('traces').select('traces.id');
  ownedBy(rows, 'traces.experiment_id', experimentIds, database);
  const storage = traceStorage(experimentIds, database.dialect);
  const page = await findPage<{ id: number }>(database, { storage }, rows, {
    comparisons,
    terms,
    size: query.maxResults,
    token: query.pageToken,
    query: { locations: query.experimentIds, filter: query.filter, order_by: query.orderBy },
  });
  const keys = page.rows.map(({ id }) => id);
  return { rows: await store.readMany(database.scan, keys), token: page.token };
}
