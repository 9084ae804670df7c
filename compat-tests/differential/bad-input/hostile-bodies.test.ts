import { once } from 'node:events';
import { connect } from 'node:net';
import { gzipSync } from 'node:zlib';
import { describe, expect, inject, it } from 'vitest';
import { ask, type Question } from '../support/ask.js';
import { routes } from './contract-cases.js';
import { expectHealthy, expectSafe, snapshot } from './rules.js';

const { ours } = inject('urls');
const API = '/api/2.0/mlflow';
const CREATE = `${API}/experiments/create`;

const nested = (depth: number, open: string, close: string) =>
  `{"name": ${open.repeat(depth)}1${close.repeat(depth)}}`;

const NO_MESSAGES: readonly (string | Buffer)[] = [
  ...['{', '}', '[', '[]', '[{}]', '"', '"x"', '"[]"', '5', '-', 'null', 'true', 'NaN', '{"name"}'],
  ...['{"name":}', '{"name":"a",}', "{'name':'a'}", '{"name":"a"}{"name":"b"}', '{"name":"a"} x'],
  ...['{"name":"\u0000"}', '{"name":"\\u00"}', '{name:"a"}', '\ufeff{', '<a/>'],
  ...[nested(65, '[', ']'), nested(100_000, '[', ']'), nested(5_000, '{"a":', '}')],
  ...['['.repeat(1_000_000), '{"name":'.repeat(10_000)],
  ...[
    Buffer.from([0xff, 0xfe, 0x7b]),
    Buffer.from('{"name":"a\xff"}', 'latin1'),
    Buffer.alloc(100),
  ],
  gzipSync('{"name":"gzipped"}'),
];

const posting = routes.filter(({ method, body }) => method === 'POST' && body !== undefined);

describe('bodies that are no messages', () => {
  it.each(posting.map(({ path }) => path))('POST %s', async (path) => {
    const fixed = path.replace(/\{\w+\}/g, 'x');
    const questions = NO_MESSAGES.map((body): Question => ({ method: 'POST', path: fixed, body }));
    await expectSafe(ours, questions, ({ status }) => status >= 400);
  });

  it('leave nothing behind', async () => {
    const before = await snapshot(ours);
    for (const body of NO_MESSAGES) await ask(ours, { method: 'POST', path: CREATE, body });
    expect(await snapshot(ours)).toBe(before);
  });

  it('beyond the limit are refused with 413', async () => {
    const body = JSON.stringify({ name: 'x'.repeat(17 * 2 ** 20) });
    const answer = await ask(ours, { method: 'POST', path: CREATE, body });
    expect([answer.status, typeof (answer.json as { message?: string }).message]).toEqual([
      ...[413, 'string'],
    ]);
    await expectHealthy(ours);
  });

  it('are refused as well when they come packed, and so is what unpacks without end', async () => {
    const before = await snapshot(ours);
    const encoded = (coding: string, bodies: readonly (string | Buffer)[]) =>
      bodies.map((body): Question => {
        const headers = { 'content-encoding': coding };
        return { method: 'POST', path: CREATE, body, headers };
      });
    const packed = NO_MESSAGES.map((body) => gzipSync(body));
    await expectSafe(ours, encoded('gzip', packed), ({ status }) => status >= 400);
    await expectSafe(
      ours,
      encoded('gzip', NO_MESSAGES.slice(0, -1)),
      ({ status }) => status >= 400,
    );
    await expectSafe(ours, encoded('br, gzip', packed), ({ status }) => status === 415);
    const bomb = gzipSync(Buffer.alloc(2 ** 26, 'x'));
    await expectSafe(ours, encoded('gzip', [bomb]), ({ status }) => status === 413);
    expect(await snapshot(ours)).toBe(before);
  });

  it('hold keys that mean something to JavaScript', async () => {
    const bodies = [
      ...['{"__proto__":{"name":"polluted"}}', '{"constructor":{"prototype":{"name":"polluted"}}}'],
      ...['{"name":"a","__proto__":{"tags":[{"key":"k"}]},"tags":{"__proto__":[]}}'],
      ...['{"toString":1,"hasOwnProperty":2}', '{"name":"\\ud800"}'],
      `{"name":${'9'.repeat(1_000_000)}}`,
    ];
    await expectSafe(
      ours,
      bodies.map((body) => ({ method: 'POST', path: CREATE, body })),
      ({ status }) => status === 400,
    );
  });
});

/** Sends bytes as they are, and gives back what comes until the connection ends. */
async function raw(text: string | Buffer, cutAfterMs = 300): Promise<string> {
  const { hostname, port } = new URL(ours);
  const socket = connect(Number(port), hostname);
  const chunks: Buffer[] = [];
  socket.on('data', (chunk) => chunks.push(chunk));
  // A server that refuses a flood may reset the connection; that is an end like any other here,
  // so the end is waited for by hand: `once` of node:events would reject at the reset.
  socket.on('error', () => undefined);
  const closed = new Promise<void>((resolve) => socket.once('close', () => resolve()));
  await once(socket, 'connect');
  socket.write(text);
  const timer = setTimeout(() => socket.destroy(), cutAfterMs);
  await closed;
  clearTimeout(timer);
  return Buffer.concat(chunks).toString('utf8');
}

const head = (...lines: string[]) =>
  [`POST ${CREATE} HTTP/1.1`, 'Host: 127.0.0.1', 'Content-Type: application/json', ...lines].join(
    '\r\n',
  );

describe('broken HTTP', () => {
  const BROKEN: Readonly<Record<string, string | Buffer>> = {
    'a body that is cut off': `${head('Content-Length: 100')}\r\n\r\n{"name":"cut`,
    'a length that is too short': `${head('Content-Length: 5')}\r\n\r\n{"name":"short"}`,
    'a length that is no number': `${head('Content-Length: x')}\r\n\r\n{"name":"x"}`,
    'a negative length': `${head('Content-Length: -5')}\r\n\r\n{"name":"x"}`,
    'two lengths': `${head('Content-Length: 5', 'Content-Length: 15')}\r\n\r\n{"name":"two"}`,
    'length and chunks': `${head('Content-Length: 3', 'Transfer-Encoding: chunked')}\r\n\r\n0\r\n\r\n`,
    'chunks that are none': `${head('Transfer-Encoding: chunked')}\r\n\r\nzz\r\n{"name":"x"}`,
    'chunks that are cut off': `${head('Transfer-Encoding: chunked')}\r\n\r\n50\r\n{"name":"c`,
    'an unknown encoding': `${head('Transfer-Encoding: magic')}\r\n\r\n{"name":"x"}`,
    'no HTTP at all': 'hello\r\n\r\n',
    'bytes of TLS': Buffer.from([0x16, 0x03, 0x01, 0x02, 0x00, 0x01]),
    'a long header': `${head(`X-Long: ${'x'.repeat(100_000)}`)}\r\n\r\n`,
    'many headers': `${head(...Array.from({ length: 5_000 }, (_, n) => `X-${n}: y`))}\r\n\r\n`,
    'a long path': `GET /${'x'.repeat(1_000_000)} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n`,
    'a NUL in a header': `${head('X-Nul: a\0b')}\r\n\r\n`,
    'no host': `GET /health HTTP/1.1\r\n\r\n`,
    'an unknown method': `BREW ${CREATE} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n`,
    'an absolute target': `GET http://example.com/health HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n`,
  };

  it.each(Object.entries(BROKEN))('%s', async (_, bytes) => {
    const before = await snapshot(ours);
    const answer = await raw(bytes);
    const status = Number(/^HTTP\/1\.1 (\d+)/.exec(answer)?.[1] ?? 0);
    expect(status === 0 || (status >= 200 && status < 500) || status === 501, answer).toBe(true);
    expect(answer).not.toMatch(/\bat \S+ \(|node:internal/);
    expect(await snapshot(ours)).toBe(before);
    await expectHealthy(ours);
  });
});
