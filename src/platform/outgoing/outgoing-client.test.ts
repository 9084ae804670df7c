import { setTimeout as sleep } from 'node:timers/promises';
import { beforeAll, describe, expect, it } from 'vitest';
import { allowedHosts } from './addresses.js';
import { OutgoingClient } from './outgoing-client.js';
import { type Sink, startSink, status } from './testing/sink.js';

const NEVER = new AbortController().signal;

function clientOf({
  allowPrivate = false,
  hosts = [],
  timeout = 2_000,
}: {
  readonly allowPrivate?: boolean;
  readonly hosts?: readonly string[];
  readonly timeout?: number;
} = {}) {
  const policy = { schemes: ['http'], allowPrivate, allowedHosts: allowedHosts(hosts) };
  const client = new OutgoingClient(policy, timeout);
  return {
    post: (url: string, signal = NEVER) =>
      client.post({ url: new URL(url), headers: { 'X-A': '1' }, body: '{}', signal }),
    check: (url: string) => client.check(new URL(url)),
  };
}

describe('the outgoing client', () => {
  let sink: Sink;
  beforeAll(async () => {
    sink = await startSink();
  });

  it.each([
    '127.0.0.1',
    '127.1',
    '2130706433',
    '0x7f000001',
    '017700000001',
    '0x7f.1',
    'localhost',
    'LOCALHOST',
    'user:password@127.0.0.1',
    '1.1.1.1@127.0.0.1',
    '[::1]',
    '[::ffff:127.0.0.1]',
    '[::ffff:7f00:1]',
    '[64:ff9b::7f00:1]',
    '0.0.0.0',
    '169.254.169.254',
    '10.0.0.1',
    '①②⑦.⓪.⓪.①',
  ])('connects to nothing that is not public: %s', async (host) => {
    const before = sink.received.length;
    const url = `http://${host}:${sink.port}/`;
    await expect(clientOf().post(url)).rejects.toThrow(/which is not a public address/);
    await expect(clientOf().check(url)).rejects.toThrow(/which is not a public address/);
    expect(sink.received.length).toBe(before);
  });

  it.each([{ allowPrivate: true }, { hosts: ['localhost'] }, { hosts: ['127.0.0.0/8', '::1'] }])(
    'reaches what was allowed: %j',
    async (settings) => {
      const url = `http://localhost:${sink.port}/path?a=b`;
      await clientOf(settings).check(url);
      await expect(clientOf(settings).post(url)).resolves.toMatchObject({ status: 200 });
      const last = sink.received.at(-1);
      expect([last?.path, last?.body, last?.headers['x-a']]).toEqual(['/path?a=b', '{}', '1']);
    },
  );

  it('follows no redirect', async () => {
    sink.answer = status(307, { Location: `${sink.url}/elsewhere` });
    const before = sink.received.length;
    await expect(clientOf({ allowPrivate: true }).post(sink.url)).resolves.toMatchObject({
      status: 307,
    });
    expect(sink.received.length).toBe(before + 1);
  });

  it('signs in with the user of the URL', async () => {
    sink.answer = status(204);
    const url = `http://me:p%40ss@127.0.0.1:${sink.port}/`;
    await clientOf({ allowPrivate: true }).post(url);
    const sent = sink.received.at(-1)?.headers.authorization;
    expect(sent).toBe(`Basic ${Buffer.from('me:p@ss').toString('base64')}`);
  });

  it('tells how long the receiver wants to be spared', async () => {
    sink.answer = status(503, { 'Retry-After': '7' });
    const answer = await clientOf({ allowPrivate: true }).post(sink.url);
    expect(answer).toEqual({ status: 503, retryAfter: '7' });
  });

  it('does not wait for an answer for ever', async () => {
    sink.answer = () => undefined;
    const waiting = clientOf({ allowPrivate: true, timeout: 300 }).post(sink.url);
    await expect(waiting).rejects.toThrow(/Timeout/i);
  });

  it('keeps no endless body, neither a fast one nor a slow one', async () => {
    const client = clientOf({ allowPrivate: true, timeout: 1_000 });
    sink.answer = (response) => {
      response.on('error', () => undefined);
      const more = () => {
        while (!response.destroyed && response.write('x'.repeat(65_536)));
        if (!response.destroyed) response.once('drain', more);
      };
      more();
    };
    await expect(client.post(sink.url)).resolves.toMatchObject({ status: 200 });
    sink.answer = async (response) => {
      while (!response.destroyed) {
        response.write('x');
        await sleep(20);
      }
    };
    await expect(client.post(sink.url)).resolves.toMatchObject({ status: 200 });
  });

  it('gives up when it is told to', async () => {
    sink.answer = () => undefined;
    const abort = new AbortController();
    const waiting = clientOf({ allowPrivate: true }).post(sink.url, abort.signal);
    setTimeout(() => abort.abort(new Error('enough')), 50);
    await expect(waiting).rejects.toThrow('enough');
  });

  it('tells why nobody is there', async () => {
    const client = clientOf({ allowPrivate: true });
    await expect(client.post('http://127.0.0.1:1/')).rejects.toThrow(/ECONNREFUSED/);
    await expect(client.post('http://nowhere.invalid/')).rejects.toThrow(/ENOTFOUND|EAI_AGAIN/);
  });
});
