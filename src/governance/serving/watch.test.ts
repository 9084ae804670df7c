import { once } from 'node:events';
import { createServer, get } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, it } from 'vitest';
import { BY_TESTER } from '../../testing/tester.js';
import type { Listener } from './change-feed.js';
import { Seats } from './seats.js';
import { type WatchParts, watchReply } from './watch.js';

/** A server over a feed that stands at a change, in a database that has come to another. */
async function served(feedAt: number, head: number, live: WatchParts['store']['live']) {
  const listening = new Set<Listener>();
  const watching = new Seats(1, 'watchers');
  const parts: WatchParts = {
    ...{ database: { read: {} as WatchParts['database']['read'] }, store: { live }, watching },
    feed: {
      listen: async (listener) => {
        listening.add(listener);
        return feedAt;
      },
      leave: (listener) => void listening.delete(listener),
    },
    changes: {
      ...{ head: async () => head, oldest: async () => 1, after: async () => [] },
      generation: async () => 1,
    },
    stillAllowed: async () => undefined,
  };
  const server = createServer((request, response) => {
    void watchReply(parts, ['m'], BY_TESTER).send(request, response);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    ...{ listening, watching, url: `http://127.0.0.1:${port}/` },
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}

const HERE = { stages: {}, aliases: {} };

it('resumes behind an event that another server has told of earlier', async () => {
  const { url, close, listening } = await served(4, 5, async () => HERE);
  const told = (last: string) =>
    new Promise<string>((resolve) => {
      const request = get(url, { headers: { 'Last-Event-ID': last } }, (response) => {
        let text = '';
        response.setEncoding('utf8').on('data', (chunk: string) => {
          text += chunk;
        });
        const tell = setInterval(() => {
          if (listening.size === 0) return;
          clearInterval(tell);
          for (const seq of [5, 6]) {
            const change = { seq, model: 'm', generation: seq, time: 1, kind: 'card' } as const;
            for (const { changed } of listening) changed([change]);
          }
        }, 5);
        setTimeout(() => {
          request.destroy();
          resolve(text);
        }, 200);
      });
    });
  const resumed = await told('5');
  expect(resumed).not.toContain('snapshot');
  expect(resumed.match(/^id: .*$/gm)).toEqual(['id: 6']);
  // What no server can have told of was told by another database.
  expect(await told('6')).toContain('snapshot');
  close();
});

it('holds no seat for who has hung up before the stream began', async () => {
  let release: () => void = () => undefined;
  const asked = new Promise<void>((resolve) => {
    release = resolve;
  });
  const { url, close, listening, watching } = await served(1, 1, async () => {
    release();
    await hungUp;
    return HERE;
  });
  let hasHungUp: () => void = () => undefined;
  const hungUp = new Promise<void>((resolve) => {
    hasHungUp = resolve;
  });
  const request = get(url).on('error', () => undefined);
  await asked;
  request.destroy();
  await new Promise((resolve) => setTimeout(resolve, 50));
  hasHungUp();
  await new Promise((resolve) => setTimeout(resolve, 10));
  expect(listening.size).toBe(0);
  watching.take()();
  close();
});
