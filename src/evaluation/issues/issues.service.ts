import type { Clock } from '../../platform/clock.js';
import type { Database, Reader } from '../../platform/db/database.js';
import { newHexId } from '../../platform/ids.js';
import type { ReviewedExperiments } from '../reviewed-experiments.js';
import {
  checkAuthor,
  checkIssue,
  FIRST_STATUS,
  type Issue,
  type IssueChange,
  noIssue,
  noSourceRun,
} from './issues.js';
import type { IssueStore } from './issues.store.js';

/** What a client says of a new issue; empty texts say nothing. */
export interface IssueRequest {
  readonly experimentId: string;
  readonly name: string;
  readonly description: string;
  readonly status: string | undefined;
  readonly severity: string | undefined;
  readonly rootCauses: readonly string[];
  readonly categories: readonly string[];
  readonly sourceRunId: string;
  readonly createdBy: string;
}

export interface IssueServiceParts {
  readonly database: Database;
  readonly store: IssueStore;
  readonly experiments: ReviewedExperiments;
  readonly now: Clock;
}

/** The commands of issues. */
export class IssueService {
  readonly #parts: IssueServiceParts;

  constructor(parts: IssueServiceParts) {
    this.#parts = parts;
  }

  /** @throws MlflowError 404 when there is no such issue */
  async get(reader: Reader, issueId: string): Promise<Issue> {
    const issue = await this.#parts.store.find(reader, issueId);
    if (issue === undefined) throw noIssue(issueId);
    return issue;
  }

  /** @throws MlflowError 404 when there is no such experiment, or it is deleted */
  async create(request: IssueRequest): Promise<Issue> {
    const { database, store, experiments, now } = this.#parts;
    const { name, description, status = FIRST_STATUS, severity, sourceRunId } = request;
    checkIssue({ name, description, status, ...(severity === undefined ? {} : { severity }) });
    checkAuthor(request.createdBy);
    const lists = [...request.rootCauses, ...request.categories];
    for (const text of lists) checkIssue({ description: text });
    return database.write(async (tx) => {
      const experiment = await experiments.active(tx, request.experimentId);
      if (sourceRunId !== '' && !(await store.hasRun(tx, sourceRunId))) {
        throw noSourceRun(sourceRunId);
      }
      const time = now();
      const issue: Issue = {
        issue_id: `iss-${newHexId()}`,
        experiment_id: experiment,
        name,
        description,
        status,
        severity: severity ?? null,
        root_causes: request.rootCauses,
        categories: request.categories,
        source_run_id: sourceRunId || null,
        created_timestamp: time,
        last_updated_timestamp: time,
        created_by: request.createdBy || null,
      };
      await store.insert(tx, issue);
      return issue;
    });
  }

  /** @throws MlflowError 404 when there is no such issue */
  update(issueId: string, change: IssueChange): Promise<Issue> {
    const { database, store, now } = this.#parts;
    checkIssue(change);
    return database.write(async (tx) => {
      if (!(await store.update(tx, issueId, change, now()))) throw noIssue(issueId);
      return this.get(tx, issueId);
    });
  }
}
