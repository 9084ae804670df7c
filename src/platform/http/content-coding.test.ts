import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { mounted, route } from './testing/mounted.js';

const BODY = { type: 'object', properties: { name: { type: 'string' } } } as const;
const ROUTES = [
  route('POST', '/x', { body: BODY }),
  route('PATCH', '/x', { body: BODY }),
  route('PUT', '/file', { streams: true }),
];
const TEXT = '{"name":"packed"}';
/** The limit of `mounted`, and what packs to far less. */
const LIMIT = 1_000;
const long = (length: number) => JSON.stringify({ name: 'x'.repeat(length - 11) });

const send = async (coding: string, body: Buffer, method = 'POST') => {
  const { ask } = await mounted(ROUTES);
  const headers = { 'Content-Type': 'application/json', 'Content-Encoding': coding };
  return ask('/x', { method, body, headers });
};

describe('a packed body', () => {
  it.each([
    ['gzip', gzipSync(TEXT)],
    ['GZIP', gzipSync(TEXT)],
    ['x-gzip', gzipSync(TEXT)],
    ['gzip', Buffer.concat([gzipSync(TEXT.slice(0, 5)), gzipSync(TEXT.slice(5))])],
    ['deflate', deflateSync(TEXT)],
    ['br', brotliCompressSync(TEXT)],
    ['identity', Buffer.from(TEXT)],
  ])('is unpacked: %s', async (coding, body) => {
    for (const method of ['POST', 'PATCH']) {
      const answer = await send(coding, body, method);
      expect([answer.status, answer.json]).toEqual([200, { input: { name: 'packed' } }]);
    }
  });

  it('may hold as much as one that is not packed', async () => {
    expect((await send('gzip', gzipSync(long(LIMIT)))).status).toBe(200);
    for (const size of [LIMIT + 1, 50_000_000]) {
      const answer = await send('gzip', gzipSync(long(size)));
      expect([answer.status, answer.json.message]).toEqual([
        413,
        'The request body is larger than 1000 bytes',
      ]);
    }
  });

  it.each([
    ['gzip', Buffer.from(TEXT)],
    ['gzip', gzipSync(TEXT).subarray(0, 20)],
    ['gzip', Buffer.alloc(0)],
    ['gzip', Buffer.concat([gzipSync(TEXT), Buffer.from('more')])],
    ['deflate', gzipSync(TEXT)],
    ['br', gzipSync(TEXT)],
  ])('that is not %s is refused', async (coding, body) => {
    const answer = await send(coding, body);
    expect([answer.status, answer.json.message]).toEqual([
      400,
      'The request body is not what its Content-Encoding says',
    ]);
  });

  it.each(['zstd', 'gzip, gzip', 'compress', 'x'])('is refused as %s', async (coding) => {
    const answer = await send(coding, Buffer.from(TEXT));
    expect([answer.status, answer.headers['accept-encoding']]).toEqual([415, 'gzip, deflate, br']);
    expect(answer.json.error_code).toBe('INVALID_PARAMETER_VALUE');
  });

  it('holds one message, whatever is in it', async () => {
    expect((await send('gzip', gzipSync(gzipSync(TEXT)))).status).toBe(400);
    expect((await send('gzip', gzipSync(Buffer.from('{"name":"ä"}', 'latin1')))).json.message).toBe(
      'The request body is not valid UTF-8',
    );
  });
});
