/** What the server makes of the good and the bad days of a store. */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { request } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { type RunningServer, startRunledger } from '../servers.js';
import { type Emulator, startEmulator } from './support/emulators.js';
import type { SharedStore } from './support/setup.js';

const MIB = 1024 * 1024;
const FILES = '/api/2.0/mlflow-artifacts/artifacts';
const MPU = '/api/2.0/mlflow-artifacts/mpu';
const STORES: readonly SharedStore[] = Object.values(inject('stores'));

const serve = (destination: string, environment: Readonly<Record<string, string>>) =>
  startRunledger({
    extraArguments: ['--artifacts-destination', destination, '--freeze-models', 'true'],
    environment,
  });

async function put(url: string, body: string | Buffer): Promise<number> {
  return (await fetch(url, { method: 'PUT', body: body as never })).status;
}

async function post(url: string, body: unknown) {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify(body),
  });
  return { status: response.status, json: (await response.json()) as Record<string, unknown> };
}

interface Started {
  readonly upload_id?: string;
  readonly credentials: readonly { readonly url: string; readonly part_number: number }[];
}

async function sendParts({ credentials }: Started, parts: readonly Buffer[]) {
  return Promise.all(
    credentials.map(async ({ url, part_number }) => {
      const body = parts[part_number - 1] as never;
      const sent = await fetch(url, { method: 'PUT', body });
      expect(sent.status).toBeLessThan(300);
      return { part_number, url, etag: sent.headers.get('etag') ?? '' };
    }),
  );
}

describe.each(STORES)('a server on $name', ({ name, bucket, environment }) => {
  let server: RunningServer;
  beforeAll(async () => {
    server = await serve(`${bucket}/server`, environment);
  });
  afterAll(() => server.stop());

  it('sends parts, and nothing to those who have it', async () => {
    const url = `${server.url}${FILES}/0/ranges/x.txt`;
    expect(await put(url, '0123456789')).toBe(200);
    const whole = await fetch(url);
    const etag = whole.headers.get('etag') ?? '';
    expect(await whole.text()).toBe('0123456789');
    const part = await fetch(url, { headers: { Range: 'bytes=2-4', 'If-Range': etag } });
    expect([part.status, part.headers.get('content-range')]).toEqual([206, 'bytes 2-4/10']);
    expect(await part.text()).toBe('234');
    expect((await fetch(url, { headers: { 'If-None-Match': etag } })).status).toBe(304);
    expect((await fetch(url, { headers: { Range: 'bytes=20-' } })).status).toBe(416);
    expect((await fetch(url, { method: 'HEAD' })).headers.get('content-length')).toBe('10');
    expect((await fetch(`${server.url}${FILES}/0/ranges/none`)).status).toBe(404);
    expect((await fetch(`${server.url}${FILES}/0/ranges`)).status).toBe(400);
  });

  it('gives one whole file to everybody while many replace it', async () => {
    const url = `${server.url}${FILES}/0/raced/x.bin`;
    expect(await put(url, Buffer.alloc(MIB, 0))).toBe(200);
    let isOver = false;
    const read = async () => {
      const seen: unknown[] = [];
      while (!isOver) {
        const answer = await fetch(url);
        const bytes = Buffer.from(await answer.arrayBuffer());
        seen.push([answer.status, bytes.length, bytes.every((byte) => byte === bytes[0])]);
      }
      return seen;
    };
    const readers = [read(), read()];
    for (let round = 1; round < 40; round += 4) {
      const bodies = [0, 1, 2, 3].map((n) => Buffer.alloc(MIB, round + n));
      await Promise.all(bodies.map((body) => put(url, body)));
    }
    isOver = true;
    const seen = new Set((await Promise.all(readers)).flat().map((one) => JSON.stringify(one)));
    expect([...seen]).toEqual([JSON.stringify([200, MIB, true])]);
  });

  it.each([3, 20])('shows nothing of an upload that is cut off after %i MB', async (sent) => {
    const { hostname, port } = new URL(server.url);
    const path = `${FILES}/0/cut/${sent}.bin`;
    const headers = { 'Content-Length': String(64 * MIB) };
    const cut = request({ hostname, port, path, method: 'PUT', headers });
    cut.on('error', () => undefined);
    for (let n = 0; n < sent; n += 1) {
      if (!cut.write(Buffer.alloc(MIB))) await new Promise((go) => cut.once('drain', go));
    }
    await delay(300);
    cut.destroy();
    await delay(500);
    const list = await fetch(`${server.url}${FILES}?path=0/cut`);
    expect(await list.json()).toEqual({});
    expect((await fetch(server.url + path)).status).toBe(404);
  });

  it('shows nothing of uploads, whole or in parts, in the middle of which it was killed', async () => {
    const destination = `${bucket}/killed`;
    const killed = await serve(destination, environment);
    const { hostname, port } = new URL(killed.url);
    const headers = { 'Content-Length': String(64 * MIB) };
    for (const name of ['one', 'other']) {
      const upload = request({
        hostname,
        port,
        path: `${FILES}/0/k/${name}`,
        method: 'PUT',
        headers,
      });
      upload.on('error', () => undefined);
      for (let n = 0; n < 20; n += 1) {
        if (!upload.write(Buffer.alloc(MIB))) await new Promise((go) => upload.once('drain', go));
      }
    }
    const wish = { path: 'k/parts.bin', num_parts: 2 };
    const start = await post(`${killed.url}${MPU}/create/0/k`, wish);
    if (start.status === 200) {
      await sendParts(start.json as unknown as Started, [Buffer.alloc(5 * MIB), Buffer.alloc(MIB)]);
    }
    process.kill(killed.pid ?? 0, 'SIGKILL');
    await delay(200);
    await killed.stop();
    const after = await serve(destination, environment);
    expect(await (await fetch(`${after.url}${FILES}?path=0/k`)).json()).toEqual({});
    for (const name of ['one', 'other', 'parts.bin']) {
      expect((await fetch(`${after.url}${FILES}/0/k/${name}`)).status).toBe(404);
    }
    // The names are free, and what is stored under them is whole.
    expect(await put(`${after.url}${FILES}/0/k/one`, 'whole')).toBe(200);
    expect(await (await fetch(`${after.url}${FILES}/0/k/one`)).text()).toBe('whole');
    await after.stop();
  });

  it('takes and gives a large file in little memory', async () => {
    const url = `${server.url}${FILES}/0/large/file.bin`;
    const chunk = Buffer.alloc(MIB, 'weights!');
    const size = 100;
    const expected = createHash('sha256');
    async function* chunks() {
      for (let n = 0; n < size; n += 1) {
        expected.update(chunk);
        yield chunk;
      }
    }
    await put(`${server.url}${FILES}/0/large/small.bin`, Buffer.alloc(17 * MIB));
    await (await fetch(`${server.url}${FILES}/0/large/small.bin`)).arrayBuffer();
    const before = memoryOf(server);
    const body = chunks() as never;
    const sent = await fetch(url, { method: 'PUT', body, duplex: 'half' } as RequestInit);
    expect(sent.status).toBe(200);
    const found = createHash('sha256');
    const back = await fetch(url);
    for await (const piece of back.body ?? []) found.update(piece);
    expect(found.digest('hex')).toBe(expected.digest('hex'));
    expect(memoryOf(server) - before).toBeLessThan(64 * MIB);
    expect((await fetch(url, { method: 'DELETE' })).status).toBe(200);
  });

  it('takes uploads in parts, sees them whole, and not after the model is frozen', async () => {
    const api = `${server.url}/api/2.0/mlflow`;
    const made = await post(`${api}/runs/create`, { experiment_id: '0' });
    const { info } = made.json.run as { info: { run_id: string; artifact_uri: string } };
    const folder = info.artifact_uri.replace('mlflow-artifacts:/', '');
    const parts = [Buffer.alloc(5 * MIB, 'one'), Buffer.alloc(MIB, 'two')];
    const wish = { path: '/home/me/weights.bin', num_parts: 2 };
    const start = await post(`${server.url}${MPU}/create/${folder}`, wish);
    if (name === 'gcs') {
      // Its emulator has no such interface, and says so as a store without it would.
      expect(start.status).toBe(501);
      return;
    }
    expect(start.status).toBe(200);
    const started = start.json as unknown as Started;
    const file = `${server.url}${FILES}/${folder}/weights.bin`;
    const sent = await sendParts(started, parts);
    expect((await fetch(file)).status).toBe(404);
    const { upload_id } = started;
    const finish = (more: object) =>
      post(`${server.url}${MPU}/complete/${folder}`, { path: wish.path, upload_id, ...more });
    expect((await finish({ parts: [{ part_number: 1, etag: '"0"' }, sent[0]] })).status).toBe(400);
    const third = { part_number: 3, etag: '"0"' };
    expect((await finish({ parts: [...sent, third] })).status).toBe(400);
    // Blocks of Azure have no tags.
    if (name === 's3') {
      const other = { part_number: 1, etag: '"0"' };
      expect((await finish({ parts: [other, sent[1]] })).status).toBe(400);
    }
    expect([400, 404]).toContain((await finish({ upload_id: 'nobody', parts: sent })).status);
    expect((await finish({ parts: sent.toReversed() })).status).toBe(200);
    // An answer that was lost is asked for again.
    if (name === 's3') expect((await finish({ parts: sent })).status).toBe(200);
    const whole = Buffer.from(await (await fetch(file)).arrayBuffer());
    expect(whole.equals(Buffer.concat(parts))).toBe(true);

    const signed = await fetch(
      `${server.url}/api/2.0/mlflow-artifacts/presigned/${folder}/weights.bin`,
    );
    const { url, file_size } = (await signed.json()) as { url: string; file_size: number };
    expect(file_size).toBe(whole.length);
    const direct = await fetch(url, { headers: { Range: 'bytes=0-2' } });
    expect([direct.status, await direct.text()]).toEqual([206, 'one']);
    expect(direct.headers.get('content-disposition')).toContain('weights.bin');

    const late = await post(`${server.url}${MPU}/create/${folder}`, wish);
    const lateParts = await sendParts(late.json as unknown as Started, parts);
    expect(await put(`${server.url}${FILES}/${folder}/MLmodel`, 'flavors: {}\n')).toBe(200);
    const model = `frozen-${name}`;
    await post(`${api}/registered-models/create`, { name: model });
    const source = `mlflow-artifacts:/${folder}`;
    const { run_id } = info;
    const version = await post(`${api}/model-versions/create`, { name: model, source, run_id });
    expect(version).toMatchObject({ status: 200 });
    const refusal = { status: 403, json: { error_class: 'ARTIFACT_FROZEN' } };
    expect(await post(`${server.url}${MPU}/create/${folder}`, wish)).toMatchObject(refusal);
    const lateId = (late.json as unknown as Started).upload_id;
    expect(await finish({ upload_id: lateId, parts: lateParts })).toMatchObject(refusal);
    expect(await put(file, 'other')).toBe(403);
    expect((await fetch(file, { method: 'DELETE' })).status).toBe(403);
    const aborted = { path: wish.path, upload_id: lateId };
    expect((await post(`${server.url}${MPU}/abort/${folder}`, aborted)).status).toBe(200);
  });

  it('says what it offers', async () => {
    const info = await fetch(`${server.url}/api/3.0/mlflow/server-info`);
    expect(await info.json()).toMatchObject({
      multipart_uploads_enabled: true,
      multipart_downloads_enabled: name === 's3',
    });
  });

  it('names a bucket that is missing', async () => {
    const other = bucket.replace('artifacts', 'no-such-bucket');
    const lost = await serve(`${other}/x`, environment);
    try {
      for (const [path, method] of [
        ['/0/x', 'GET'],
        ['/0/x', 'PUT'],
        ['?path=0', 'GET'],
        ['/0/x', 'DELETE'],
      ] as const) {
        const answer = await fetch(`${lost.url}${FILES}${path}`, {
          ...{ method, ...(method === 'PUT' && { body: 'x' }) },
        });
        // An emulator may take a deletion in no bucket for done.
        if (method === 'DELETE' && answer.status === 200) continue;
        const json = (await answer.json()) as { message: string };
        expect([path, method, answer.status]).toEqual([path, method, 404]);
        expect(json.message).toContain('does not exist');
      }
    } finally {
      await lost.stop();
    }
  });
});

describe.each(['s3', 'gcs', 'azure'] as const)('while %s is out', (name) => {
  let emulator: Emulator;
  let server: RunningServer;
  beforeAll(async () => {
    emulator = await startEmulator(name);
    server = await serve(`${await emulator.makeBucket('outage')}/x`, emulator.environment);
  });
  afterAll(async () => {
    await server.stop();
    await emulator.stop();
  });

  it('the server asks for patience, and goes on when it is back', async () => {
    const url = `${server.url}${FILES}/0/x.txt`;
    expect(await put(url, 'before')).toBe(200);
    await emulator.stop();
    const answers = await Promise.all([
      fetch(url),
      fetch(url, { method: 'PUT', body: 'while' }),
      fetch(`${server.url}${FILES}?path=0`),
    ]);
    for (const answer of answers) {
      expect(answer.status).toBe(503);
      expect(answer.headers.get('retry-after')).toBe('1');
      expect(await answer.json()).toMatchObject({ error_code: 'TEMPORARILY_UNAVAILABLE' });
    }
    expect((await fetch(`${server.url}/health`)).status).toBe(200);
    const { port } = emulator;
    emulator = await startEmulator(name, port);
    await emulator.makeBucket('outage');
    expect(await put(url, 'after')).toBe(200);
    expect(await (await fetch(url)).text()).toBe('after');
    expect(server.log()).not.toMatch(/not-a-secret|Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6/);
  });
});

/** The most that the process has held at a time, as Linux counts it. */
function memoryOf({ pid }: RunningServer): number {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  return 1_024 * Number(/VmHWM:\s+(\d+)/.exec(status)?.[1] ?? 0);
}
