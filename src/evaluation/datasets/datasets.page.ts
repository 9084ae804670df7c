import type { Database } from '../../platform/db/database.js';
import { isHere } from '../../platform/db/workspace.js';
import { parseFilter } from '../../platform/filter/filter.js';
import { findPage } from '../../platform/filter/find-page.js';
import { parseOrderBy } from '../../platform/filter/order-by.js';
import { addWhere } from '../../platform/filter/storage.js';
import type { Scope } from '../../platform/http/scope.js';
import { checkMaxResults } from '../../platform/rules/limits.js';
import { type EvaluationDataset, experimentNumber } from './datasets.js';
import { DATASET_SEARCH } from './datasets.search.js';
import { type DatasetRow, type DatasetStore, toDataset } from './datasets.store.js';

export interface DatasetQuery {
  /** Those of any of these experiments; of all where there are none. */
  readonly experimentIds: readonly string[];
  readonly filter: string;
  readonly orderBy: readonly string[];
  readonly maxResults: number;
  readonly pageToken: string;
  /** Which of them whoever asks may see. */
  readonly scope?: Scope;
}

/**
 * Finds one page of evaluation datasets with their tags.
 *
 * @throws MlflowError 400 for a filter, order or page token that can't be understood
 */
export async function searchDatasets(
  database: Database,
  store: DatasetStore,
  query: DatasetQuery,
): Promise<{ datasets: EvaluationDataset[]; token: string | undefined }> {
  checkMaxResults(query.maxResults);
  const comparisons = parseFilter(query.filter, DATASET_SEARCH);
  const terms = parseOrderBy(query.orderBy, DATASET_SEARCH);
  const { sql, dialect } = database;
  const rows = sql('evaluation_datasets')
    .select(sql.raw(store.columns('evaluation_datasets')))
    .whereRaw(isHere(database, 'evaluation_datasets'));
  if (query.experimentIds.length > 0) {
    const numbers = query.experimentIds.flatMap((id) => experimentNumber(id) ?? []);
    const given = dialect.isOneOf('x.experiment_id', numbers);
    addWhere(rows, {
      sql:
        'evaluation_datasets.id in ' +
        `(select x.dataset from evaluation_dataset_experiments as x where ${given.sql})`,
      bindings: given.bindings as readonly string[],
    });
  }
  const { maxResults, pageToken, scope, ...paged } = query;
  if (scope !== undefined && !scope.isWhole) {
    // Of none of these experiments means of none that the caller knows of.
    const links = sql('evaluation_dataset_experiments as s')
      .select(sql.raw('1'))
      .whereRaw('s.dataset = evaluation_datasets.id');
    scope.experiments(links, 's.experiment_id');
    rows.whereExists(links);
  }
  const page = await findPage<DatasetRow>(database, DATASET_SEARCH, rows, {
    comparisons,
    terms,
    size: maxResults,
    token: pageToken,
    query: paged,
  });
  return { datasets: page.rows.map(toDataset), token: page.token };
}
