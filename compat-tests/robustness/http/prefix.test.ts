import { beforeAll, expect, it } from 'vitest';
import { Client, expectError } from '../support/client.js';
import { type Route, routesOf } from '../support/contract.js';
import { places } from '../support/place.js';
import { startServer } from '../support/server.js';

const PREFIX = '/pre';
const ARTIFACT = '/api/2.0/mlflow-artifacts/artifacts';

const newPlace = places();
let client: Client;
let routes: Route[];
beforeAll(async () => {
  client = new Client((await startServer(await newPlace(), { prefix: PREFIX })).url);
  routes = await routesOf(client, PREFIX);
});

const ask = ({ method, path }: Route) =>
  client.ask({
    method,
    path,
    ...(method === 'GET' ? {} : { headers: { 'Content-Type': 'application/json' }, body: '{}' }),
  });

it('has every route below the prefix', async () => {
  expect(routes.length).toBeGreaterThan(200);
  for (const route of routes) {
    const answer = await ask({ ...route, path: PREFIX + route.path });
    if (answer.status === 404) expect(answer.text).not.toContain('There is no endpoint');
    expect(answer.status, `${route.method} ${route.path}`).not.toBe(405);
  }
});

it('has nothing else besides', async () => {
  for (const route of routes) {
    if (route.path.startsWith(`${ARTIFACT}/`)) continue;
    const answer = await ask(route);
    expectError(answer, 404, 'ENDPOINT_NOT_FOUND');
  }
  for (const path of ['/', '/prefix', '/pre%2F', '/PRE/health', '//pre/health', '/x/pre/health']) {
    expectError(await client.ask({ path }), 404, 'ENDPOINT_NOT_FOUND');
  }
});

it('serves proxied files without the prefix too, as clients ask for them', async () => {
  const put = await client.ask({ method: 'PUT', path: `${ARTIFACT}/a/b.txt`, body: 'content' });
  expect(put.status).toBe(200);
  for (const prefix of ['', PREFIX]) {
    const answer = await client.ask({ path: `${prefix}${ARTIFACT}/a/b.txt` });
    expect([answer.status, answer.text]).toEqual([200, 'content']);
  }
});

it('leads from the bare prefix to the page below it', async () => {
  const answer = await client.ask({ path: PREFIX });
  expect(answer.status).toBe(308);
  expect(answer.headers.location).toBe(`${PREFIX}/`);
  expect((await client.ask({ path: `${PREFIX}/` })).status).toBe(200);
  const withQuery = await client.ask({ path: `${PREFIX}?a=b` });
  expect(withQuery.headers.location).toBe(`${PREFIX}/?a=b`);
});

it('guards Host and origin below the prefix as well', async () => {
  const probe = await client.ask({ path: `${PREFIX}/health`, headers: { Host: 'evil.example' } });
  expect(probe.status).toBe(200);
  for (const path of ['/health', `${PREFIX}/api/2.0/mlflow/experiments/search`]) {
    expect((await client.ask({ path, headers: { Host: 'evil.example' } })).status).toBe(403);
  }
  const put = { method: 'PUT', path: `${ARTIFACT}/x`, headers: { Origin: 'http://evil.example' } };
  expect((await client.ask({ ...put, body: 'x' })).status).toBe(403);
});
