import { describe, expect, expectTypeOf, it } from 'vitest';
import { createRunledgerClient, idempotencyKey, RunledgerError } from './index.js';
import { canned, json } from './testing/canned.js';

const EXPERIMENT = '/api/2.0/mlflow/experiments/get';
const baseUrl = 'http://runledger.test/prefix/';

describe('the client', () => {
  it('sends what it is given, with the types of the contract', async () => {
    const { fetch, sent } = canned(json({ experiment_id: '7' }));
    const client = createRunledgerClient({ baseUrl, fetch, headers: { 'X-Team': 'risk' } });
    const { data } = await client.POST('/api/2.0/mlflow/experiments/create', {
      body: { name: 'churn' },
    });
    expectTypeOf(data.experiment_id).toEqualTypeOf<string | undefined>();
    expect(data).toEqual({ experiment_id: '7' });
    expect(sent[0]).toMatchObject({
      method: 'POST',
      url: 'http://runledger.test/prefix/api/2.0/mlflow/experiments/create',
      body: '{"name":"churn"}',
    });
    expect(sent[0]?.headers.get('x-team')).toBe('risk');
    expect(sent[0]?.headers.get('content-type')).toBe('application/json');
  });

  it('does not take what the contract does not have', () => {
    const client = createRunledgerClient({ baseUrl });
    // @ts-expect-error: no such path
    const wrongPath = () => client.GET('/api/2.0/mlflow/nothing');
    // @ts-expect-error: the path answers POST alone
    const wrongMethod = () => client.GET('/api/2.0/mlflow/runs/create');
    // @ts-expect-error: key is required
    const noKey = () => client.POST('/api/2.0/mlflow/runs/set-tag', { body: { run_id: 'a' } });
    // @ts-expect-error: the query is required
    const noQuery = () => client.GET(EXPERIMENT);
    expect([wrongPath, wrongMethod, noKey, noQuery]).toHaveLength(4);
  });

  it.each([
    [{ token: 'secret' }, 'Bearer secret'],
    [
      { username: 'ada', password: 'pässword' },
      `Basic ${Buffer.from('ada:pässword').toString('base64')}`,
    ],
    [{}, null],
  ])('signs in with %j', async (credentials, expected) => {
    const { fetch, sent } = canned(json({}));
    const client = createRunledgerClient({ baseUrl, fetch, ...credentials });
    await client.GET('/health');
    expect(sent[0]?.headers.get('authorization')).toBe(expected);
  });

  it.each([{ username: 'ada' }, { password: 'x' }, { token: 't', username: 'ada', password: 'x' }])(
    'refuses credentials that do not fit together: %j',
    (credentials) => {
      expect(() => createRunledgerClient({ baseUrl, ...credentials })).toThrow(TypeError);
    },
  );

  it('makes a key for a run, or takes one', async () => {
    expect(idempotencyKey('mine')).toEqual({ 'Idempotency-Key': 'mine' });
    const { fetch, sent } = canned(json({}));
    await createRunledgerClient({ baseUrl, fetch }).POST('/api/2.0/mlflow/runs/create', {
      headers: idempotencyKey(),
      body: { experiment_id: '0' },
    });
    expect(sent[0]?.headers.get('idempotency-key')).toMatch(/^[0-9a-f-]{36}$/);
  });

  it('repeats list parameters, and keeps the slashes of an artifact', async () => {
    const { fetch, sent } = canned(json({}), json({}), json({}));
    const client = createRunledgerClient({ baseUrl: 'http://runledger.test', fetch });
    await client.GET('/ajax-api/2.0/mlflow/metrics/get-history-bulk', {
      params: { query: { run_id: ['a', 'b'], metric_key: 'm/é' } },
    });
    const artifact = '/api/2.0/mlflow-artifacts/artifacts/{artifact_path}';
    await client.DELETE(artifact, { params: { path: { artifact_path: 'a b/c?.txt' } } });
    const model = '/api/2.0/mlflow/logged-models/{model_id}';
    await client.GET(model, { params: { path: { model_id: 'm/1' } } });
    expect(sent.map(({ url }) => url.slice('http://runledger.test'.length))).toEqual([
      '/ajax-api/2.0/mlflow/metrics/get-history-bulk?run_id=a&run_id=b&metric_key=m%2F%C3%A9',
      '/api/2.0/mlflow-artifacts/artifacts/a%20b/c%3F.txt',
      '/api/2.0/mlflow/logged-models/m%2F1',
    ]);
    const climb = client.GET(model, { params: { path: { model_id: '..' } } });
    await expect(climb).rejects.toThrow(TypeError);
  });

  it('sends and receives files', async () => {
    const { fetch, sent } = canned(json({}), json({}), new Response(new Uint8Array([0, 255])));
    const client = createRunledgerClient({ baseUrl, fetch });
    const path = '/api/2.0/mlflow-artifacts/artifacts/{artifact_path}';
    const params = { path: { artifact_path: 'x.bin' } };
    await client.PUT(path, { params, body: new Uint8Array([1, 2]) });
    await client.PUT(path, { params, body: new Blob(['text']).stream() });
    expect(sent.map(({ body }) => body)).toEqual(['\u0001\u0002', 'text']);
    expect(sent.map(({ headers }) => headers.get('content-type'))).toEqual(
      Array(2).fill('application/octet-stream'),
    );
    const { data } = await client.GET(path, { params, parseAs: 'arrayBuffer' });
    expectTypeOf(data).toEqualTypeOf<ArrayBuffer>();
    expect(new Uint8Array(data)).toEqual(new Uint8Array([0, 255]));
  });

  it('answers plain text as it is', async () => {
    const { fetch } = canned(new Response('OK'));
    expect((await createRunledgerClient({ baseUrl, fetch }).GET('/health')).data).toBe('OK');
  });
});

describe('an error', () => {
  const call = async (answer: Response): Promise<unknown> => {
    const { fetch } = canned(answer);
    const client = createRunledgerClient({ baseUrl, fetch });
    return client
      .GET(EXPERIMENT, { params: { query: { experiment_id: '9' } } })
      .catch((error: unknown) => error);
  };

  it('is thrown with what MLflow says of it', async () => {
    const body = { error_code: 'RESOURCE_DOES_NOT_EXIST', message: 'No experiment 9' };
    const error = await call(json(body, 404));
    expect(error).toBeInstanceOf(RunledgerError);
    expect(error).toMatchObject({
      name: 'RunledgerError',
      code: 'RESOURCE_DOES_NOT_EXIST',
      message: 'No experiment 9',
      status: 404,
      body,
    });
  });

  it('that comes from elsewhere is told by its status', async () => {
    const error = await call(new Response('<h1>Bad gateway</h1>', { status: 502 }));
    expect(error).toMatchObject({
      code: 'HTTP_502',
      message: expect.stringContaining('answered 502: <h1>Bad gateway</h1>'),
      body: '<h1>Bad gateway</h1>',
    });
  });

  it('of the network comes as fetch throws it', async () => {
    const fetch = async () => Promise.reject(new TypeError('fetch failed'));
    const call = createRunledgerClient({ baseUrl, fetch }).GET('/health');
    await expect(call).rejects.toThrow('fetch failed');
  });
});
