import { beforeAll, describe, expect, it } from 'vitest';
import { Client } from '../support/client.js';
import { type Route, routesOf } from '../support/contract.js';
import { places } from '../support/place.js';
import { startServer } from '../support/server.js';

const FOREIGN = ['http://evil.example', 'https://localhost.evil.example', 'null'];
const JSON_BODY = { headers: { 'Content-Type': 'application/json' }, body: '{}' };

const newPlace = places();
let client: Client;
let routes: Route[];
beforeAll(async () => {
  client = new Client((await startServer(await newPlace())).url);
  routes = await routesOf(client);
});

const isChange = ({ method }: Route): boolean => method !== 'GET';

describe('a web page of another site', () => {
  it('can change nothing on any route', async () => {
    const changes = routes.filter(isChange);
    expect(changes.map(({ path }) => path)).toEqual(
      expect.arrayContaining(['/graphql', '/v1/traces', '/ajax-api/2.0/mlflow/upload-artifact']),
    );
    for (const { method, path } of changes) {
      for (const origin of FOREIGN) {
        const headers = { ...JSON_BODY.headers, Origin: origin };
        const answer = await client.ask({ method, path, headers, body: '{}' });
        expect([answer.status, answer.text], `${method} ${path}`).toEqual([
          403,
          'Cross-origin request blocked',
        ]);
        expect(answer.headers['access-control-allow-origin']).toBeUndefined();
        expect(answer.headers['x-request-id']).toBeDefined();
      }
    }
  });

  it('can read no answer', async () => {
    for (const { method, path } of routes.filter((route) => !isChange(route))) {
      const answer = await client.ask({ method, path, headers: { Origin: FOREIGN[0] ?? '' } });
      expect(answer.headers['access-control-allow-origin'], path).toBeUndefined();
      expect(answer.headers.vary, path).toContain('Origin');
    }
  });

  it('gets no leave from a preflight', async () => {
    for (const origin of FOREIGN) {
      const answer = await client.ask({
        method: 'OPTIONS',
        path: '/api/2.0/mlflow/runs/create',
        headers: { Origin: origin, 'Access-Control-Request-Method': 'POST' },
      });
      expect(answer.status).toBe(400);
      expect(answer.headers['access-control-allow-origin']).toBeUndefined();
    }
  });

  it('can send no form that a browser sends without asking', async () => {
    for (const type of ['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data']) {
      const answer = await client.ask({
        method: 'POST',
        path: '/api/2.0/mlflow/experiments/create',
        headers: { 'Content-Type': type },
        body: '{"name": "forged"}',
      });
      expect(answer.status, type).toBe(400);
    }
  });
});

describe('a web page of this machine', () => {
  it('may read and change', async () => {
    const Origin = 'http://localhost:3000';
    const preflight = await client.ask({
      method: 'OPTIONS',
      path: '/api/2.0/mlflow/experiments/create',
      headers: { Origin, 'Access-Control-Request-Method': 'POST' },
    });
    expect(preflight.status).toBe(200);
    const created = await client.ask({
      method: 'POST',
      path: '/api/2.0/mlflow/experiments/create',
      headers: { ...JSON_BODY.headers, Origin },
      body: '{"name": "from a page"}',
    });
    expect(created.status).toBe(200);
    for (const { headers } of [preflight, created]) {
      expect(headers['access-control-allow-origin']).toBe(Origin);
    }
  });
});

describe('a Host that is not ours', () => {
  it('is refused on every route but the probes', async () => {
    for (const { method, path } of routes) {
      const Host = 'evil.example';
      const headers = { ...(method === 'GET' ? {} : JSON_BODY.headers), Host };
      const body = method === 'GET' ? {} : { body: '{}' };
      const answer = await client.ask({ method, path, headers, ...body });
      if (['/health', '/ready', '/version'].includes(path)) expect(answer.status).toBe(200);
      else {
        expect(answer.status, `${method} ${path}`).toBe(403);
        expect(answer.text).toContain('Invalid Host header');
        expect(answer.headers['x-request-id']).toBeDefined();
      }
    }
  });

  it.each([
    'localhost.evil.example',
    'evil.example:5000',
    '10.evil.example',
    '192.168.evil.example',
    '172.16.evil.example',
    '10.0.0.1.evil.example',
    'localhost:5000.evil.example',
    'localhost:evil',
    'localhost@evil.example',
    '127.0.0.1.nip.example',
    '172.32.0.1',
    '172.15.0.1',
  ])('is refused however it is dressed up: %s', async (Host) => {
    const answer = await client.ask({
      path: '/api/2.0/mlflow/experiments/search',
      headers: { Host },
    });
    expect(answer.status).toBe(403);
  });

  it.each([
    'localhost',
    'LOCALHOST:80',
    '127.0.0.1:5000',
    '[::1]:5000',
    '0.0.0.0:1',
    '10.1.2.3:5000',
    '192.168.0.7',
    '172.31.255.1:65535',
  ])('is not this one: %s', async (Host) => {
    const answer = await client.ask({ path: '/api/3.0/mlflow/server-info', headers: { Host } });
    expect(answer.status).toBe(200);
  });
});

it('answers the Hosts and origins that it is told to, and no others', async () => {
  const flags = [
    ...['--allowed-hosts', 'tracking.example,*.internal.example:8080'],
    ...['--cors-allowed-origins', 'https://app.example'],
  ];
  const place = await newPlace();
  const server = await startServer(place, { flags });
  const strict = new Client(server.url);
  const status = async (Host: string, Origin?: string) =>
    (
      await strict.ask({
        method: 'POST',
        path: '/api/2.0/mlflow/runs/search',
        headers: { ...JSON_BODY.headers, Host, ...(Origin === undefined ? {} : { Origin }) },
        body: '{"experiment_ids": ["0"]}',
      })
    ).status;
  expect(await status('tracking.example')).toBe(200);
  expect(await status('a.internal.example:8080', 'https://app.example')).toBe(200);
  expect(await status('localhost')).toBe(403);
  expect(await status('a.internal.example')).toBe(403);
  expect(await status('tracking.example', 'https://app.example.evil.example')).toBe(403);
  strict.close();
});
