import { gunzipSync, gzipSync } from 'node:zlib';
import { beforeAll, expect, it } from 'vitest';
import { createExperiment, createRun } from '../support/api.js';
import { Client, expectError } from '../support/client.js';
import { places } from '../support/place.js';
import { type ServerProcess, startServer } from '../support/server.js';

const CREATE = '/api/2.0/mlflow/experiments/create';
const SEARCH = '/api/2.0/mlflow/runs/search';
const ARTIFACT = '/api/2.0/mlflow-artifacts/artifacts';
const PACKED = { 'Content-Type': 'application/json', 'Content-Encoding': 'gzip' };
const ACCEPTS = { 'Accept-Encoding': 'gzip, deflate' };

const newPlace = places();
let server: ServerProcess;
let client: Client;
beforeAll(async () => {
  server = await startServer(await newPlace());
  client = new Client(server.url);
});

const post = (path: string, message: object) =>
  client.ask({ method: 'POST', path, headers: PACKED, body: gzipSync(JSON.stringify(message)) });

it('takes packed requests', async () => {
  const answer = await post(CREATE, { name: 'packed' });
  expect(answer.status, answer.text).toBe(200);
  const get = { experiment_name: 'packed' };
  expect((await client.call('GET', 'experiments/get-by-name', get)).status).toBe(200);
});

it('refuses what would unpack to gigabytes, and goes on', async () => {
  // Fifteen gigabytes in as many megabytes: held or only unpacked, it would end the server.
  const member = gzipSync(Buffer.alloc(1024 * 1024 * 256));
  const bomb = Buffer.concat(Array(60).fill(member));
  expect(bomb.length).toBeLessThan(16 * 1024 * 1024);
  const answers = await Promise.all(
    Array.from({ length: 4 }, () =>
      client.ask({ method: 'POST', path: CREATE, headers: PACKED, body: bomb }),
    ),
  );
  for (const answer of answers) expectError(answer, 413, 'INVALID_PARAMETER_VALUE');
  expect((await client.ask({ path: '/health' })).status).toBe(200);
});

it('packs long answers for who asks, with the same content', async () => {
  const experiment = await createExperiment(client, 'packing');
  for (let index = 0; index < 40; index += 1) await createRun(client, experiment);
  const search = { 'Content-Type': 'application/json' };
  const body = JSON.stringify({ experiment_ids: [experiment] });
  const asking = { method: 'POST', path: SEARCH, body };
  const plain = await client.ask({ ...asking, headers: search });
  const packed = await client.ask({ ...asking, headers: { ...search, ...ACCEPTS } });
  expect(plain.headers['content-encoding']).toBeUndefined();
  expect(packed.headers['content-encoding']).toBe('gzip');
  expect(packed.bytes.length).toBeLessThan(plain.bytes.length / 3);
  expect(gunzipSync(packed.bytes).toString()).toBe(plain.text);
  for (const { headers } of [plain, packed]) expect(headers.vary).toBe('Origin, Accept-Encoding');
});

it('answers a large answer packed as it leaves', async () => {
  const plain = await client.ask({ path: '/openapi.json' });
  const packed = await client.ask({ path: '/openapi.json', headers: ACCEPTS });
  expect(packed.headers['content-encoding']).toBe('gzip');
  expect(gunzipSync(packed.bytes).equals(plain.bytes)).toBe(true);
});

it('leaves artifacts that are packed already, and parts of any, as they are', async () => {
  const bytes = gzipSync(Buffer.alloc(100_000, 'packed '));
  const stored = Buffer.concat([bytes, Buffer.alloc(8_000)]);
  for (const name of ['a.gz', 'a.parquet', 'a.png']) {
    await client.ask({ method: 'PUT', path: `${ARTIFACT}/${name}`, body: stored });
    const answer = await client.ask({ path: `${ARTIFACT}/${name}`, headers: ACCEPTS });
    expect(answer.headers['content-encoding']).toBeUndefined();
    expect(answer.bytes.equals(stored)).toBe(true);
  }
  const text = 'a line\n'.repeat(10_000);
  await client.ask({ method: 'PUT', path: `${ARTIFACT}/a.txt`, body: text });
  const whole = await client.ask({ path: `${ARTIFACT}/a.txt`, headers: ACCEPTS });
  expect(gunzipSync(whole.bytes).toString()).toBe(text);
  const headers = { ...ACCEPTS, Range: 'bytes=7-12' };
  const part = await client.ask({ path: `${ARTIFACT}/a.txt`, headers });
  expect([part.status, part.text]).toEqual([206, 'a line']);
});
