import Sqlite from 'better-sqlite3';
import { expect, it } from 'vitest';
import { Client, expectError } from '../support/client.js';
import { places } from '../support/place.js';
import { startServer } from '../support/server.js';

const newPlace = places();

it('gives every error an id of its own, and takes over one that came along', async () => {
  const server = await startServer(await newPlace());
  const client = new Client(server.url);
  const path = '/api/2.0/mlflow/runs/get?run_id=missing';
  const first = await client.ask({ path });
  const second = await client.ask({ path });
  expectError(first, 404, 'RESOURCE_DOES_NOT_EXIST');
  expect(first.headers['x-request-id']).not.toBe(second.headers['x-request-id']);

  const named = await client.ask({ path, headers: { 'X-Request-Id': 'proxy-7.a:b_c' } });
  expect(named.headers['x-request-id']).toBe('proxy-7.a:b_c');
  for (const odd of ['two words', 'a"b', '{}', 'x'.repeat(200), '<b>']) {
    const answer = await client.ask({ path, headers: { 'X-Request-Id': odd } });
    expect(answer.headers['x-request-id']).toMatch(/^[\w-]{36}$/);
  }
  const fine = await client.ask({ path: '/health', headers: { 'X-Request-Id': 'seven' } });
  expect(fine.headers['x-request-id']).toBeUndefined();
  client.close();
});

it('writes the id of a failure into the log, and of its cause nothing into the answer', async () => {
  const place = await newPlace();
  const server = await startServer(place);
  const client = new Client(server.url);
  const database = new Sqlite(place.databaseFile ?? '');
  database.exec('drop table run_tags');
  database.close();
  const search = { experiment_ids: ['0'] };
  await client.ok('POST', 'registered-models/create', { name: 'still works' });
  const { run_id, answer } = await failure(client);
  expectError(answer, 500, 'INTERNAL_ERROR');
  expect(answer.text).not.toMatch(/run_tags|sqlite|select|insert/i);
  const given = { 'X-Request-Id': 'given-id' };
  expect((await client.call('POST', 'runs/create', { experiment_id: '0' }, given)).status).toBe(
    500,
  );
  await client.call('POST', 'runs/search', search);
  await server.stop();

  const lines = server
    .log()
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>);
  for (const id of [answer.headers['x-request-id'], 'given-id']) {
    const [line] = lines.filter(({ request_id }) => request_id === id);
    expect(line).toMatchObject({ level: 50, method: 'POST', url: '/api/2.0/mlflow/runs/create' });
    expect(JSON.stringify(line)).toContain('run_tags');
  }
  expect(run_id).toBeUndefined();
  client.close();
});

async function failure(client: Client) {
  const answer = await client.call('POST', 'runs/create', { experiment_id: '0', start_time: 1 });
  return { answer, run_id: answer.json<{ run?: { info: { run_id: string } } }>().run?.info.run_id };
}
