import { describe, expect, it } from 'vitest';
import { MlflowError } from '../../errors.js';
import type { MountedOperation } from './guard.js';
import { emptyBody, jsonText, plainText, Reply } from './reply.js';
import { mounted, route } from './testing/mounted.js';

const BODY = { type: 'object', properties: { a_b: { type: 'string' } } } as const;

const answering = (value: unknown): MountedOperation => ({
  access: 'login',
  of: 'server',
  handler: async () => value,
});
const failing = (error: unknown): MountedOperation => ({
  access: 'login',
  of: 'server',
  handler: async () => {
    throw error;
  },
});

describe('finding a route', () => {
  const routes = [
    route('GET', '/api/2.0/mlflow/things/get'),
    route('POST', '/api/2.0/mlflow/things/{thing_id}/parts/{part}', { body: BODY }),
    route('DELETE', '/api/2.0/mlflow/things/{thing_id}', { body: BODY }),
    route('PATCH', '/api/2.0/mlflow/things/{thing_id}', { body: BODY }),
    route('GET', '/api/2.0/files/{path}', { wildcard: true }),
    route('GET', '/health'),
  ];

  it('takes /ajax-api for /api, and for nothing else', async () => {
    const { ask } = await mounted(routes);
    expect((await ask('/api/2.0/mlflow/things/get')).json).toEqual({ input: {} });
    expect((await ask('/ajax-api/2.0/mlflow/things/get')).json).toEqual({ input: {} });
    expect((await ask('/health')).status).toBe(200);
    expect((await ask('/ajax-api/health')).status).toBe(404);
  });

  it.each(['/', '/api/2.0/mlflow/things', '/api/3.0/mlflow/things/get', '/health/', '//health'])(
    'finds nothing at %s',
    async (path) => {
      const { ask, log } = await mounted(routes);
      const answer = await ask(`${path}?secret=1`);
      expect(answer.status).toBe(404);
      expect(answer.json).toEqual({
        error_code: 'ENDPOINT_NOT_FOUND',
        message: `There is no endpoint GET ${path}`,
        sqlstate: 'KAM00',
        error_class: 'RESOURCE_NOT_FOUND',
      });
      expect(log).toEqual([]);
    },
  );

  it('says which methods a path has', async () => {
    const { ask } = await mounted(routes);
    const answer = await ask('/api/2.0/mlflow/things/5', { method: 'PUT' });
    expect([answer.status, answer.headers.allow]).toEqual([405, 'OPTIONS, PATCH, DELETE']);
    expect(answer.json).toMatchObject({
      error_code: 'ENDPOINT_NOT_FOUND',
      message: 'PUT is not allowed for /api/2.0/mlflow/things/5; use PATCH or DELETE',
    });
    const options = await ask('/health', { method: 'OPTIONS' });
    expect([options.status, options.headers.allow]).toEqual([204, 'OPTIONS, HEAD, GET']);
    expect((await ask('/none', { method: 'OPTIONS' })).status).toBe(404);
  });

  it('answers HEAD as GET, without the body', async () => {
    const { ask } = await mounted(routes);
    const get = await ask('/health');
    const head = await ask('/health', { method: 'HEAD' });
    expect([head.status, head.body]).toEqual([200, '']);
    expect(head.headers['content-length']).toBe(get.headers['content-length']);
    expect((await ask('/none', { method: 'HEAD' })).status).toBe(404);
  });

  it('decodes path parameters once', async () => {
    const { ask } = await mounted(routes);
    const answer = await ask('/api/2.0/mlflow/things/a%2Fb%20%C3%A4/parts/%2541', {
      method: 'POST',
      json: {},
    });
    expect(answer.json).toEqual({ input: { thing_id: 'a/b ä', part: '%41' } });
  });

  it('gives the rest of a path to a wildcard under its name', async () => {
    const { ask } = await mounted(routes);
    expect((await ask('/api/2.0/files/a/b%2Fc/../d')).json).toEqual({
      input: { path: 'a/b/c/../d' },
    });
  });

  it.each(['/api/2.0/mlflow/things/%', '/api/2.0/mlflow/things/%ff%zz', '/%E0%A4'])(
    'refuses the encoding of %s',
    async (path) => {
      const { ask } = await mounted(routes);
      const answer = await ask(path, { method: 'DELETE' });
      expect(answer.status).toBe(400);
      expect(answer.json).toMatchObject({
        error_code: 'INVALID_PARAMETER_VALUE',
        message: 'The path is not valid percent-encoding',
      });
    },
  );

  it('tells of routes that this server does not serve, unread', async () => {
    const closed = new MlflowError('TEMPORARILY_UNAVAILABLE', 'Not here.');
    const { ask } = await mounted(routes, {}, ({ path }) =>
      path.includes('files') ? closed : undefined,
    );
    expect((await ask('/health')).status).toBe(200);
    const answer = await ask('/ajax-api/2.0/files/x', { headers: { authorization: 'bad' } });
    expect([answer.status, answer.json.message]).toEqual([503, 'Not here.']);
  });

  it('does not start with an operation that nobody answers', async () => {
    await expect(mounted([route('GET', '/x', { operation: 'unheardOf' })])).rejects.toThrow(
      'unheardOf has no entry in the table',
    );
  });
});

describe('answering', () => {
  const ROUTES = [route('GET', '/x', { operation: 'x' })];
  const answerOf = async (value: unknown) => {
    const { ask } = await mounted(ROUTES, { x: answering(value) });
    const { status, headers, body } = await ask('/x');
    return [status, headers['content-type'], headers['content-length'], body];
  };

  it('sends values as JSON, and replies as they say', async () => {
    const json = 'application/json';
    expect(await answerOf({ a: 2n ** 60n })).toEqual([
      200,
      json,
      '25',
      '{"a":1152921504606846976}',
    ]);
    expect(await answerOf(undefined)).toEqual([200, json, '2', '{}']);
    expect(await answerOf(jsonText('{"ä":1}'))).toEqual([200, json, '8', '{"ä":1}']);
    expect(await answerOf(plainText('OK'))).toEqual([200, 'text/plain', '2', 'OK']);
    expect(await answerOf(emptyBody())).toEqual([200, undefined, '0', '']);
  });

  it('authenticates before it reads', async () => {
    const { ask } = await mounted([route('POST', '/x')]);
    const headers = { authorization: 'bad' };
    const answer = await ask('/x', { method: 'POST', headers, body: '{' });
    expect([answer.status, answer.json.message]).toEqual([401, 'Who are you?']);
  });

  it('hands the caller and the headers to the handler', async () => {
    const operation: MountedOperation = {
      access: 'login',
      of: 'server',
      handler: async (_, { caller, headers }) => ({ name: caller.name, key: headers['x-key'] }),
    };
    const { ask } = await mounted(ROUTES, { x: operation });
    expect((await ask('/x', { headers: { 'X-Key': 'k' } })).json).toEqual({
      name: 'tester',
      key: 'k',
    });
  });
});

describe('failing', () => {
  const ROUTES = [route('GET', '/x', { operation: 'x' })];
  const SECRET = 'insert into users values (hunter2)';

  it('tells nothing of what was not meant for the caller, and logs all of it', async () => {
    const error = new Error(SECRET);
    const { ask, log } = await mounted(ROUTES, { x: failing(error) });
    const answer = await ask('/x?q=1', { headers: { 'X-Request-Id': 'mine-1' } });
    expect(answer.status).toBe(500);
    expect(answer.json).toEqual({
      error_code: 'INTERNAL_ERROR',
      message: 'The server met an unexpected condition',
      sqlstate: 'XXM00',
      error_class: 'CLIENT_INTERNAL_ERROR',
    });
    expect(JSON.stringify([answer.headers, answer.body])).not.toContain('hunter2');
    expect(answer.headers['x-request-id']).toBe('mine-1');
    expect(log).toEqual([{ err: error, method: 'GET', url: '/x?q=1', request_id: 'mine-1' }]);
  });

  it.each([[undefined], [null], ['text'], [{ message: SECRET }]])(
    'survives that %j is thrown',
    async (thrown) => {
      const { ask } = await mounted(ROUTES, { x: failing(thrown) });
      const answer = await ask('/x');
      expect([answer.status, answer.json.error_code]).toEqual([500, 'INTERNAL_ERROR']);
      expect(answer.body).not.toContain('hunter2');
    },
  );

  it('asks to come again where the database is gone', async () => {
    const { ask, log } = await mounted(ROUTES, { x: failing('gone') });
    const answer = await ask('/x');
    expect([answer.status, answer.headers['retry-after']]).toEqual([503, '1']);
    expect(answer.json).toMatchObject({
      error_code: 'TEMPORARILY_UNAVAILABLE',
      message: 'The database is not available',
    });
    expect(log).toHaveLength(1);
  });

  it('sends an error of ours with its status and headers, without its cause', async () => {
    const error = new MlflowError('ABORTED', 'Too late.', {
      headers: { 'X-More': 'yes' },
      cause: new Error(SECRET),
    });
    const { ask, log } = await mounted(ROUTES, { x: failing(error) });
    const answer = await ask('/x');
    expect([answer.status, answer.headers['x-more']]).toEqual([409, 'yes']);
    expect(answer.json).toEqual({ error_code: 'ABORTED', message: 'Too late.' });
    expect(log).toEqual([]);
  });

  it('logs what is a fault of the server, but not what is not built', async () => {
    const { ask, log } = await mounted(ROUTES, { x: failing(new MlflowError('DATA_LOSS', 'x')) });
    await ask('/x');
    expect(log).toHaveLength(1);
    const unbuilt = await mounted(ROUTES, { x: failing(new MlflowError('NOT_IMPLEMENTED', 'x')) });
    expect((await unbuilt.ask('/x')).status).toBe(501);
    expect(unbuilt.log).toEqual([]);
  });

  it('makes a request id where the given one is none', async () => {
    const { ask } = await mounted(ROUTES, { x: failing('gone') });
    for (const given of ['a b', 'x'.repeat(129), '<script>']) {
      const { headers } = await ask('/x', { headers: { 'X-Request-Id': given } });
      expect(headers['x-request-id']).toMatch(/^[\da-f]{8}-[\da-f-]{27}$/);
    }
  });

  it('breaks the connection where half an answer has gone out', async () => {
    const half = new Reply((_, response) => {
      response.writeHead(200, { 'Content-Length': 100 });
      response.write('half');
      throw new Error('x');
    });
    const { ask } = await mounted(ROUTES, { x: answering(half) });
    await expect(ask('/x')).rejects.toMatchObject({ code: 'ECONNRESET' });
  });
});
