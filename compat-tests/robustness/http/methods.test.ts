import { beforeAll, expect, it } from 'vitest';
import { Client, expectError } from '../support/client.js';
import { type Route, routesOf } from '../support/contract.js';
import { places } from '../support/place.js';
import { startServer } from '../support/server.js';

const ALL = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'];

const newPlace = places();
let client: Client;
/** The methods that the contract has at each path. */
let methods: Map<string, string[]>;
let gets: Route[];
beforeAll(async () => {
  client = new Client((await startServer(await newPlace())).url);
  const routes = await routesOf(client);
  methods = new Map();
  for (const { path, method } of routes) methods.set(path, [...(methods.get(path) ?? []), method]);
  gets = routes.filter(({ method }) => method === 'GET');
});

it('answers HEAD wherever it answers GET, with the same status and headers and no body', async () => {
  expect(gets.length).toBeGreaterThan(50);
  // What is counted grows from one look to the next.
  const steady = gets.filter(({ path }) => path !== '/metrics');
  for (const { path } of [...steady, { path: '/' }]) {
    const get = await client.ask({ path });
    const answer = await client.ask({ method: 'HEAD', path });
    expect([answer.status, answer.text], path).toEqual([get.status, '']);
    for (const name of ['content-type', 'content-length', 'etag', 'vary']) {
      expect(answer.headers[name], `${name} of ${path}`).toBe(get.headers[name]);
    }
  }
});

it('tells with OPTIONS what there is at every path', async () => {
  for (const [path, known] of methods) {
    const answer = await client.ask({ method: 'OPTIONS', path });
    expect([answer.status, answer.text], path).toEqual([204, '']);
    const allowed = (answer.headers.allow ?? '').split(', ').toSorted();
    const heads = known.includes('GET') ? ['HEAD'] : [];
    // `x` in place of a parameter is the name of another path here and there.
    expect(allowed, path).toEqual(expect.arrayContaining(['OPTIONS', ...heads, ...known]));
  }
});

it('refuses every other method at every path, and names those that work', async () => {
  for (const [path, known] of methods) {
    const { headers } = await client.ask({ method: 'OPTIONS', path });
    const allowed = (headers.allow ?? '').split(', ');
    for (const method of ALL.filter((other) => !allowed.includes(other))) {
      const answer = await client.ask({ method, path });
      expectError(answer, 405, 'ENDPOINT_NOT_FOUND');
      expect(answer.headers.allow, path).toBe(headers.allow);
      for (const other of known) expect(answer.json().message).toContain(other);
    }
  }
});

it('refuses a workspace at every path, and says that there are none where clients ask', async () => {
  const headers = { 'X-MLFLOW-WORKSPACE': 'team-a' };
  for (const [path, known] of methods) {
    for (const method of known) {
      const answer = await client.ask({ method, path, headers });
      if (path.endsWith('/server-info')) {
        expect(answer.json()).toMatchObject({ workspaces_enabled: false });
      } else expectError(answer, 400, 'FEATURE_DISABLED');
    }
  }
});
