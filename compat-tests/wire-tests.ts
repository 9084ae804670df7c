import { readFileSync } from 'node:fs';
import { type Operation, operationFinder } from './contract.js';
import { artifactCases, fileCases } from './differential/requests/artifacts.cases.js';
import { assessmentCases } from './differential/requests/assessments.cases.js';
import { experimentCases } from './differential/requests/experiments.cases.js';
import { graphqlCases } from './differential/requests/graphql.cases.js';
import { issueCases } from './differential/requests/issues.cases.js';
import { labelSchemaCases } from './differential/requests/label-schemas.cases.js';
import { loggedModelCases } from './differential/requests/logged-models.cases.js';
import { metricCases } from './differential/requests/metrics.cases.js';
import { modelCases, versionCases } from './differential/requests/registry.cases.js';
import { casesOf, type RequestCase } from './differential/requests/request-case.js';
import { reviewQueueCases } from './differential/requests/review-queues.cases.js';
import { routeCases } from './differential/requests/routes.cases.js';
import { runCases } from './differential/requests/runs.cases.js';
import { spanCases, traceCases } from './differential/requests/traces.cases.js';
import { webhookCases } from './differential/requests/webhooks.cases.js';

/** Requests that `differential/requests/` asks a stock server and ours, by the name of the test. */
const CASES: readonly RequestCase[] = [
  ...[experimentCases, runCases, metricCases, loggedModelCases, modelCases, versionCases].flatMap(
    (operations) => operations.flatMap(casesOf),
  ),
  ...[...artifactCases, ...webhookCases, ...traceCases, ...assessmentCases].flatMap(casesOf),
  ...[issueCases, labelSchemaCases, reviewQueueCases].flatMap((operations) =>
    operations.flatMap(casesOf),
  ),
  ...[...fileCases, ...spanCases, ...graphqlCases],
  ...routeCases,
];

/**
 * Tests of other suites, by operation: the file and the name of the test. For what no client asks
 * and what can't be compared with a stock server.
 */
const NAMED = new URL('wire-tests.json', import.meta.url);

/**
 * A test of each operation that asks it over the wire: the first that compares it with a stock
 * server, or one that wire-tests.json names.
 *
 * @throws Error when a named test is not in its file
 */
export function wireTests(operations: readonly Operation[]): ReadonlyMap<string, string> {
  const find = operationFinder(operations);
  const tests = new Map<string, string>();
  for (const { method, path, about } of CASES) {
    const id = find(method, path.replace(/\?.*$/s, ''))?.id;
    if (id !== undefined && !tests.has(id)) tests.set(id, `differential: ${about}`);
  }
  for (const [id, { file, test }] of Object.entries(readNamed())) {
    if (!tests.has(id)) tests.set(id, `${file}: ${test}`);
  }
  return tests;
}

function readNamed(): Readonly<Record<string, { file: string; test: string }>> {
  const named = JSON.parse(readFileSync(NAMED, 'utf8'));
  for (const [id, { file, test }] of Object.entries<{ file: string; test: string }>(named)) {
    const text = readFileSync(new URL(`../${file}`, import.meta.url), 'utf8');
    if (!text.includes(test)) throw new Error(`wire-tests.json: ${id}: ${file} has no "${test}"`);
  }
  return named;
}
