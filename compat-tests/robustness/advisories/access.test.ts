import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { Client } from '../support/client.js';
import { routesOf } from '../support/contract.js';
import { places } from '../support/place.js';
import { expectRefused, type Reply, startTarget, type Target } from './target.js';

const ADMIN_PASSWORD = 'the password of these tests';
const basic = (name: string, password: string) => ({
  Authorization: `Basic ${Buffer.from(`${name}:${password}`).toString('base64')}`,
});
const ADMIN = basic('admin', ADMIN_PASSWORD);
const STRANGER = basic('stranger', ADMIN_PASSWORD);

const newPlace = places();
let target: Target;
let experiment: string;
let run: string;
let model: string;

beforeAll(async () => {
  const place = await newPlace();
  const file = join(place.folder, 'auth.ini');
  writeFileSync(file, '[mlflow]\ndefault_permission = NO_PERMISSIONS\n');
  target = await startTarget(place, {
    flags: ['--auth'],
    environment: { MLFLOW_AUTH_ADMIN_PASSWORD: ADMIN_PASSWORD, MLFLOW_AUTH_CONFIG_PATH: file },
  });
  await target.ok('users/create', { username: 'stranger', password: ADMIN_PASSWORD }, ADMIN);
  const made = await target.ok('experiments/create', { name: 'private' }, ADMIN);
  experiment = made.experiment_id as string;
  const message = { experiment_id: experiment, start_time: 1 };
  const created = await target.ok('runs/create', message, ADMIN);
  run = (created as { run: { info: { run_id: string } } }).run.info.run_id;
  const logged = await target.ok('logged-models', { experiment_id: experiment, name: 'm' }, ADMIN);
  model = (logged as { model: { info: { model_id: string } } }).model.info.model_id;
  await target.ok('registered-models/create', { name: 'private' }, ADMIN);
  const source = `mlflow-artifacts:/${experiment}/${run}/artifacts`;
  await target.ok('model-versions/create', { name: 'private', source, run_id: run }, ADMIN);
});

const expectHidden = (reply: Reply, what: string) => {
  expect([401, 403, 404], `${what}: ${reply.status} ${reply.text}`).toContain(reply.status);
};

describe('class 7: no route is left out of the checks (CVE-2023-6014, CVE-2024-4263, CVE-2025-14297, CVE-2025-15381, CVE-2026-0545, CVE-2026-2651, CVE-2026-2652, CVE-2026-2734, CVE-2026-3198, CVE-2026-8147, CVE-2026-13484, CVE-2026-33866, CVE-2026-69146, CVE-2026-69148)', () => {
  /** What anybody may ask. Operations that the server has not got (501) tell nobody anything. */
  const OPEN = [
    ...['health', 'ready', 'version', 'getContract', 'serverInfo', 'setUpServer'],
    ...['getUiTelemetryConfig', 'sendUiTelemetry'],
  ];

  it('every route in every spelling asks who calls', async () => {
    const client = new Client(target.server.url);
    const routes = await routesOf(client);
    client.close();
    expect(routes.length).toBeGreaterThan(300);
    for (const { method, path, operation } of routes) {
      if (OPEN.includes(operation)) continue;
      const reply = await (method === 'GET'
        ? target.send(method, path)
        : target.json(method, path, {}));
      expect([401, 501], `${method} ${path}: ${reply.text}`).toContain(reply.status);
    }
  });

  it('the twins of a protected route are closed to who may not use it', async () => {
    const artifact = `${experiment}/${run}/artifacts/x`;
    const calls: (readonly [string, string, object?])[] = [
      ['GET', `/get-artifact?run_uuid=${run}&path=x`],
      ['GET', '/model-versions/get-artifact?name=private&version=1&path=x'],
      ['GET', `/ajax-api/2.0/mlflow/logged-models/${model}/artifacts/files?artifact_file_path=x`],
      ['POST', `/ajax-api/2.0/mlflow/upload-artifact?run_uuid=${run}&path=x`, {}],
      ['GET', `/api/2.0/mlflow-artifacts/artifacts/${artifact}`],
      ['GET', `/api/2.0/mlflow-artifacts/artifacts?path=${experiment}/${run}/artifacts`],
      ['PUT', `/api/2.0/mlflow-artifacts/artifacts/${artifact}`, {}],
      ['DELETE', `/api/2.0/mlflow-artifacts/artifacts/${artifact}`],
      [
        'POST',
        `/api/2.0/mlflow-artifacts/mpu/create/${artifact}`,
        { path: artifact, num_parts: 1 },
      ],
      ['GET', `/api/2.0/mlflow/runs/get?run_id=${run}`],
      ['GET', `/ajax-api/2.0/mlflow/runs/get?run_uuid=${run}`],
      ['GET', `/api/2.0/mlflow/artifacts/list?run_id=${run}`],
      ['GET', `/ajax-api/2.0/mlflow/metrics/get-history?run_id=${run}&metric_key=m`],
      ['POST', '/api/2.0/mlflow/runs/log-inputs', { run_id: run, datasets: [] }],
      ['POST', '/ajax-api/2.0/mlflow/runs/log-batch', { run_id: run, metrics: [] }],
      ['POST', '/api/2.0/mlflow/runs/search', { experiment_ids: [experiment] }],
      ['GET', '/ajax-api/2.0/mlflow/registered-models/get?name=private'],
      ['POST', '/api/2.0/mlflow/registered-models/get-latest-versions', { name: 'private' }],
      ['GET', `/api/2.0/mlflow/logged-models/${model}`],
      ['POST', '/api/2.0/mlflow/traces', { experiment_id: experiment, timestamp_ms: 1 }],
    ];
    for (const [method, path, message] of calls) {
      const reply = await (message === undefined
        ? target.send(method, path, undefined, STRANGER)
        : target.json(method, path, message, STRANGER));
      if (path.endsWith('/search')) expect(reply.text).not.toContain(run);
      else expectHidden(reply, `${method} ${path}`);
    }
  });

  it('lists, GraphQL and a source that is of another leave out what is hidden', async () => {
    for (const prefix of ['/api', '/ajax-api']) {
      for (const path of ['registered-models/search', 'model-versions/search']) {
        const reply = await target.send('GET', `${prefix}/2.0/mlflow/${path}`, undefined, STRANGER);
        expect(reply.status, reply.text).toBe(200);
        expect(reply.text).not.toContain('private');
      }
    }
    const queries = [
      `{ mlflowGetRun(input: {runId: "${run}"}) { run { info { runId status } } } }`,
      `{ mlflowGetExperiment(input: {experimentId: "${experiment}"}) { experiment { name } } }`,
      `{ mlflowSearchRuns(input: {experimentIds: ["${experiment}"]}) { runs { info { runId status } } } }`,
      `{ mlflowSearchModelVersions(input: {filter: "name='private'"}) { modelVersions { name source } } }`,
    ];
    for (const query of queries) {
      const reply = await target.json('POST', '/graphql', { query }, STRANGER);
      const data = JSON.stringify(JSON.parse(reply.text).data ?? null);
      expect(data, query).not.toMatch(/private|RUNNING|artifacts/);
    }
    await target.ok('registered-models/create', { name: 'own' }, STRANGER);
    for (const source of [`runs:/${run}/m`, `models:/${model}`, 'models:/private/1']) {
      const message = { name: 'own', source, run_id: run };
      const path = '/api/2.0/mlflow/model-versions/create';
      expectHidden(await target.json('POST', path, message, STRANGER), source);
    }
  });
});

describe('class 8: what is judged is what is used (the two spellings of run_id, and their like)', () => {
  let own: string;
  beforeAll(async () => {
    const made = await target.ok('experiments/create', { name: 'of the stranger' }, STRANGER);
    const message = { experiment_id: made.experiment_id, start_time: 1 };
    const created = await target.ok('runs/create', message, STRANGER);
    own = (created as { run: { info: { run_id: string } } }).run.info.run_id;
  });

  it.each([
    ['run_id and run_uuid', () => `{"run_id":"${own}","run_uuid":"${run}","key":"k","value":"v"}`],
    ['run_uuid and run_id', () => `{"run_uuid":"${run}","run_id":"${own}","key":"k","value":"v"}`],
    ['run_id and runId', () => `{"run_id":"${own}","runId":"${run}","key":"k","value":"v"}`],
    ['runId and run_id', () => `{"runId":"${run}","run_id":"${own}","key":"k","value":"v"}`],
    ['run_id twice', () => `{"run_id":"${own}","run_id":"${run}","key":"k","value":"v"}`],
    ['run_id twice, turned', () => `{"run_id":"${run}","run_id":"${own}","key":"k","value":"v"}`],
    [
      'an escape in the name',
      () => `{"run_id":"${own}","run\\u005fid":"${run}","key":"k","value":"v"}`,
    ],
  ])('%s in a body', async (_, body) => {
    const path = '/api/2.0/mlflow/runs/set-tag';
    // Where one of the two holds, it is the one that was judged.
    const reply = await target.json('POST', path, body(), STRANGER);
    if (reply.status !== 200) expectRefused(reply, body());
    const get = await target.send(
      'GET',
      `/api/2.0/mlflow/runs/get?run_id=${run}`,
      undefined,
      ADMIN,
    );
    expect(get.text).not.toContain('"k"');
  });

  it('in a query, or in a query and a body', async () => {
    for (const query of [`run_id=${own}&run_id=${run}`, `run_id=${own}&run_uuid=${run}`]) {
      const path = `/api/2.0/mlflow/runs/get?${query}`;
      const reply = await target.send('GET', path, undefined, STRANGER);
      expect(reply.status, reply.text).toBeLessThan(500);
      expect(reply.text).not.toContain(`"run_id":"${run}"`);
    }
    const path = `/api/2.0/mlflow/runs/set-tag?run_id=${own}`;
    const reply = await target.json('POST', path, { run_id: run, key: 'k', value: 'v' }, STRANGER);
    expect(reply.status, reply.text).toBeLessThan(500);
    const get = await target.send(
      'GET',
      `/api/2.0/mlflow/runs/get?run_id=${run}`,
      undefined,
      ADMIN,
    );
    expect(get.text).not.toContain('"k"');
  });
});

describe('class 9: no default or weak credentials, no sign-up by others (CVE-2025-1473, CVE-2025-1474, CVE-2025-11200, CVE-2026-2635)', () => {
  it.each(['password1234', 'password', 'admin', ''])('%j opens nothing', async (password) => {
    const path = '/api/2.0/mlflow/users/current';
    const reply = await target.send('GET', path, undefined, basic('admin', password));
    expect([401, 429], reply.text).toContain(reply.status);
  });

  it.each([
    { username: 'weak' },
    { username: 'weak', password: '' },
    { username: 'weak', password: 'short' },
    { username: 'weak', password: null },
    { username: '', password: ADMIN_PASSWORD },
  ])('no account is made of %j', async (message) => {
    expectRefused(await target.json('POST', '/api/2.0/mlflow/users/create', message, ADMIN), '');
  });

  it('nobody signs up', async () => {
    const form = 'username=eve&password=the+password+of+these+tests';
    const headers = { 'Content-Type': 'application/x-www-form-urlencoded' };
    for (const path of ['/signup', '/api/2.0/mlflow/users/create-ui']) {
      const reply = await target.send('POST', path, form, headers);
      expect([401, 403, 404, 405, 415], `${path}: ${reply.text}`).toContain(reply.status);
    }
    const users = '/api/2.0/mlflow/users/create';
    const eve = { username: 'eve', password: ADMIN_PASSWORD };
    expectHidden(await target.json('POST', users, eve, STRANGER), users);
    expect((await target.json('POST', users, eve)).status).toBe(401);
    const get = '/api/2.0/mlflow/users/get?username=eve';
    expect((await target.send('GET', get, undefined, ADMIN)).status).toBe(404);
  });
});
