import { beforeAll, describe, expect, it } from 'vitest';
import { requestFor } from './access/testing/request-for.js';
import { createApp } from './app.js';
import { toConfig } from './platform/config/config.js';
import type { Database } from './platform/db/database.js';
import { loadContract } from './platform/http/contract.js';
import { type Answer, type Ask, serve } from './platform/http/testing/serve.js';
import { createLog } from './platform/log.js';
import { forEachDatabase } from './testing/for-each-database.js';
import { newFolder } from './testing/new-folder.js';

const contract = loadContract();
const KEY = 'q8Jt2Vw5Zr1Ys4Xb7Nc0Md3Lf6Kg9HpAoIeU';
/** In every text of a thing of the workspace that the other one must not see. */
const MARK = 'only-in-here';
const TRACE = `tr-${'0'.repeat(32)}`;

/** Operations of accounts and of the server as a whole, which no workspace has a part of. */
const OF_THE_SERVER =
  /User|Role|Audit|Workspace|Token|[Gg]ateway|Endpoint|Budget|health|ready|getMetrics|getContract|setUpServer|serverInfo|version$|GovernancePolic|Telemetry|startDrill/;

/** Names that are to be new, and texts that have a form. */
const PREFER: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
  registerScorer: { name: 'judge' },
  listScorerVersions: { name: 'judge' },
  getScorer: { name: 'judge' },
  deleteScorer: { name: 'judge' },
  createExperiment: { name: 'fresh' },
  createRegisteredModel: { name: 'fresh' },
  createDataset: { name: 'fresh' },
  resolveModelUri: { uri: `models:/${MARK}/1` },
  watchModels: { models: [MARK] },
};

type Send = (
  path: string,
  method?: string,
  json?: unknown,
  headers?: Readonly<Record<string, string>>,
) => Promise<Answer>;

forEachDatabase((open) => {
  let database: Database;
  beforeAll(async () => {
    database = await open();
  });

  const started = async () => {
    const raw = {
      ...{ enableWorkspaces: true, artifactsDestination: newFolder(), logLevel: 'silent' },
      webhookSecretKey: KEY,
    };
    return serve(await createApp(toConfig(raw), database, createLog('silent')));
  };

  describe('things of another workspace', { timeout: 120_000 }, () => {
    it('look absent to every operation, and stay as they are', async () => {
      const ask = await started();
      const [here, there] = await workspaces(ask, 'here', 'there');
      const things = await makeThings(here);
      const own = await told(here, things);
      expect(own).toContain(MARK);
      const reached: string[] = [];
      const seen: string[] = [];
      for (const route of contract.routes) {
        if (OF_THE_SERVER.test(route.operation)) continue;
        const prefer = PREFER[route.operation] ?? {};
        const { path, method, json } = requestFor(contract, route, things, prefer);
        const { status, body } = await there(path, method, json);
        expect([route.operation, status < 500 || status === 501]).toEqual([route.operation, true]);
        if (status >= 300) continue;
        reached.push(route.operation);
        if (body.includes(MARK) || body.includes(String(things.run_id))) seen.push(route.operation);
      }
      expect(seen).toEqual([]);
      expect([...new Set(reached)].sort()).toEqual(REACHED);
      expect(await told(here, things)).toBe(own);
    });

    it('are nothing that things of one workspace can be made of', async () => {
      const ask = await started();
      const [here, there] = await workspaces(ask, 'from', 'to');
      const from = await makeThings(here, `tr-${'1'.repeat(32)}`);
      const to = await makeThings(there, `tr-${'2'.repeat(32)}`);
      const own = await told(here, from);
      const v2 = '/api/2.0/mlflow';
      const v3 = '/api/3.0/mlflow';
      const asks: [string, object][] = [
        [`${v2}/runs/log-inputs`, { run_id: to.run_id, models: [{ model_id: from.model_id }] }],
        [`${v2}/runs/outputs`, { run_id: to.run_id, models: [{ model_id: from.model_id }] }],
        [
          `${v2}/runs/log-metric`,
          { run_id: to.run_id, key: 'a', value: 1, timestamp: 1, model_id: from.model_id },
        ],
        [
          `${v2}/runs/log-batch`,
          {
            run_id: to.run_id,
            metrics: [{ key: 'b', value: 1, timestamp: 1, model_id: from.model_id }],
          },
        ],
        [
          `${v2}/logged-models`,
          { experiment_id: to.experiment_id, name: 'x', source_run_id: from.run_id },
        ],
        [`${v2}/traces/link-to-run`, { run_id: to.run_id, trace_ids: [from.trace_id] }],
        [`${v2}/traces/link-to-run`, { run_id: from.run_id, trace_ids: [to.trace_id] }],
        [
          `${v3}/issues`,
          {
            experiment_id: to.experiment_id,
            name: 'x',
            description: 'd',
            source_run_id: from.run_id,
          },
        ],
        [`${v3}/datasets/create`, { name: 'x', experiment_ids: [from.experiment_id] }],
        [
          `${v3}/datasets/${to.dataset_id}/add-experiments`,
          { experiment_ids: [from.experiment_id] },
        ],
        ...[
          `runs:/${from.run_id}/m`,
          `models:/${from.model_id}`,
          `mlflow-artifacts:/workspaces/from/${from.experiment_id}/${from.run_id}/artifacts/m`,
        ].map((source): [string, object] => [
          `${v2}/model-versions/create`,
          { name: MARK, source, run_id: from.run_id, model_id: from.model_id },
        ]),
        [
          `${v2}/model-versions/create`,
          { name: MARK, source: `runs:/${from.run_id}/m`, run_id: to.run_id },
        ],
        [
          `${v2}/model-versions/create`,
          {
            name: MARK,
            source: `mlflow-artifacts:/workspaces/from/${from.experiment_id}/${from.run_id}/artifacts/m`,
            run_id: to.run_id,
          },
        ],
        [`${v2}/model-versions/create`, { name: MARK, source: 'models:/elsewhere/1' }],
      ];
      await made(here(`${v2}/registered-models/create`, 'POST', { name: 'elsewhere' }));
      for (const [path, json] of asks) {
        const { status, body } = await there(path, 'POST', json);
        expect([path, status, body]).toEqual([path, expect.toSatisfy(isRefusal), body]);
      }
      const spans = await there('/v1/traces', 'POST', undefined, {
        'X-MLFLOW-EXPERIMENT-ID': to.experiment_id,
        'X-MLFLOW-RUN-ID': from.run_id,
      });
      expect(spans.status).toBe(404);
      // Lists of several lose those of the other.
      const both = [from.experiment_id, to.experiment_id];
      for (const path of [`${v2}/runs/search`, `${v2}/logged-models/search`]) {
        const found = await made(there(path, 'POST', { experiment_ids: both }));
        const text = JSON.stringify(found);
        expect(text).toContain(MARK);
        expect(text).not.toContain(from.run_id);
        expect(text).not.toContain(from.model_id);
      }
      expect(await told(here, from)).toBe(own);
    });
  });
});

/** Operations that answer in a workspace where nothing is: with lists of nothing, and new things. */
const REACHED = [
  ...['createExperiment', 'createRegisteredModel', 'getAssistantConfig'],
  ...['getCardSchema', 'getOnlineScoringConfigs', 'graphql', 'listAlerts'],
  ...['listAssistantProviders', 'listBreakGlass', 'listDeadLetters', 'listDrills'],
  ...['listEmailPreferences', 'listPromotionRequests', 'listRegistryWebhooks', 'listRunKeys'],
  ...['listShadowLoads', 'listSubscriptions', 'listWebhooks', 'searchExperiments'],
  ...['searchLoggedModels', 'searchModelVersions', 'searchRegisteredModels', 'searchRuns'],
];

const isRefusal = (status: number): boolean => status >= 400 && status < 500;

const inside =
  (ask: Ask, workspace: string): Send =>
  (path, method = 'GET', json = undefined, headers = {}) =>
    ask(path, {
      ...{ method, headers: { ...headers, 'X-MLFLOW-WORKSPACE': workspace } },
      ...(json === undefined ? {} : { json }),
    });

async function workspaces(ask: Ask, here: string, there: string): Promise<[Send, Send]> {
  for (const name of [here, there]) {
    await made(ask('/api/3.0/mlflow/workspaces', { method: 'POST', json: { name } }));
  }
  return [inside(ask, here), inside(ask, there)];
}

async function made(asked: Promise<Answer>): Promise<Readonly<Record<string, unknown>>> {
  const { status, body, json } = await asked;
  if (status >= 300) throw new Error(`${status}: ${body}`);
  return json;
}

/** Makes one thing of each kind in the workspace. */
async function makeThings(here: Send, trace_id = TRACE) {
  const post = (path: string, json: unknown) => made(here(`/api/${path}`, 'POST', json));
  const { experiment_id } = (await post('2.0/mlflow/experiments/create', { name: MARK })) as {
    experiment_id: string;
  };
  const { run } = await post('2.0/mlflow/runs/create', { experiment_id, run_name: MARK });
  const { run_id } = (run as { info: { run_id: string } }).info;
  const { model } = await post('2.0/mlflow/logged-models', { experiment_id, name: MARK });
  const { model_id } = (model as { info: { model_id: string } }).info;
  await post('2.0/mlflow/registered-models/create', { name: MARK });
  const source = `runs:/${run_id}/m`;
  await post('2.0/mlflow/model-versions/create', { name: MARK, source, run_id });
  await post('2.0/mlflow/registered-models/alias', { name: MARK, alias: 'a', version: '1' });
  const trace_location = { type: 'MLFLOW_EXPERIMENT', mlflow_experiment: { experiment_id } };
  const trace_info = {
    ...{ trace_id, trace_location, state: 'OK', request_preview: MARK },
    request_time: '2026-01-01T00:00:00Z',
  };
  await post('3.0/mlflow/traces', { trace: { trace_info } });
  const { dataset } = await post('3.0/mlflow/datasets/create', {
    ...{ name: MARK, experiment_ids: [experiment_id] },
  });
  const { dataset_id } = dataset as { dataset_id: string };
  await post('3.0/mlflow/scorers/register', {
    ...{ experiment_id, name: 'judge', serialized_scorer: `{"a":"${MARK}"}` },
  });
  const idOf = async (path: string, kind: string, id: string, json: object) => {
    const answer = await post(`3.0/mlflow/${path}`, { experiment_id, name: MARK, ...json });
    return (answer[kind] as Readonly<Record<string, string>>)[id] ?? '';
  };
  const issue_id = await idOf('issues', 'issue', 'issue_id', { description: MARK });
  const question = { type: 'FEEDBACK', input: { text: {} } };
  const schema_id = await idOf('label-schemas/create', 'label_schema', 'schema_id', question);
  const custom = { queue_type: 'CUSTOM', schema_ids: [schema_id] };
  const queue_id = await idOf('review-queues/create', 'review_queue', 'queue_id', custom);
  const { webhook } = await post('2.0/mlflow/webhooks', {
    ...{ name: MARK, url: 'https://1.1.1.1/x' },
    events: [{ entity: 'REGISTERED_MODEL', action: 'CREATED' }],
  });
  const { webhook_id } = webhook as { webhook_id: string };
  const { comment } = await post('2.0/mlflow/comments/create', {
    ...{ name: MARK, version: '1', comment: MARK },
  });
  const { subscription } = await post('governance/v1/subscriptions', {
    ...{ channel: 'webhook', url: 'https://1.1.1.1/x', description: MARK },
    events: ['*'],
  });
  const { id } = comment as { id: string };
  const { subscription_id } = subscription as { subscription_id: string };
  return {
    ...{ experiment_id, experiment_ids: [experiment_id], experiment_name: MARK },
    ...{
      run_id,
      run_uuid: run_id,
      run_ids: [run_id],
      model_id,
      dataset_id,
      webhook_id,
      issue_id,
      schema_id,
    },
    ...{ trace_id, trace_ids: [trace_id], request_ids: [trace_id], id, queue_id },
    ...{ request_id: trace_id, subscription_id, model: MARK },
    ...{ name: MARK, version: '1', new_name: 'renamed', stage: 'Staging', alias: 'a' },
    ...{ artifact_path: `workspaces/here/${experiment_id}/${run_id}/artifacts/f` },
    ...{ path: `workspaces/here/${experiment_id}/x`, max_results: 10, source },
    ...{ trace: { trace_info }, trace_info, locations: [trace_location] },
  };
}

type Things = Awaited<ReturnType<typeof makeThings>>;

/** What the workspace itself sees of its things. */
async function told(here: Send, things: Things): Promise<string> {
  const { experiment_id: e, run_id, model_id, trace_id, dataset_id, webhook_id } = things;
  const v2 = '/api/2.0/mlflow';
  const v3 = '/api/3.0/mlflow';
  const answers = await Promise.all(
    [
      `${v2}/experiments/get?experiment_id=${e}`,
      `${v2}/runs/get?run_id=${run_id}`,
      `${v2}/logged-models/${model_id}`,
      `${v3}/traces/${trace_id}`,
      `${v3}/datasets/${dataset_id}`,
      `${v3}/datasets/${dataset_id}/records`,
      `${v3}/datasets/${dataset_id}/experiment-ids`,
      `${v3}/scorers/list?experiment_id=${e}`,
      `${v3}/issues/${things.issue_id}`,
      `${v3}/label-schemas/list?experiment_id=${e}`,
      `${v3}/review-queues/list?experiment_id=${e}`,
      `${v2}/registered-models/get?name=${MARK}`,
      `${v2}/model-versions/get?name=${MARK}&version=1`,
      `${v2}/webhooks/${webhook_id}`,
      `/api/governance/v1/subscriptions/${things.subscription_id}`,
      `/api/governance/v1/subscriptions`,
    ].map((path) => here(path)),
  );
  return answers.map(({ status, body }) => `${status} ${body}`).join('\n');
}
