import { invalidParameter } from '../../errors.js';
import type { Database } from '../../platform/db/database.js';
import { parseFilter } from '../../platform/filter/filter.js';
import { findPage, ownedBy } from '../../platform/filter/find-page.js';
import { parseExperimentIds } from '../experiments/experiments.js';
import {
  type LoggedModelOrder,
  loggedModelSearch,
  parseLoggedModelOrder,
} from './logged-models.search.js';
import type { DatasetFilter } from './logged-models.search-storage.js';
import type { LoggedModelRow, LoggedModelStore } from './logged-models.store.js';

export interface LoggedModelSearch {
  readonly experimentIds: readonly string[];
  readonly filter: string;
  /** Only metrics measured on one of these count. */
  readonly datasets: readonly DatasetFilter[];
  readonly orderBy: readonly LoggedModelOrder[];
  /** 0 for the default. */
  readonly maxResults: number;
  readonly pageToken: string;
}

export interface LoggedModelPage {
  readonly models: readonly LoggedModelRow[];
  readonly nextPageToken: string | undefined;
}

const DEFAULT_SIZE = 100;

/** The parts of a search that its page token belongs to, in MLflow's words. */
const PARTS = {
  experiments: ['Experiment IDs', 'experiment IDs'],
  filter: ['Filter string', 'filter string'],
  order: ['Order by', 'order by'],
  datasets: ['Datasets', 'datasets'],
} as const;

const mismatch = (part: string, expected: unknown): string => {
  const [subject, object] = PARTS[part as keyof typeof PARTS];
  const verb = subject.endsWith('s') ? 'do' : 'does';
  return (
    `${subject} in the page token ${verb} not match the requested ${object}. ` +
    `Expected: ${typeof expected === 'string' ? expected : JSON.stringify(expected)}.`
  );
};

/**
 * Finds a page of active logged models first and then what is shown of them, so that metrics and
 * the like are looked up for the page alone.
 *
 * @throws MlflowError 400 for a search that can't be understood, or a token of another one
 */
export async function searchLoggedModels(
  database: Database,
  store: LoggedModelStore,
  search: LoggedModelSearch,
): Promise<LoggedModelPage> {
  const size = pageSize(search.maxResults);
  const language = loggedModelSearch(search.datasets);
  const comparisons = parseFilter(search.filter, language);
  const experiments = parseExperimentIds(search.experimentIds);
  const terms = parseLoggedModelOrder(search.orderBy);

  const rows = database.sql('logged_models').select('logged_models.id');
  ownedBy(rows, 'logged_models.experiment_id', experiments, database);
  rows.where('logged_models.lifecycle_stage', 'active');
  const page = await findPage<{ id: number }>(database, language, rows, {
    comparisons,
    terms,
    size,
    token: search.pageToken,
    query: {
      experiments: search.experimentIds,
      filter: search.filter,
      order: terms,
      datasets: search.datasets,
    },
    mismatch,
  });
  const models = await store.readMany(
    database.scan,
    page.rows.map(({ id }) => id),
  );
  return { models, nextPageToken: page.token };
}

function pageSize(maxResults: number): number {
  if (maxResults >= 0) return maxResults || DEFAULT_SIZE;
  throw invalidParameter(
    `Invalid value ${maxResults} for parameter 'max_results' supplied. It must be a positive integer`,
  );
}
