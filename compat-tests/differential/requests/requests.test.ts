import { afterAll, beforeAll, describe, inject, it } from 'vitest';
import { compare, reportDifferences } from '../support/compare.js';
import { Pair } from '../support/pair.js';
import { artifactCases, fileCases } from './artifacts.cases.js';
import { assessmentCases } from './assessments.cases.js';
import { evaluationCases, makeEvaluationFixtures } from './evaluation.cases.js';
import { experimentCases } from './experiments.cases.js';
import { makeFixtures } from './fixtures.js';
import { graphqlCases } from './graphql.cases.js';
import { issueCases, makeIssueFixtures } from './issues.cases.js';
import { labelSchemaCases, makeLabelSchemaFixtures } from './label-schemas.cases.js';
import { loggedModelCases } from './logged-models.cases.js';
import { metricCases } from './metrics.cases.js';
import { modelCases, versionCases } from './registry.cases.js';
import { casesOf, type OperationCases, type RequestCase } from './request-case.js';
import { makeReviewQueueFixtures, reviewQueueCases } from './review-queues.cases.js';
import { routeCases } from './routes.cases.js';
import { runCases } from './runs.cases.js';
import { makeTraceFixtures, spanCases, traceCases } from './traces.cases.js';
import { webhookCases } from './webhooks.cases.js';

const pair = new Pair(inject('urls'), inject('bindings'));

/** Lists of everything: asked before one side accepts what the other refuses. */
const isList = ({ path }: RequestCase) => /mlflow\/[a-z-]+\/search/.test(path);
const lists = [...experimentCases, ...modelCases, ...versionCases].flatMap(casesOf).filter(isList);
const others = (operations: readonly OperationCases[]) =>
  operations.flatMap(casesOf).filter((request) => !isList(request));

const FAMILIES: Readonly<Record<string, readonly RequestCase[]>> = {
  lists,
  graphql: graphqlCases,
  experiments: others(experimentCases),
  runs: runCases.flatMap(casesOf),
  'metrics, batches, inputs': metricCases.flatMap(casesOf),
  'logged models': loggedModelCases.flatMap(casesOf),
  'registered models': others(modelCases),
  'model versions': others(versionCases),
  assessments: assessmentCases.flatMap(casesOf),
  traces: traceCases.flatMap(casesOf),
  spans: spanCases,
  files: fileCases,
  artifacts: artifactCases.flatMap(casesOf),
  routes: routeCases,
  webhooks: webhookCases.flatMap(casesOf),
  evaluation: evaluationCases.flatMap(casesOf),
  issues: issueCases.flatMap(casesOf),
  'label schemas': labelSchemaCases.flatMap(casesOf),
  'review queues': reviewQueueCases.flatMap(casesOf),
};

/** What is stored after the requests of a family, as far as both accept the same. */
const AFTERWARDS = [
  '/api/2.0/mlflow/registered-models/get?name=xm',
  '/api/2.0/mlflow/registered-models/get?name=xrename',
];

beforeAll(async () => {
  await makeFixtures(pair);
  await makeTraceFixtures(pair);
  await makeEvaluationFixtures(pair);
  await makeIssueFixtures(pair);
  await makeLabelSchemaFixtures(pair);
  await makeReviewQueueFixtures(pair);
});

describe.each(Object.entries(FAMILIES))('requests: %s', (_, requests) => {
  it.each(requests.map((request) => ({ request })))('$request.about', async ({ request }) => {
    const { about: __, ...question } = request;
    compare(pair, question, await pair.ask(question));
  });
  it.each(AFTERWARDS)('afterwards %s', async (path) => {
    const question = { method: 'GET', path };
    compare(pair, question, await pair.ask(question));
  });
});

afterAll(reportDifferences);
