import type { Database } from '../../platform/db/database.js';
import type { OperationTable } from '../../platform/http/operation.js';
import type { ReviewedExperiments } from '../reviewed-experiments.js';
import type { IssueChange } from './issues.js';
import { type FoundIssue, searchIssues } from './issues.page.js';
import type { IssueService } from './issues.service.js';

type Ids = 'createIssue' | 'getIssue' | 'updateIssue' | 'searchIssues';

export interface IssueOperationParts {
  readonly database: Database;
  readonly experiments: Pick<ReviewedExperiments, 'parse'>;
  readonly service: IssueService;
}

/** Issues of a page, unless the caller says otherwise. */
const DEFAULT_RESULTS = 100;

/** Issues of experiments, found by people or by whatever looks at traces. */
export const issueOperations = ({
  database,
  experiments,
  service,
}: IssueOperationParts): OperationTable<Ids> => ({
  createIssue: {
    access: 'edit',
    of: 'experiment',
    id: ({ experiment_id }) => experiment_id,
    also: ({ source_run_id: id = '' }) => (id === '' ? [] : [{ access: 'read', of: 'run', id }]),
    handler: async (input) => ({
      issue: issueToWire(
        await service.create({
          experimentId: input.experiment_id,
          name: input.name,
          description: input.description,
          status: input.status,
          severity: input.severity,
          rootCauses: input.root_causes ?? [],
          categories: input.categories ?? [],
          sourceRunId: input.source_run_id ?? '',
          createdBy: input.created_by ?? '',
        }),
      ),
    }),
  },
  getIssue: {
    access: 'read',
    of: 'issue',
    id: ({ issue_id }) => issue_id,
    handler: async ({ issue_id }) => ({
      issue: issueToWire(await service.get(database.read, issue_id)),
    }),
  },
  updateIssue: {
    access: 'edit',
    of: 'issue',
    id: ({ issue_id }) => issue_id,
    handler: async ({ issue_id, ...input }) => ({
      issue: issueToWire(await service.update(issue_id, toChange(input))),
    }),
  },
  searchIssues: {
    access: 'read',
    of: 'experiment',
    id: ({ experiment_id = '' }) => (experiment_id === '' ? [] : experiment_id),
    handler: async (input, { scope }) => {
      const { experiment_id = '' } = input;
      const { issues, token = '' } = await searchIssues(database, {
        experiment: experiment_id === '' ? undefined : experiments.parse(experiment_id),
        filter: input.filter_string ?? '',
        maxResults: input.max_results ?? DEFAULT_RESULTS,
        pageToken: input.page_token ?? '',
        countsTraces: input.include_trace_count ?? false,
        scope,
      });
      return {
        ...(issues.length > 0 ? { issues: issues.map(issueToWire) } : {}),
        next_page_token: token,
      };
    },
  },
});

/** An empty name or description says nothing. */
const toChange = ({ name = '', description = '', status, severity }: IssueChange): IssueChange => ({
  ...(name === '' ? {} : { name }),
  ...(description === '' ? {} : { description }),
  ...(status === undefined ? {} : { status }),
  ...(severity === undefined ? {} : { severity }),
});

const issueToWire = (issue: FoundIssue) => ({
  issue_id: issue.issue_id,
  experiment_id: String(issue.experiment_id),
  name: issue.name,
  description: issue.description,
  status: issue.status,
  ...(issue.severity === null ? {} : { severity: issue.severity }),
  ...(issue.root_causes.length > 0 ? { root_causes: [...issue.root_causes] } : {}),
  ...(issue.source_run_id === null ? {} : { source_run_id: issue.source_run_id }),
  created_timestamp: issue.created_timestamp,
  last_updated_timestamp: issue.last_updated_timestamp,
  ...(issue.created_by === null ? {} : { created_by: issue.created_by }),
  ...(issue.categories.length > 0 ? { categories: [...issue.categories] } : {}),
  ...(issue.trace_count === undefined ? {} : { trace_count: issue.trace_count }),
});
