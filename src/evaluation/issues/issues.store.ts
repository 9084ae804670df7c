import type { Database, Reader, Transaction } from '../../platform/db/database.js';
import { type Issue, type IssueChange, rankOf } from './issues.js';

/** The columns, for whoever inserts many. */
export const ISSUE_COLUMNS = {
  issue_id: 'text',
  experiment_id: 'bigint',
  name: 'text',
  description: 'text',
  status: 'text',
  severity: 'text',
  severity_rank: 'bigint',
  root_causes: 'text',
  categories: 'text',
  source_run_id: 'text',
  created_timestamp: 'bigint',
  last_updated_timestamp: 'bigint',
  created_by: 'text',
} as const;

const COLUMNS = Object.keys(ISSUE_COLUMNS).filter((name) => name !== 'severity_rank');

/** An issue as it is selected: lists are JSON text. */
export type IssueRow = Omit<Issue, 'root_causes' | 'categories'> & {
  readonly root_causes: string | null;
  readonly categories: string | null;
  /** How many traces have it; absent where nobody asked. */
  readonly trace_count?: number;
};

/** The columns of {@link toIssue}. */
export const issueColumns = (alias: string): string =>
  COLUMNS.map((name) => `${alias}.${name}`).join(', ');

/** How many traces say that they have an issue: by an assessment that is called like its id. */
export const TRACE_COUNT =
  '(select count(distinct a.trace) from assessments a join traces t on t.id = a.trace ' +
  "where a.kind = 'issue' and a.name = issues.issue_id and t.experiment_id >= 0)";

/** SQL of issues. */
export class IssueStore {
  readonly #database: Pick<Database, 'dialect' | 'sql'>;

  constructor(database: Pick<Database, 'dialect' | 'sql'>) {
    this.#database = database;
  }

  async find(reader: Reader, issueId: string): Promise<Issue | undefined> {
    const row = await reader.first<IssueRow>({
      sql: `select ${issueColumns('i')} from issues i where i.issue_id = ?`,
      bindings: [issueId],
    });
    return row && toIssue(row);
  }

  /** @returns whether there is a run, deleted or not */
  async hasRun(reader: Reader, runId: string): Promise<boolean> {
    const sql = 'select 1 as one from runs where run_id = ? and experiment_id >= 0';
    return (await reader.first({ sql, bindings: [runId] })) !== undefined;
  }

  async insert(tx: Transaction, issue: Issue): Promise<void> {
    await tx.insert({ table: 'issues', columns: ISSUE_COLUMNS }, [
      [
        ...[issue.issue_id, issue.experiment_id, issue.name, issue.description, issue.status],
        ...[issue.severity, rankOf(issue.severity)],
        ...[toJson(issue.root_causes), toJson(issue.categories), issue.source_run_id],
        ...[issue.created_timestamp, issue.last_updated_timestamp, issue.created_by],
      ],
    ]);
  }

  /** @returns whether there is such an issue */
  async update(
    tx: Transaction,
    issueId: string,
    { severity, ...change }: IssueChange,
    now: number,
  ): Promise<boolean> {
    const changed = await tx.run(
      this.#database
        .sql('issues')
        .where({ issue_id: issueId })
        .update({
          ...change,
          ...(severity === undefined ? {} : { severity, severity_rank: rankOf(severity) }),
          last_updated_timestamp: now,
        }),
    );
    return changed > 0;
  }
}

const toJson = (list: readonly string[]): string | null =>
  list.length > 0 ? JSON.stringify(list) : null;

const fromJson = (text: string | null): readonly string[] =>
  text === null ? [] : (JSON.parse(text) as string[]);

/** Names each member: a row of a search has columns beyond those of an issue. */
export const toIssue = (row: IssueRow): Issue => ({
  issue_id: row.issue_id,
  experiment_id: row.experiment_id,
  name: row.name,
  description: row.description,
  status: row.status,
  severity: row.severity,
  root_causes: fromJson(row.root_causes),
  categories: fromJson(row.categories),
  source_run_id: row.source_run_id,
  created_timestamp: row.created_timestamp,
  last_updated_timestamp: row.last_updated_timestamp,
  created_by: row.created_by,
});
