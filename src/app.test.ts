import type { Express } from 'express';
import supertest, { type Response } from 'supertest';
import { beforeAll, expect, it } from 'vitest';
import { createApp } from './app.js';
import { toConfig } from './platform/config/config.js';
import type { RawSettings } from './platform/config/raw-settings.js';
import type { Database } from './platform/db/database.js';
import { createLog } from './platform/log.js';
import { forEachDatabase } from './testing/for-each-database.js';
import { newFolder } from './testing/new-folder.js';

const API = '/api/2.0/mlflow';
const AJAX = '/ajax-api/2.0/mlflow';

forEachDatabase((open) => {
  let database: Database;
  let app: Express;
  const appOn = (raw: RawSettings, on: Database) =>
    createApp(toConfig({ artifactsDestination: newFolder(), ...raw }), on, createLog('silent'));
  beforeAll(async () => {
    database = await open();
    app = await appOn({}, database);
  });

  const asked = (response: Response) => {
    expect(response.type).toBe('application/json');
    return [response.status, response.body];
  };
  const post = async (path: string, body: object, base = API) => {
    const response = await supertest(app).post(`${base}/${path}`).send(body);
    expect([response.status, response.text]).toEqual([200, expect.any(String)]);
    return response.body;
  };
  const get = async (path: string, query: object, base = API) => {
    const response = await supertest(app).get(`${base}/${path}`).query(query);
    expect([response.status, response.text]).toEqual([200, expect.any(String)]);
    return response.body;
  };

  it.each([
    [API, AJAX],
    [AJAX, API],
  ])('goes with a run through its life, written at %s and read at %s', async (here, there) => {
    const name = `journey ${here}`;
    const tags = [{ key: 'team', value: 'x' }];
    const { experiment_id } = await post('experiments/create', { name, tags }, here);
    const { run } = await post(
      'runs/create',
      { experiment_id, run_name: 'first', start_time: '9007199254740993', user_id: 'me' },
      here,
    );
    const { run_id } = run.info;
    expect(run).toEqual({
      info: {
        run_id,
        run_uuid: run_id,
        run_name: 'first',
        experiment_id,
        user_id: 'me',
        status: 'RUNNING',
        start_time: expect.any(Number),
        artifact_uri: `mlflow-artifacts:/${experiment_id}/${run_id}/artifacts`,
        lifecycle_stage: 'active',
      },
      data: { tags: [{ key: 'mlflow.runName', value: 'first' }] },
      inputs: {},
    });
    const metric = { run_uuid: run_id, key: 'loss', timestamp: 1 };
    expect(await post('runs/log-metric', { ...metric, value: 'NaN', step: 1 }, here)).toEqual({});
    await post('runs/log-metric', { ...metric, value: 0.5, step: '2' }, here);
    await post('runs/log-parameter', { run_id, key: 'lr', value: '0.1' }, here);
    await post('runs/set-tag', { run_uuid: run_id, key: 'k' }, here);
    await post(
      'runs/log-batch',
      {
        run_id,
        metrics: [{ key: 'acc', value: 'Infinity', timestamp: '2' }],
        params: [{ key: 'depth' }],
        tags: [{ key: 'k', value: 'v' }],
      },
      here,
    );
    const { run_info } = await post(
      'runs/update',
      { run_id, status: 'FINISHED', end_time: 9, run_name: 'last' },
      here,
    );
    expect(run_info).toMatchObject({ status: 'FINISHED', end_time: 9, run_name: 'last' });

    const shown = await supertest(app).get(`${there}/runs/get`).query({ run_id });
    expect(shown.text).toContain('"start_time":9007199254740993,');
    expect(shown.body.run.data).toEqual({
      metrics: [
        { key: 'acc', value: Number.MAX_VALUE, timestamp: 2, step: 0 },
        { key: 'loss', value: 0.5, timestamp: 1, step: 2 },
      ],
      params: [
        { key: 'depth', value: '' },
        { key: 'lr', value: '0.1' },
      ],
      tags: [
        { key: 'k', value: 'v' },
        { key: 'mlflow.runName', value: 'last' },
      ],
    });

    const history = { run_id, metric_key: 'loss' };
    const whole = await get('metrics/get-history', history, there);
    expect(whole.metrics).toEqual([
      { key: 'loss', value: 'NaN', timestamp: 1, step: 1 },
      { key: 'loss', value: 0.5, timestamp: 1, step: 2 },
    ]);
    const first = await get('metrics/get-history', { ...history, max_results: 1 }, there);
    expect(first.metrics).toEqual(whole.metrics.slice(0, 1));
    const page_token = first.next_page_token;
    expect(
      await get('metrics/get-history', { ...history, max_results: 1, page_token }, there),
    ).toEqual({ metrics: whole.metrics.slice(1) });

    const found = await post(
      'runs/search',
      { experiment_ids: [experiment_id], filter: "params.lr = '0.1' and metrics.loss < 1" },
      there,
    );
    expect(found.runs).toEqual([shown.body.run]);
    expect(found).not.toHaveProperty('next_page_token');

    await post('experiments/delete', { experiment_id }, here);
    expect((await get('runs/get', { run_id }, there)).run.info.lifecycle_stage).toBe('deleted');
    expect(
      (await get('experiments/get-by-name', { experiment_name: name }, there)).experiment,
    ).toEqual({
      experiment_id,
      name,
      artifact_location: `mlflow-artifacts:/${experiment_id}`,
      lifecycle_stage: 'deleted',
      creation_time: expect.any(Number),
      last_update_time: expect.any(Number),
      tags,
      workspace: 'default',
    });
  });

  it('takes a batch as one: a fault anywhere leaves nothing behind', async () => {
    const { run } = await post('runs/create', { experiment_id: '0' });
    const { run_id } = run.info;
    const metrics = [
      { key: 'good', value: 1, timestamp: 1 },
      { key: 'bad', value: 'x', timestamp: 1 },
    ];
    const response = await supertest(app)
      .post(`${API}/runs/log-batch`)
      .send({ run_id, metrics, params: [{ key: 'p', value: '1' }] });
    expect(asked(response)).toEqual([
      400,
      {
        error_code: 'INVALID_PARAMETER_VALUE',
        message:
          "Invalid value \"x\" for parameter 'metrics[1].value' supplied:  Hint: Value was of type 'str'. See the API docs for more information about request parameters.",
        sqlstate: 'KAM00',
        error_class: 'INVALID_PARAMETER_VALUE',
      },
    ]);
    expect((await get('runs/get', { run_id })).run.data).toEqual({ tags: [expect.anything()] });
  });

  it('pages through a search of runs over ties, each run once', async () => {
    const { experiment_id } = await post('experiments/create', { name: 'ties' });
    const ids: string[] = [];
    for (let index = 0; index < 7; index += 1) {
      const { run } = await post('runs/create', { experiment_id, start_time: 5 });
      ids.push(run.info.run_id);
      if (index % 2 === 0) {
        const metric = { run_id: run.info.run_id, key: 'm', value: 1, timestamp: 1 };
        await post('runs/log-metric', metric);
      }
    }
    for (const order_by of [[], ['metrics.m DESC'], ['status', 'start_time']]) {
      const search = { experiment_ids: [experiment_id], max_results: 2, order_by };
      const found: string[] = [];
      let page_token = '';
      do {
        const page = await post('runs/search', { ...search, page_token });
        found.push(...page.runs.map((run: { info: { run_id: string } }) => run.info.run_id));
        page_token = page.next_page_token ?? '';
      } while (page_token !== '');
      const withMetric = ids.filter((_, index) => index % 2 === 0).sort();
      const without = ids.filter((_, index) => index % 2 === 1).sort();
      expect(found).toEqual(
        order_by[0] === 'metrics.m DESC' ? [...withMetric, ...without] : [...ids].sort(),
      );
    }
  });

  it.each(['/api/3.0/mlflow/gateway/secrets/list', '/ajax-api/3.0/mlflow/gateway/budgets/list'])(
    'has not built %s yet',
    async (path) => {
      const response = await supertest(app).get(path);
      expect(response.status).toBe(501);
      expect(response.body.error_code).toBe('NOT_IMPLEMENTED');
    },
  );

  it('has no workspaces, which is no mistake of its own', async () => {
    for (const path of ['/api/3.0/mlflow/workspaces', '/ajax-api/3.0/mlflow/workspaces/default']) {
      const { status, body } = await supertest(app).get(path);
      expect([status, body.error_code]).toEqual([400, 'FEATURE_DISABLED']);
    }
  });

  it('says of itself that it is well, and of the API what it is', async () => {
    expect((await supertest(app).get('/health')).text).toBe('OK');
    expect((await supertest(app).get('/version')).text).toBe('3.17.2');
    expect((await supertest(app).get('/')).text).toContain('Runledger is running');
    const { openapi } = (await supertest(app).get('/openapi.json')).body;
    expect(openapi).toMatch(/^3\./);
    const nowhere = await supertest(app).get('/nowhere');
    expect([nowhere.status, nowhere.body.error_code]).toEqual([404, 'ENDPOINT_NOT_FOUND']);
    expect(nowhere.headers).toMatchObject({ 'x-content-type-options': 'nosniff', vary: 'Origin' });
    expect(nowhere.headers).not.toHaveProperty('x-powered-by');
  });

  it('answers nothing for a workspace, since it has none, but whether there are any', async () => {
    const prefixed = await appOn({ staticPrefix: '/ml' }, database);
    const asking = async (path: string, workspace: string, on = app) => {
      const response = await supertest(on).get(path).set('X-MLFLOW-WORKSPACE', workspace);
      return [response.status, response.body.error_code ?? ''];
    };
    for (const path of ['/health', '/nowhere', '/', `${API}/experiments/search?max_results=1`]) {
      for (const workspace of ['team-a', 'default', ' x ']) {
        expect(await asking(path, workspace), path).toEqual([400, 'FEATURE_DISABLED']);
      }
    }
    expect(await asking(`/ml${API}/runs/search`, 'a', prefixed)).toEqual([400, 'FEATURE_DISABLED']);
    for (const info of ['/api/3.0/mlflow/server-info', '/ajax-api/3.0/mlflow/server-info?a=b']) {
      expect(await asking(info, 'team-a')).toEqual([200, '']);
      expect(await asking(`/ml${info}`, 'team-a', prefixed)).toEqual([200, '']);
    }
    expect(await asking(`${API}/experiments/get?experiment_id=0`, '  ')).toEqual([200, '']);
    const { body } = await supertest(app).get('/health').set('X-MLFLOW-WORKSPACE', 'a');
    expect(body).toEqual({
      error_code: 'FEATURE_DISABLED',
      message: 'Workspace APIs are not available: workspaces are not enabled on this server',
      sqlstate: 'KAM00',
      error_class: 'FEATURE_DISABLED',
    });
  });

  it('guards every path', async () => {
    for (const path of ['/', '/nowhere', `${API}/experiments/search`]) {
      const foreign = await supertest(app).get(path).set('Host', 'evil.example');
      expect(foreign.status).toBe(403);
    }
  });

  it('lies below a prefix as a whole', async () => {
    const below = supertest(await appOn({ staticPrefix: '/ml' }, database));
    expect((await below.get('/ml/health')).text).toBe('OK');
    expect((await below.get(`/ml${API}/experiments/get?experiment_id=0`)).status).toBe(200);
    expect((await below.get('/health')).status).toBe(404);
    expect((await below.get('/ml')).headers.location).toBe('/ml/');
  });

  it('answers artifacts alone where that is asked', async () => {
    const alone = supertest(await appOn({ artifactsOnly: true }, database));
    expect((await alone.get('/health')).text).toBe('OK');
    expect((await alone.get('/api/2.0/mlflow-artifacts/artifacts')).status).toBe(200);
    const response = await alone.get(`${API}/runs/get?run_id=x`);
    expect([response.status, response.body.error_code]).toEqual([503, 'TEMPORARILY_UNAVAILABLE']);
  });
});
