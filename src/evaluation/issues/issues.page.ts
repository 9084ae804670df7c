import type { Database } from '../../platform/db/database.js';
import { parseFilter } from '../../platform/filter/filter.js';
import { findPage } from '../../platform/filter/find-page.js';
import type { Scope } from '../../platform/http/scope.js';
import { checkMaxResults } from '../../platform/rules/limits.js';
import type { Issue } from './issues.js';
import { ISSUE_SEARCH } from './issues.search.js';
import { type IssueRow, issueColumns, TRACE_COUNT, toIssue } from './issues.store.js';

export interface IssueQuery {
  /** Undefined for those of all experiments. */
  readonly experiment: number | undefined;
  readonly filter: string;
  readonly maxResults: number;
  readonly pageToken: string;
  readonly countsTraces: boolean;
  /** Which of them whoever asks may see. */
  readonly scope?: Scope;
}

export interface FoundIssue extends Issue {
  /** Absent where nobody asked. */
  readonly trace_count?: number;
}

/**
 * Finds one page of issues.
 *
 * @throws MlflowError 400 for a filter or page token that can't be understood
 */
export async function searchIssues(
  database: Database,
  { experiment, filter, maxResults, pageToken, countsTraces, scope }: IssueQuery,
): Promise<{ readonly issues: FoundIssue[]; readonly token: string | undefined }> {
  checkMaxResults(maxResults);
  const comparisons = parseFilter(filter, ISSUE_SEARCH);
  const { sql } = database;
  const rows = sql('issues').select(sql.raw(issueColumns('issues')));
  if (countsTraces) rows.select(sql.raw(`${TRACE_COUNT} as trace_count`));
  if (experiment === undefined) scope?.experiments(rows, 'issues.experiment_id');
  else rows.where('issues.experiment_id', experiment);
  const page = await findPage<IssueRow>(database, ISSUE_SEARCH, rows, {
    comparisons,
    ...{ terms: [], size: maxResults, token: pageToken, query: { experiment, filter } },
  });
  const issues = page.rows.map((row) => ({
    ...toIssue(row),
    ...(row.trace_count === undefined ? {} : { trace_count: row.trace_count }),
  }));
  return { issues, token: page.token };
}
