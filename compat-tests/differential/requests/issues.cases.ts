import { at, type Pair } from '../support/pair.js';
import type { OperationCases } from './request-case.js';

const ISSUES = '/api/3.0/mlflow/issues';

/** Issues of every severity, one of which a trace has. */
export async function makeIssueFixtures(pair: Pair): Promise<void> {
  for (const [name, more] of [
    ['xissue', { severity: 'low', root_causes: ['a', 'b'], categories: ['c'], created_by: 'bob' }],
    ['xlater', { status: 'resolved', source_run_id: '@{xrun}' }],
    ['xhigh', { severity: 'high', status: 'rejected' }],
    ['xmedium', { severity: 'medium' }],
    ['xnone', { severity: 'not_an_issue' }],
  ] as const) {
    const body = { experiment_id: '@{xb}', name, description: 'd', ...more };
    const made = await pair.must('POST', ISSUES, body);
    pair.bind(name, 'id', made, (json) => at(json, 'issue', 'issue_id'));
  }
  for (const trace of ['tr-x', 'tr-x', 'tr-xother']) {
    const assessment = { assessment_name: '@{xissue}', issue: { issue_name: 'xissue' } };
    await pair.must('POST', `/api/3.0/mlflow/traces/${trace}/assessments`, { assessment });
  }
  const feedback = { assessment_name: '@{xhigh}', feedback: { value: 1 } };
  await pair.must('POST', '/api/3.0/mlflow/traces/tr-x/assessments', { assessment: feedback });
}

/** Issues; searches first, since one side may accept what the other refuses. */
export const issueCases: readonly OperationCases[] = [
  {
    method: 'POST',
    path: `${ISSUES}/search`,
    good: { experiment_id: '@{xb}' },
    optional: { filter_string: "status = 'pending'", max_results: 2, include_trace_count: true },
    values: {
      experiment_id: ['@{xdeleted}', '999999', 'abc', ''],
      max_results: [1, 0, -1, 50_000, 50_001],
      page_token: ['x', 'zz', ''],
      filter_string: [
        ...["status != 'pending'", "status='resolved'", 'status = pending', 'status = "pending"'],
        ...['"status" = "pending"', '`status` = "pending"', 'status = `pending`'],
        ...["source_run_id = '@{xrun}'", "source_run_id != 'x'", 'source_run_id = 5'],
        ...["status = 'pending' AND source_run_id != 'x'", "status = 'pending' AND"],
        ...["status LIKE 'p%'", "status like 'p%'", "status IN ('pending')", "status == 'pending'"],
        ...["foo LIKE 'x'", "status > 'a'", "status RLIKE 'x'", "status NOT IN ('pending')"],
        ...['status IS NULL', 'source_run_id IS NOT NULL', "severity = 'high'", "Status = 'x'"],
        ...["attributes.status = 'pending'", "tags.a = 'b'", "tags.`a b` = 'x'", "'x' = status"],
        ...["status = 'a' OR status = 'b'", "status = 'pending';", "(status = 'pending')", '  '],
        ...["status = ('pending')", 'status = 1.5', "AND status = 'pending'", 'status = NULL'],
        ...["status = 'pending', status = 'a'", "status = 'it''s'", "status = ''", 'status', 'x y'],
      ],
    },
    repeatable: true,
  },
  { method: 'GET', path: `${ISSUES}/@{xissue}`, good: {}, repeatable: true },
  { method: 'GET', path: `${ISSUES}/none`, good: {} },
  {
    method: 'POST',
    path: ISSUES,
    good: { experiment_id: '@{xa}', name: 'made', description: 'd' },
    optional: {
      ...{ status: 'resolved', severity: 'high', root_causes: ['x'], categories: ['x'] },
      ...{ source_run_id: '@{xrun}', created_by: 'ann' },
    },
    values: {
      experiment_id: ['@{xdeleted}', '999999', 'abc'],
      name: ['é', 'n'.repeat(250)],
      status: ['pending', 'rejected', 'open'],
      severity: ['low', 'medium', 'not_an_issue', 'HIGH'],
      root_causes: [['', 'a,b'], []],
      source_run_id: ['@{xdeletedrun}', 'none', ''],
    },
  },
  {
    method: 'PATCH',
    path: `${ISSUES}/@{xlater}`,
    good: { issue_id: '@{xlater}', name: 'renamed' },
    optional: { description: 'other', status: 'rejected', severity: 'low' },
    values: { status: ['pending', 'open'], severity: ['high', 'HIGH'] },
    others: [{ issue_id: '@{xlater}' }, { issue_id: '@{xlater}', name: 'z', severity: 'medium' }],
  },
  { method: 'PATCH', path: `${ISSUES}/none`, good: { issue_id: 'none', name: 'x' } },
];
