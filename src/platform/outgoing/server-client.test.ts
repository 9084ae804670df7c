import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, it, onTestFinished } from 'vitest';
import { ServerClient, type ServerCredentials } from './server-client.js';

/** A client of a server that answers so, and how long it has waited. */
async function clientOf(answer: RequestListener, credentials: ServerCredentials = {}) {
  const server = createServer(answer);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const waits: number[] = [];
  const base = `http://127.0.0.1:${(server.address() as AddressInfo).port}/ml/`;
  const client = new ServerClient(base, credentials, async (ms) => void waits.push(ms));
  onTestFinished(async () => {
    await client.close();
    server.closeAllConnections();
    server.close();
  });
  return { client, waits, server };
}

it('asks below the address, with parameters, a body and who asks', async () => {
  const { client } = await clientOf(
    (request, response) => {
      let body = '';
      request.on('data', (chunk) => {
        body += chunk;
      });
      request.on('end', () =>
        response.end([request.method, request.url, body, request.headers.authorization].join(' ')),
      );
    },
    { username: 'ann', password: 'ü:pw' },
  );
  const basic = Buffer.from('ann:ü:pw').toString('base64');
  expect(await client.text({ path: '/a', query: { q: 'x y', id: ['1', '2'] } })).toBe(
    `GET /ml/a?q=x+y&id=1&id=2  Basic ${basic}`,
  );
  expect(await client.text({ method: 'POST', path: '/b', body: { a: 1 } })).toBe(
    `POST /ml/b {"a":1} Basic ${basic}`,
  );
});

it('asks again later where a server has too much to do, and says what it says at last', async () => {
  let left = 2;
  const { client, waits } = await clientOf((_, response) => {
    left -= 1;
    if (left < 0) response.end('now');
    else response.writeHead(left === 1 ? 429 : 503, { 'retry-after': '2' }).end();
  });
  expect(await client.text({ path: '/' })).toBe('now');
  expect(waits).toEqual([2_000, 2_000]);

  const busy = await clientOf((_, response) => {
    response.writeHead(503).end(JSON.stringify({ message: 'too much' }));
  });
  await expect(busy.client.text({ path: '/' })).rejects.toThrow('too much');
  expect(busy.waits).toHaveLength(7);
  expect(busy.waits.at(-1)).toBe(16_000);
});

it('waits for a server that goes away, and not for one that was never there', async () => {
  let isCut = false;
  const { client, waits, server } = await clientOf((request, response) => {
    if (isCut) request.socket.destroy();
    else response.end('here');
    isCut = false;
  });
  expect(await client.text({ path: '/' })).toBe('here');
  isCut = true;
  expect(await client.text({ path: '/' })).toBe('here');
  expect(waits).toHaveLength(1);
  const { port } = server.address() as AddressInfo;
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
  const none = new ServerClient(`http://127.0.0.1:${port}`, {}, async () => {
    throw new Error('waits');
  });
  onTestFinished(() => none.close());
  await expect(none.text({ path: '/' })).rejects.toThrow('does not answer: connect ECONNREFUSED');
});

it('follows no redirect, and takes no for an answer', async () => {
  const { client, waits } = await clientOf((request, response) => {
    if (request.url === '/ml/moved') response.writeHead(302, { location: '/else' }).end();
    else response.writeHead(403).end('Permission denied');
  });
  await expect(client.text({ path: '/moved' })).rejects.toThrow('It redirects');
  await expect(client.text({ path: '/no' })).rejects.toMatchObject({ status: 403 });
  expect(waits).toEqual([]);
});
