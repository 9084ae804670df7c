import { describe, expect, it } from 'vitest';
import type { Schema } from './contract.js';
import { mounted, route } from './testing/mounted.js';

const SEE = ' See the API docs for more information about request parameters.';
const MESSAGE: Schema = {
  type: 'object',
  properties: {
    run_id: { type: 'string' },
    count: { type: 'integer', format: 'int64' },
    value: { type: 'number' },
    deep: { type: 'boolean' },
    ids: { type: 'array', items: { type: 'string' } },
    view: { type: 'string', enum: ['ONE', 'TWO'], 'x-enum-numbers': [1, 2] },
  },
};
const ROUTES = [
  route('GET', '/x', { query: MESSAGE }),
  route('POST', '/x', { body: MESSAGE }),
  route('PUT', '/x', { body: MESSAGE }),
  route('PATCH', '/x', { body: MESSAGE }),
  route('DELETE', '/x', { body: MESSAGE }),
  route('PATCH', '/x/{run_id}', { body: MESSAGE }),
  route('PUT', '/both', {
    body: MESSAGE,
    query: { type: 'object', properties: { dry: { type: 'boolean' }, deep: { type: 'boolean' } } },
  }),
  route('POST', '/stream', { query: MESSAGE, streams: true }),
];

async function asking() {
  const { ask } = await mounted(ROUTES);
  const inputOf = async (...request: Parameters<typeof ask>) => {
    const { status, json } = await ask(...request);
    return status === 200 ? json.input : `${status} ${json.message}`;
  };
  return { ask, inputOf };
}

describe('a query beside a body', () => {
  it('is read as well, by what the contract names there, and does not contradict the body', async () => {
    const { ask } = await asking();
    const put = async (path: string, body: object) => {
      const { json } = await ask(path, {
        ...{ method: 'PUT', body: JSON.stringify(body) },
        headers: { 'content-type': 'application/json' },
      });
      return json.input ?? json.message;
    };
    expect(await put('/both?dry=true&count=1', { run_id: 'a' })).toEqual({
      run_id: 'a',
      dry: true,
    });
    expect(await put('/both', { run_id: 'a' })).toEqual({ run_id: 'a' });
    expect(await put('/both?deep=true', { deep: true })).toEqual({ deep: true });
    expect(await put('/both?deep=true', { deep: false })).toBe(
      "The query and the body name different values of 'deep'.",
    );
    expect(await put('/both?dry=x', {})).toContain('Invalid boolean value: x');
    expect(await put('/x?deep=true', { run_id: 'a' })).toEqual({ run_id: 'a' });
  });
});

describe('a query', () => {
  it('is read by the types of its fields', async () => {
    const { inputOf } = await asking();
    expect(
      await inputOf('/x?run_id=a%20b+c&count=42&value=NaN&deep=TRUE&ids=1&view=TWO&foo=1'),
    ).toEqual({ run_id: 'a b c', count: 42, value: null, deep: true, ids: ['1'], view: 'TWO' });
    expect(await inputOf('/x?ids=b&ids=a&ids=b&deep=false&view=1')).toEqual({
      ids: ['b', 'a', 'b'],
      deep: false,
      view: 'ONE',
    });
    expect(await inputOf('/x?count=9007199254740991&run_id=')).toEqual({
      count: 9_007_199_254_740_991,
      run_id: '',
    });
    expect(await inputOf('/x?runId=a')).toEqual({});
  });

  it.each([
    ['deep=yes', "Invalid boolean value: yes, must be 'true' or 'false'."],
    ['deep=', "Invalid boolean value: , must be 'true' or 'false'."],
    ['run_id=a&run_id=b', "The parameter 'run_id' was given more than once."],
    [
      'count=x',
      `Invalid value "x" for parameter 'count' supplied:  Hint: Value was of type 'str'.${SEE}`,
    ],
    [
      'view=9',
      `Invalid value "9" for parameter 'view' supplied:  Hint: Value was of type 'str'.${SEE}`,
    ],
  ])('is refused: %s', async (query, message) => {
    expect(await (await asking()).inputOf(`/x?${query}`)).toBe(`400 ${message}`);
  });

  it('may say the same twice', async () => {
    expect(await (await asking()).inputOf('/x?run_id=a&run_id=a')).toEqual({ run_id: 'a' });
  });

  it('counts for GET and uploads alone', async () => {
    const { inputOf } = await asking();
    expect(await inputOf('/x?count=1', { method: 'POST', json: { run_id: 'a' } })).toEqual({
      run_id: 'a',
    });
    // Without a body there is nothing else that it could mean.
    expect(await inputOf('/x?run_id=a', { method: 'DELETE' })).toEqual({ run_id: 'a' });
    expect(await inputOf('/x?count=1', { method: 'DELETE', json: { run_id: 'a' } })).toEqual({
      run_id: 'a',
    });
    expect(await inputOf('/stream?count=1', { method: 'POST', body: 'no json' })).toEqual({
      count: 1,
    });
  });

  it('is taken from the body of a GET that has no query', async () => {
    const { inputOf } = await asking();
    expect(await inputOf('/x', { json: { run_id: 'a', count: '7' } })).toEqual({
      run_id: 'a',
      count: 7,
    });
    expect(await inputOf('/x?count=1', { json: { run_id: 'a' } })).toEqual({ count: 1 });
    expect(await inputOf('/x')).toEqual({});
  });
});

describe('a body', () => {
  const WRONG_TYPE = "400 Bad Request. Content-Type must be one of ['application/json'].";

  it.each([
    ['application/json', {}],
    ['Application/JSON; charset=utf-8', {}],
    ['application/json;x', {}],
    ['text/plain', WRONG_TYPE],
    ['application/jsonx', WRONG_TYPE],
    ['multipart/form-data; boundary=application/json', WRONG_TYPE],
    ['', WRONG_TYPE],
  ])('of the type %j', async (type, answer) => {
    const { inputOf } = await asking();
    for (const method of ['POST', 'PUT']) {
      expect(
        await inputOf('/x', { method, headers: { 'Content-Type': type }, body: '{}' }),
      ).toEqual(answer);
    }
  });

  it('needs a type in POST and PUT alone', async () => {
    const { inputOf } = await asking();
    const none = '400 Bad Request. Content-Type header is missing.';
    expect(await inputOf('/x', { method: 'POST', body: '{}' })).toBe(none);
    expect(await inputOf('/x', { method: 'PUT', body: '{}' })).toBe(none);
    for (const method of ['PATCH', 'DELETE']) {
      expect(await inputOf('/x', { method, body: '{"run_id":"a"}' })).toEqual({ run_id: 'a' });
    }
  });

  it('may hold up to the limit', async () => {
    const { ask, inputOf } = await asking();
    const of = (length: number) => JSON.stringify({ run_id: 'x'.repeat(length - 13) });
    expect(await inputOf('/x', { method: 'PATCH', body: of(1_000) })).toEqual({
      run_id: 'x'.repeat(987),
    });
    const chunked = { 'Transfer-Encoding': 'chunked' };
    for (const headers of [{}, chunked]) {
      const answer = await ask('/x', { method: 'PATCH', body: of(1_001), headers });
      expect([answer.status, answer.json.error_code, answer.json.message]).toEqual([
        413,
        'INVALID_PARAMETER_VALUE',
        'The request body is larger than 1000 bytes',
      ]);
    }
  });

  it('is read as UTF-8 and nothing else', async () => {
    const { inputOf } = await asking();
    expect(await inputOf('/x', { method: 'PATCH', body: '{"run_id":"ä😀"}' })).toEqual({
      run_id: 'ä😀',
    });
    const broken = Buffer.from('{"run_id":"ä"}', 'latin1');
    expect(await inputOf('/x', { method: 'PATCH', body: broken })).toBe(
      '400 The request body is not valid UTF-8',
    );
  });
});

describe('a path parameter', () => {
  it('joins the body, and may not contradict it', async () => {
    const { inputOf } = await asking();
    const patch = (json: unknown) => inputOf('/x/r1', { method: 'PATCH', json });
    expect(await patch({ count: 1 })).toEqual({ run_id: 'r1', count: 1 });
    expect(await patch({ run_id: 'r1' })).toEqual({ run_id: 'r1' });
    expect(await patch({ runId: 'r1' })).toEqual({ run_id: 'r1' });
    const refused = "400 The path and the request name different values of 'run_id'.";
    expect(await patch({ run_id: 'r2' })).toBe(refused);
    expect(await patch({ runId: 'r2' })).toBe(refused);
  });

  it('holds no text that could not be stored', async () => {
    const { inputOf } = await asking();
    expect(await inputOf('/x/a%00', { method: 'PATCH', json: {} })).toBe(
      `400 Invalid value "a\\u0000" for parameter 'run_id' supplied:  Hint: Text must not hold NUL or a lone surrogate.${SEE}`,
    );
  });
});
