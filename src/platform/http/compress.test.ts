import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { jsonText, plainText } from './reply.js';
import { mounted, route } from './testing/mounted.js';

const TEXTS = {
  short: 'x'.repeat(4_095),
  middle: 'x'.repeat(4_096),
  long: 'long ä '.repeat(200_000),
} as const;

async function serving() {
  const routes = Object.keys(TEXTS).map((name) => route('GET', `/${name}`, { operation: name }));
  const operations = Object.entries(TEXTS).map(([name, text]) => [
    name,
    { access: 'open', handler: async () => (name === 'long' ? jsonText(text) : plainText(text)) },
  ]);
  const { ask } = await mounted(routes, Object.fromEntries(operations));
  return (path: string, accept?: string, method = 'GET') =>
    ask(path, { method, headers: accept === undefined ? {} : { 'Accept-Encoding': accept } });
}

describe('a long answer', () => {
  it.each(['gzip', 'gzip, deflate, br', 'deflate;q=1, gzip;q=0.5', '*', 'GZIP'])(
    'is packed for who accepts %s',
    async (accept) => {
      const ask = await serving();
      for (const name of ['middle', 'long'] as const) {
        const { status, headers, bytes } = await ask(`/${name}`, accept);
        expect([status, headers['content-encoding']]).toEqual([200, 'gzip']);
        expect(headers.vary).toBe('Accept-Encoding');
        expect(bytes.length).toBeLessThan(TEXTS[name].length / 10);
        expect(gunzipSync(bytes).toString()).toBe(TEXTS[name]);
      }
    },
  );

  it.each([undefined, '', 'identity', 'br', 'gzip;q=0', 'identity, gzip;q=0.5'])(
    'is not packed for who accepts %s',
    async (accept) => {
      const ask = await serving();
      const { headers, body } = await ask('/middle', accept);
      expect(headers['content-encoding']).toBeUndefined();
      expect([headers.vary, headers['content-length']]).toEqual(['Accept-Encoding', '4096']);
      expect(body).toBe(TEXTS.middle);
    },
  );

  it('has the same head without its body', async () => {
    const ask = await serving();
    for (const path of ['/middle', '/long']) {
      const answer = await ask(path, 'gzip', 'HEAD');
      expect([answer.status, answer.body]).toEqual([200, '']);
      expect(answer.headers['content-encoding']).toBe('gzip');
      expect(answer.headers['content-length']).toBeUndefined();
    }
    expect((await ask('/middle', 'br', 'HEAD')).headers['content-length']).toBe('4096');
  });
});

it('does not pack what fits the first packets', async () => {
  const ask = await serving();
  const { headers, body } = await ask('/short', 'gzip');
  expect([headers['content-encoding'], headers.vary]).toEqual([undefined, undefined]);
  expect(body).toBe(TEXTS.short);
});
