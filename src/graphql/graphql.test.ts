import { Readable } from 'node:stream';
import type { Express } from 'express';
import supertest from 'supertest';
import { beforeAll, describe, expect, it } from 'vitest';
import { createApp } from '../app.js';
import { unavailable } from '../errors.js';
import { toConfig } from '../platform/config/config.js';
import type { Database } from '../platform/db/database.js';
import type { Call } from '../platform/http/operation.js';
import { seesAll } from '../platform/http/scope.js';
import { createLog } from '../platform/log.js';
import { forEachDatabase } from '../testing/for-each-database.js';
import { newFolder } from '../testing/new-folder.js';
import { BY_TESTER } from '../testing/tester.js';
import { graphqlOperations } from './graphql.operations.js';

const RUN = `{
  info { runUuid runName status startTime endTime userId lifecycleStage }
  data { metrics { key value step timestamp modelId } params { key value } tags { key value } }
  inputs { datasetInputs { dataset { name } } modelInputs { modelId } }
  outputs { modelOutputs { modelId step } }
  experiment { experimentId name tags { key value } workspace }
  modelVersions { name version status aliases deploymentJobState { jobId } }
}`;

forEachDatabase((open) => {
  let database: Database;
  let app: Express;
  beforeAll(async () => {
    database = await open();
    const config = toConfig({ artifactsDestination: newFolder() });
    app = await createApp(config, database, createLog('silent'));
  });

  const post = async (path: string, body: object) => {
    const response = await supertest(app).post(`/api/2.0/mlflow/${path}`).send(body);
    expect([response.status, response.text]).toEqual([200, expect.any(String)]);
    return response.body;
  };
  const ask = async (query: string, variables?: object) => {
    const response = await supertest(app).post('/graphql').send({ query, variables });
    expect([response.status, response.text]).toEqual([200, expect.any(String)]);
    return response.body;
  };
  const errorsOf = async (query: string, variables?: object): Promise<string[]> => {
    const { data, errors } = await ask(query, variables);
    expect(Object.values(data ?? {}).every((value) => value === null)).toBe(true);
    return errors;
  };
  let names = 0;
  const experiment = async (): Promise<string> => {
    const { experiment_id } = await post('experiments/create', { name: `graph ${++names}` });
    return experiment_id;
  };
  const run = async (experiment_id: string, more: object = {}): Promise<string> => {
    const created = await post('runs/create', { experiment_id, run_name: 'one', ...more });
    return created.run.info.run_id;
  };

  describe('a run', () => {
    it('comes with its experiment and its model versions, as its page asks for it', async () => {
      const experimentId = await experiment();
      const run_id = await run(experimentId, { start_time: '9007199254740993', user_id: 'me' });
      const metric = { run_id, timestamp: 5 };
      await post('runs/log-metric', { ...metric, key: 'loss', value: 0.5, step: 3 });
      await post('runs/log-metric', { ...metric, key: 'none', value: 'NaN' });
      await post('runs/log-metric', { ...metric, key: 'vast', value: 123456789012345680 });
      await post('runs/log-parameter', { run_id, key: 'rate', value: '1' });
      const name = `graph model ${++names}`;
      await post('registered-models/create', { name });
      const source = `mlflow-artifacts:/${experimentId}/${run_id}/artifacts/model`;
      await post('model-versions/create', { name, source, run_id });

      const query = `query GetRun($data: MlflowGetRunInput!) @component(name: "a page") {
        mlflowGetRun(input: $data) { apiError { code } run ${RUN} }
      }`;
      expect(await ask(query, { data: { runId: run_id } })).toEqual({
        data: {
          mlflowGetRun: {
            apiError: null,
            run: {
              info: {
                runUuid: run_id,
                runName: 'one',
                status: 'RUNNING',
                startTime: '9007199254740993',
                endTime: '0',
                userId: 'me',
                lifecycleStage: 'active',
              },
              data: {
                metrics: [
                  { key: 'loss', value: 0.5, step: '3', timestamp: '5', modelId: '' },
                  { key: 'none', value: null, step: '0', timestamp: '5', modelId: '' },
                  {
                    ...{ key: 'vast', value: 123456789012345680 },
                    ...{ step: '0', timestamp: '5', modelId: '' },
                  },
                ],
                params: [{ key: 'rate', value: '1' }],
                tags: [{ key: 'mlflow.runName', value: 'one' }],
              },
              inputs: { datasetInputs: [], modelInputs: [] },
              outputs: { modelOutputs: [] },
              experiment: {
                experimentId,
                name: expect.any(String),
                tags: [],
                workspace: 'default',
              },
              modelVersions: [
                {
                  name,
                  version: '1',
                  status: 'READY',
                  aliases: [],
                  deploymentJobState: { jobId: '' },
                },
              ],
            },
          },
        },
        errors: null,
      });
    });

    it('that is not there is an error in the answer, in the words of the API', async () => {
      const query = '{ mlflowGetRun(input: {runUuid: "none"}) { run { info { runId } } } }';
      expect(await ask(query)).toEqual({
        data: { mlflowGetRun: null },
        errors: ['Run with id=none not found'],
      });
    });
  });

  it('searches runs, page by page, each with what belongs to it', async () => {
    const experimentId = await experiment();
    const ids = [];
    for (const start_time of [1, 2, 3]) ids.unshift(await run(experimentId, { start_time }));
    const name = `graph model ${++names}`;
    await post('registered-models/create', { name });
    const source = `mlflow-artifacts:/${experimentId}/${ids[1]}/artifacts/model`;
    await post('model-versions/create', { name, source, run_id: ids[1] });
    const query = `query Q($data: MlflowSearchRunsInput!) { mlflowSearchRuns(input: $data) {
      nextPageToken runs { info { runId } experiment { experimentId } modelVersions { version } }
    } }`;
    const found = [];
    let pageToken = '';
    do {
      const data = { experimentIds: [experimentId], maxResults: 2, pageToken, runViewType: 'ALL' };
      const { mlflowSearchRuns } = (await ask(query, { data })).data;
      found.push(...mlflowSearchRuns.runs);
      pageToken = mlflowSearchRuns.nextPageToken;
    } while (pageToken !== '');
    expect(found).toEqual(
      ids.map((runId, index) => ({
        info: { runId },
        experiment: { experimentId },
        modelVersions: index === 1 ? [{ version: '1' }] : [],
      })),
    );
  });

  it('has the other operations that the pages may send', async () => {
    const experimentId = await experiment();
    const run_id = await run(experimentId);
    await post('runs/log-metric', { run_id, key: 'm', value: 1, timestamp: 2, step: 3 });
    const { data, errors } = await ask(
      `query Q($history: MlflowGetMetricHistoryBulkIntervalInput!) {
        mlflowGetExperiment(input: {experimentId: "${experimentId}"}) {
          __typename experiment { experimentId effectiveTraceArchivalRetention }
        }
        mlflowGetMetricHistoryBulkInterval(input: $history) {
          metrics { timestamp step runId key value }
        }
        mlflowListArtifacts(input: {runId: "${run_id}"}) { rootUri files { path isDir fileSize } }
        mlflowSearchModelVersions(input: {filter: "name='none'", maxResults: 3}) {
          modelVersions { name } nextPageToken
        }
      }`,
      { history: { runIds: [run_id], metricKey: 'm', maxResults: 320 } },
    );
    expect(errors).toBeNull();
    expect(data).toEqual({
      mlflowGetExperiment: {
        __typename: 'MlflowGetExperimentResponse',
        experiment: { experimentId, effectiveTraceArchivalRetention: '' },
      },
      mlflowGetMetricHistoryBulkInterval: {
        metrics: [{ timestamp: '2', step: '3', runId: run_id, key: 'm', value: 1 }],
      },
      mlflowListArtifacts: {
        rootUri: `mlflow-artifacts:/${experimentId}/${run_id}/artifacts`,
        files: [],
      },
      mlflowSearchModelVersions: { modelVersions: [], nextPageToken: '' },
    });
    const mutation = `mutation { mlflowSearchDatasets(input: {experimentIds: ["${experimentId}"]}) {
      datasetSummaries { name }
    } }`;
    expect(await ask(mutation)).toEqual({
      data: { mlflowSearchDatasets: { datasetSummaries: [] } },
      errors: null,
    });
  });

  it('can be asked by an address too', async () => {
    const query = 'query Q($data: MlflowGetRunInput) { mlflowGetRun(input: $data) { __typename } }';
    const variables = JSON.stringify({ data: { runId: 'none' } });
    const { status, body } = await supertest(app).get('/graphql').query({ query, variables });
    expect([status, body.errors]).toEqual([200, ['Run with id=none not found']]);
  });

  describe('a query that is not accepted', () => {
    const many = (count: number, text: (index: number) => string) =>
      Array.from({ length: count }, (_, index) => text(index)).join(' ');

    it.each([
      ['broken', '{ mlflowGetRun(', /^Syntax Error/],
      ['of nothing', '{ nope }', /Cannot query field/],
      [
        'of too many fields',
        `{ ${many(11, () => '__typename')} }`,
        /at most 10 root fields, got 11/,
      ],
      ['too deep', '{a{a{a{a{a{a{a{a{a{a{a}}}}}}}}}}}', /maximum depth of 10/],
      ['too wide', `{ a { ${many(1001, () => 'b')} } }`, /maximum total selections of 1000/],
      ['with too many aliases', `{ a { ${many(11, (n) => `b${n}: b`)} } }`, /at most 10 aliases/],
      [
        'that multiplies by fragments',
        `{ ...f0 } ${many(9, (n) => `fragment f${n} on T { a { ...f${n + 1} } b { ...f${n + 1} } c { ...f${n + 1} } }`)} fragment f9 on T { x }`,
        /maximum total selections/,
      ],
      ['that goes round in circles', '{ ...f } fragment f on T { a { ...f } }', /maximum depth/],
      ['of too many words', `{ a(x: [${many(3_000, () => '1')}]) }`, /tokens/],
      ['of too many characters', `{ a(x: "${'x'.repeat(70_000)}") }`, /maximum length of 65536/],
      ['nested in brackets', `{ a(x: ${'{a:'.repeat(2_400)}) }`, /Syntax Error|nested|tokens/],
    ])('%s is told what is wrong', async (_, query, message) => {
      const { data, errors } = await ask(query);
      expect(data).toBeNull();
      expect(errors[0]).toMatch(message);
    });

    it('asks for more rows than one query reads', async () => {
      const search = (maxResults: number) =>
        `mlflowSearchRuns(input: {experimentIds: ["0"], maxResults: ${maxResults}}) { nextPageToken }`;
      expect(await errorsOf(`{ ${search(201)} }`)).toEqual([
        expect.stringContaining('a GraphQL query reads 200 rows at most'),
      ]);
      const { errors } = await ask(`{ one: ${search(150)} two: ${search(150)} }`);
      expect(errors).toHaveLength(1);
      expect((await ask(`{ ${search(200)} }`)).errors).toBeNull();
    });

    it('breaks a rule of the operation behind it', async () => {
      expect(await errorsOf('{ mlflowGetRun { apiError { code } } }')).toEqual([
        expect.stringContaining("Missing value for required parameter 'run_id'"),
      ]);
      expect(
        await errorsOf('{ mlflowSearchRuns(input: {filter: "foo"}) { nextPageToken } }'),
      ).toEqual(["Invalid clause(s) in filter string: 'foo'"]);
    });

    it.each([
      [{}],
      [{ query: null }],
      [{ query: 5 }],
      [{ query: '{__typename}', variables: 5 }],
      [{ query: '{__typename}', variables: [] }],
    ])('is no query at all: %j', async (body) => {
      const response = await supertest(app).post('/graphql').send(body);
      expect([response.status, response.body.error_code]).toEqual([400, 'INVALID_PARAMETER_VALUE']);
    });
  });
});

it("fails as a whole when it is not the caller's fault", async () => {
  const broken = graphqlOperations(async () => {
    throw unavailable('The database is gone');
  });
  const query = '{ mlflowGetRun(input: {runId: "any"}) { run { info { runId } } } }';
  const call: Call = { ...BY_TESTER, scope: seesAll, body: Readable.from([]), headers: {} };
  await expect(broken.graphql.handler({ query }, call)).rejects.toThrow('The database is gone');
});
