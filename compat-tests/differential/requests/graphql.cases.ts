import type { RequestCase } from './request-case.js';

const RUN = `{
  info { runId runUuid runName experimentId userId status startTime endTime artifactUri lifecycleStage }
  data { metrics { key value step timestamp modelId } params { key value } tags { key value } }
  inputs {
    datasetInputs { dataset { digest name profile schema source sourceType } tags { key value } }
    modelInputs { modelId }
  }
  outputs { modelOutputs { modelId step } }
  experiment { experimentId name tags { key value } artifactLocation lifecycleStage workspace }
  modelVersions { version name status source currentStage aliases deploymentJobState { jobId } }
}`;

const of = (about: string, query: string, data?: object): RequestCase => ({
  about: `graphql: ${about}`,
  method: 'POST',
  path: '/graphql',
  body: { query, ...(data === undefined ? {} : { variables: { data } }) },
});

const GET_RUN = `query GetRun($data: MlflowGetRunInput!) @component(name: "a page") {
  mlflowGetRun(input: $data) { apiError { code } run ${RUN} }
}`;
const GET_EXPERIMENT = `query GetExperiment($data: MlflowGetExperimentInput!) {
  mlflowGetExperiment(input: $data) {
    apiError { code }
    experiment { experimentId name artifactLocation lifecycleStage tags { key value } workspace }
  }
}`;
const SEARCH_RUNS = `query SearchRuns($data: MlflowSearchRunsInput!) {
  mlflowSearchRuns(input: $data) { apiError { code } runs ${RUN} }
}`;
const LIST = `query List($data: MlflowListArtifactsInput!) {
  mlflowListArtifacts(input: $data) { rootUri files { path isDir fileSize } nextPageToken }
}`;
const VERSIONS = `query Versions($data: MlflowSearchModelVersionsInput!) {
  mlflowSearchModelVersions(input: $data) { modelVersions { name version status aliases } }
}`;

/** The queries of MLflow's pages, and such as they would not send. */
export const graphqlCases: readonly RequestCase[] = [
  ...['r0', 'r1', 'r2', 'r7', 'r11', 'xrun', 'xdeletedrun'].map((run) =>
    of(`run ${run}`, GET_RUN, { runId: `@{${run}}` }),
  ),
  of('run by its old name', GET_RUN, { runUuid: '@{r3}' }),
  of('no such run', GET_RUN, { runId: 'none' }),
  of('experiment', GET_EXPERIMENT, { experimentId: '@{xa}' }),
  of('deleted experiment', GET_EXPERIMENT, { experimentId: '@{xdeleted}' }),
  of('no such experiment', GET_EXPERIMENT, { experimentId: '99999999' }),
  of('an id that is none', GET_EXPERIMENT, { experimentId: 'abc' }),
  of('runs', SEARCH_RUNS, { experimentIds: ['@{ea}'], maxResults: 20 }),
  of('runs with a filter and an order', SEARCH_RUNS, {
    ...{ experimentIds: ['@{ea}', '@{eb}'], filter: 'attributes.start_time > 5' },
    ...{ orderBy: ['attributes.start_time ASC'], maxResults: 9 },
  }),
  of('runs of nothing', SEARCH_RUNS, { experimentIds: [] }),
  of('runs by a broken filter', SEARCH_RUNS, { experimentIds: ['@{ea}'], filter: 'foo' }),
  of('artifacts', LIST, { runId: '@{xrun}' }),
  of('artifacts of a path that climbs', LIST, { runId: '@{xrun}', path: '../..' }),
  of('versions', VERSIONS, { filter: "name='xempty'" }),
  of('versions by a broken filter', VERSIONS, { filter: "nope='x'" }),
  of('the name of a type', '{ __typename }'),
];
