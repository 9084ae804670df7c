import { once } from 'node:events';
import { createServer, get, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { createGunzip } from 'node:zlib';
import { afterEach, describe, expect, it } from 'vitest';
import { jsonStream } from './stream-reply.js';

const PART = 'x'.repeat(1_000_000);

describe('a streamed answer', () => {
  let server: Server;
  afterEach(() => server.close());

  async function ask(
    parts: () => AsyncIterable<string>,
    options: { readonly method?: string; readonly headers?: Record<string, string> } = {},
  ): Promise<{ readonly answer: IncomingMessage; readonly ended: Promise<unknown> }> {
    let settle: (value: unknown) => void;
    const ended = new Promise<unknown>((resolve) => {
      settle = resolve;
    });
    server = createServer((request, response) => {
      Promise.resolve(jsonStream(parts()).send(request, response)).then(
        () => settle('done'),
        (error: unknown) => {
          response.destroy();
          settle(error);
        },
      );
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const request = get({ port, host: '127.0.0.1', agent: false, ...options });
    const [answer] = (await once(request, 'response')) as [IncomingMessage];
    return { answer, ended };
  }
  async function* three() {
    yield '[1,';
    yield '2,';
    yield '3]';
  }

  it('has all parts, packed where the client asks for that', async () => {
    const plain = await ask(three);
    expect(await text(plain.answer)).toBe('[1,2,3]');
    expect(plain.answer.headers).toMatchObject({
      'content-type': 'application/json',
      vary: 'Accept-Encoding',
    });
    expect(await plain.ended).toBe('done');
    server.close();
    const packed = await ask(three, { headers: { 'Accept-Encoding': 'gzip' } });
    expect(packed.answer.headers['content-encoding']).toBe('gzip');
    expect(await text(packed.answer.pipe(createGunzip()))).toBe('[1,2,3]');
  });

  it('has no body where none is asked for', async () => {
    const { answer, ended } = await ask(three, { method: 'HEAD' });
    expect(await text(answer)).toBe('');
    expect(await ended).toBe('done');
  });

  it('asks for no more than the client takes, and ends when it goes away', async () => {
    let made = 0;
    let left = false;
    const { answer, ended } = await ask(async function* () {
      try {
        for (; made < 1_000; made += 1) yield PART;
      } finally {
        left = true;
      }
    });
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(made).toBeLessThan(100);
    answer.destroy();
    expect(await ended).toBe('done');
    expect(left).toBe(true);
  });

  it('breaks off where a part fails', async () => {
    const { answer, ended } = await ask(async function* () {
      yield PART;
      throw new Error('The database is gone');
    });
    await expect(text(answer)).rejects.toThrow('aborted');
    expect(await ended).toEqual(new Error('The database is gone'));
  });
});
