import type { Database } from '../../platform/db/database.js';
import { isHere } from '../../platform/db/workspace.js';
import { parseFilter } from '../../platform/filter/filter.js';
import { findPage } from '../../platform/filter/find-page.js';
import { parseOrderBy } from '../../platform/filter/order-by.js';
import type { Scope } from '../../platform/http/scope.js';
import { checkMaxResults, VIEW_STAGES } from '../../platform/rules/limits.js';
import type { Experiment } from './experiments.js';
import { EXPERIMENT_SEARCH } from './experiments.search.js';
import { type ExperimentStore, type StoredExperiment, toExperiment } from './experiments.store.js';

export interface ExperimentQuery {
  readonly filter: string;
  readonly orderBy: readonly string[];
  readonly view: keyof typeof VIEW_STAGES;
  readonly maxResults: number | bigint;
  readonly pageToken: string;
  /** Which of them whoever asks may see. */
  readonly scope?: Scope;
}

/**
 * Finds one page of experiments with their tags.
 *
 * @throws MlflowError 400 for a filter, order or page token that can't be understood
 */
export async function searchExperiments(
  database: Database,
  store: ExperimentStore,
  query: ExperimentQuery,
): Promise<{ experiments: Experiment[]; token: string | undefined }> {
  checkMaxResults(query.maxResults);
  const comparisons = parseFilter(query.filter, EXPERIMENT_SEARCH);
  const terms = parseOrderBy(query.orderBy, EXPERIMENT_SEARCH);
  const rows = database
    .sql('experiments')
    .select(database.sql.raw(store.columns('experiments')))
    .whereIn('experiments.lifecycle_stage', [...VIEW_STAGES[query.view]])
    .whereRaw(isHere(database, 'experiments'));
  const { maxResults, pageToken, scope, ...paged } = query;
  scope?.experiments(rows, 'experiments.experiment_id');
  const page = await findPage<StoredExperiment>(database, EXPERIMENT_SEARCH, rows, {
    comparisons,
    terms,
    size: Number(maxResults),
    token: pageToken,
    query: paged,
  });
  return { experiments: page.rows.map(toExperiment), token: page.token };
}
