import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { providerFetch } from './provider-fetch.js';

const server = createServer((request, response) => {
  if (request.url === '/moved') response.writeHead(302, { Location: '/elsewhere' }).end();
  else if (request.url === '/big') response.end('x'.repeat(2_000_000));
  else response.end('here');
});
let issuer: URL;

beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  issuer = new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});

function fetchOf(provider: URL) {
  const outgoing = providerFetch(provider);
  onTestFinished(() => outgoing.close());
  return outgoing.fetch;
}

describe('the client for an identity provider', () => {
  it('goes where the settings say', async () => {
    expect(await (await fetchOf(issuer)(issuer)).text()).toBe('here');
  });

  it('sends nothing in clear to where the provider leads', async () => {
    const fetch = fetchOf(new URL('https://id.example'));
    await expect(fetch(issuer)).rejects.toThrow('which is not https');
  });

  it('follows no redirect, and reads no answer without end', async () => {
    const fetch = fetchOf(issuer);
    expect((await fetch(new URL('/moved', issuer))).status).toBe(302);
    const big = await fetch(new URL('/big', issuer));
    await expect(big.text()).rejects.toThrow();
  });
});
