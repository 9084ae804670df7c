import { gzipSync } from 'node:zlib';
import { beforeAll, describe, expect, it } from 'vitest';
import { places } from '../support/place.js';
import { head, RawConnection } from '../support/raw.js';
import { expectRefused, startTarget, type Target } from './target.js';

const newPlace = places();
let target: Target;
let run: string;

beforeAll(async () => {
  target = await startTarget(await newPlace());
  const { experiment_id } = await target.ok('experiments/create', { name: 'limits' });
  const created = await target.ok('runs/create', { experiment_id, start_time: 1 });
  run = (created as { run: { info: { run_id: string } } }).run.info.run_id;
});

const many = (count: number, one: (index: number) => string) =>
  Array.from({ length: count }, (_, index) => one(index)).join(' ');
const API = '/api/2.0/mlflow';

describe('class 12: no request exhausts the server (CVE-2025-0453, CVE-2024-6838)', () => {
  const field = '(input: {experimentId: "0"}) { experiment { name } }';

  it.each([
    ['aliases', `{ ${many(1_000, (index) => `a${index}: mlflowGetExperiment${field}`)} }`],
    ['root fields', `{ ${many(500, () => `mlflowGetExperiment${field}`)} }`],
    ['depth', `{ mlflowGetExperiment { ${'a { '.repeat(5_000)}a${' }'.repeat(5_001)} }`],
    [
      'fragments that multiply',
      `${many(30, (index) => `fragment f${index} on Query { ...f${index + 1} ...f${index + 1} }`)} fragment f30 on Query { __typename } { ...f0 }`,
    ],
    ['a fragment of itself', 'fragment f on Query { ...f } { ...f }'],
    ['length', `{ ${'#'.repeat(70_000)}\n __typename }`],
    ['directives', `{ __typename ${'@a '.repeat(10_000)} }`],
  ])('GraphQL: too many %s', async (_, query) => {
    const reply = await target.json('POST', '/graphql', { query });
    expect(reply.status).toBeLessThan(500);
    // Fragments that are used twice are run once, so they may be answered.
    const { data = null } = JSON.parse(reply.text);
    if (data !== null) expect(data).toEqual({ __typename: 'Query' });
  });

  it('GraphQL: queries in a list', async () => {
    const batch = Array.from({ length: 1_000 }, () => ({ query: '{ __typename }' }));
    expectRefused(await target.json('POST', '/graphql', batch), 'batch');
  });

  const huge = 'x'.repeat(1_000_000);
  it.each<readonly [string, object]>([
    ['experiments/create', { name: huge }],
    ['experiments/create', { name: 'x', artifact_location: huge }],
    ['registered-models/create', { name: huge }],
    ['registered-models/create', { name: 'x', tags: [{ key: huge, value: '' }] }],
    ['runs/log-param', { key: huge, value: '1' }],
    ['runs/log-metric', { key: huge, value: 1, timestamp: 1 }],
    ['runs/set-tag', { key: huge, value: '1' }],
    ['runs/search', { filter: `params.x = '${huge}'` }],
    ['runs/search', { filter: `${'params.x = "1" and '.repeat(20_000)}params.x = "1"` }],
    ['runs/search', { filter: many(1_000, (at) => `${at ? 'and ' : ''}params.p${at} = '1'`) }],
    ['runs/search', { page_token: huge }],
    ['runs/search', { order_by: Array.from({ length: 10_000 }, () => 'params.x') }],
    ['runs/search', { max_results: 2_000_000_000 }],
    ['runs/log-batch', { metrics: Array(1_001).fill({ key: 'm', value: 1, timestamp: 1 }) }],
    ['runs/log-batch', { params: Array(101).fill({ key: 'm', value: '1' }) }],
  ])('%s refuses more than it takes: case %#', async (path, message) => {
    const of = path === 'runs/search' ? { experiment_ids: ['0'] } : { run_id: run };
    const named = path.startsWith('runs/') ? of : {};
    expectRefused(await target.json('POST', `${API}/${path}`, { ...named, ...message }), path);
  });

  it.each([
    ['lists', '['.repeat(200_000) + ']'.repeat(200_000)],
    ['objects', `${'{"a":'.repeat(100_000)}1${'}'.repeat(100_000)}`],
    ['lists without an end', '['.repeat(1_000_000)],
  ])('JSON that is deep: %s', async (_, text) => {
    expectRefused(await target.json('POST', `${API}/runs/search`, text), 'deep');
    const inner = `{"experiment_ids":${text}}`;
    expectRefused(await target.json('POST', `${API}/runs/search`, inner), 'deep');
  });

  it('a body that is larger than the limit, packed or not', async () => {
    const length = String(17 * 1024 * 1024);
    const connection = new RawConnection(target.server.port);
    const headersOfLarge = { 'Content-Type': 'application/json', 'Content-Length': length };
    connection.send(head(`POST ${API}/runs/search`, headersOfLarge));
    expect((await connection.answer()).status).toBe(413);
    connection.drop();
    const packed = gzipSync(Buffer.alloc(256 * 1024 * 1024));
    const headers = { 'Content-Type': 'application/json', 'Content-Encoding': 'gzip' };
    const reply = await target.send('POST', `${API}/runs/search`, packed, headers);
    expectRefused(reply, 'packed');
    const trace = { ...headers, 'Content-Type': 'application/x-protobuf' };
    expectRefused(await target.send('POST', '/v1/traces', packed, trace), 'packed traces');
  });

  it('headers and addresses that are longer than the limit', async () => {
    const long = await target.send('GET', `/api/2.0/mlflow/runs/get?run_id=${'x'.repeat(100_000)}`);
    expect([400, 414, 431]).toContain(long.status);
    const header = await target.send('GET', '/version', undefined, {
      'X-Long': 'x'.repeat(100_000),
    });
    expect(header.status).toBe(431);
    expect((await target.send('GET', '/health')).status).toBe(200);
  });
});
