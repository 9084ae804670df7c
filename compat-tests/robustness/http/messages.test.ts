import { beforeAll, describe, expect, it } from 'vitest';
import { allRuns, createExperiment } from '../support/api.js';
import { Client, expectError } from '../support/client.js';
import { places } from '../support/place.js';
import { head, post, type RawAnswer, RawConnection } from '../support/raw.js';
import { type ServerProcess, startServer } from '../support/server.js';

const CREATE = '/api/2.0/mlflow/experiments/create';
const RUN = '/api/2.0/mlflow/runs/create';
const ARTIFACT = '/api/2.0/mlflow-artifacts/artifacts';
const JSON_TYPE = { 'Content-Type': 'application/json' };

const newPlace = places();
let server: ServerProcess;
let client: Client;
beforeAll(async () => {
  server = await startServer(await newPlace());
  client = new Client(server.url);
});

const open = () => new RawConnection(server.port);

function expectRawError(answer: RawAnswer, status: number): void {
  expect([answer.status, answer.headers.get('content-type')], answer.body).toEqual([
    status,
    'application/json',
  ]);
  expect(JSON.parse(answer.body)).toMatchObject({ message: expect.any(String) });
  expect(JSON.parse(answer.body)).toMatchObject({ error_code: expect.any(String) });
  expect(answer.headers.get('x-request-id')).toMatch(/^[\w.:-]+$/);
}

const isThere = async (name: string): Promise<boolean> =>
  (await client.call('GET', 'experiments/get-by-name', { experiment_name: name })).status === 200;

describe('methods and paths', () => {
  it('answers HEAD like GET, without a body', async () => {
    for (const path of ['/health', '/', '/api/2.0/mlflow/experiments/get?experiment_id=0']) {
      const get = await client.ask({ path });
      const answer = await open()
        .send(head(`HEAD ${path}`))
        .answer(true);
      expect(answer.status, path).toBe(200);
      expect(answer.headers.get('content-length')).toBe(get.headers['content-length']);
    }
  });

  it.each(['TRACE', 'PROPFIND', 'DELETE'])('names the methods of a path to %s', async (method) => {
    const answer = await client.ask({ method, path: RUN });
    expectError(answer, 405);
    expect(answer.headers.allow).toBe('OPTIONS, POST');
  });

  it('tells the methods of a path to those who ask with OPTIONS', async () => {
    const answer = await client.ask({ method: 'OPTIONS', path: RUN });
    expect([answer.status, answer.text]).toEqual([204, '']);
    expect(answer.headers.allow).toContain('POST');
    expectError(await client.ask({ method: 'OPTIONS', path: '/nothing' }), 404);
  });

  it('refuses a method that nobody knows', async () => {
    expectRawError(
      await open()
        .send(head(`FETCH ${RUN}`))
        .answer(),
      400,
    );
  });

  it.each([
    '/nothing',
    '//api/2.0/mlflow/experiments/search',
    '/api//2.0/mlflow/experiments/search',
    '/api/2.0/mlflow/experiments/search/',
    '/api/2.0/mlflow/experiments/search//',
    '/API/2.0/mlflow/experiments/search',
    '/api/2.0/mlflow/experiments/../experiments/search',
    '/api/2.0/mlflow/experiments;x/search',
    '/health/',
    '/*',
    '/__proto__',
  ])('has no endpoint %s', async (path) => {
    expectRawError(
      await open()
        .send(head(`GET ${path}`))
        .answer(),
      404,
    );
  });

  it.each([
    `${ARTIFACT}/%`,
    `${ARTIFACT}/%zz`,
    `${ARTIFACT}/%c3%28`,
    `${ARTIFACT}/a%00b`,
    '/api/2.0/mlflow/logged-models/%ff',
    '/%',
  ])('refuses an address that is not valid percent-encoding: %s', async (path) => {
    const answer = await open()
      .send(head(`GET ${path}`))
      .answer();
    expectRawError(answer, answer.status);
    expect([400, 404]).toContain(answer.status);
  });

  it('takes the whole address of a proxy request, and any text in a query', async () => {
    const answer = await open().send(head(`GET http://localhost/health`)).answer();
    expect([answer.status, answer.body]).toEqual([200, 'OK']);
    const query = '?experiment_id=0&%zz=%&a=%ff&&&=';
    const odd = await client.ask({ path: `/api/2.0/mlflow/experiments/get${query}` });
    expect(odd.status).toBe(200);
  });

  it('refuses addresses and headers that are too large', async () => {
    const long = 'x'.repeat(20_000);
    expectRawError(
      await open()
        .send(head(`GET /${long.repeat(5)}`))
        .answer(),
      431,
    );
    expectRawError(
      await open()
        .send(head('GET /health', { 'X-Long': long }))
        .answer(),
      431,
    );
    // Far more than the sockets hold: the client is still sending when it is answered.
    for (let round = 0; round < 20; round += 1) {
      const answer = await open()
        .send(head(`GET /${'x'.repeat(4 * 2 ** 20)}`))
        .answer();
      expectRawError(answer, 431);
    }
    const runs = Array.from({ length: 500 }, (_, i) => `'${String(i).padStart(32, '0')}'`);
    const filter = `run_id IN (${runs.join(',')})`;
    expect((await client.call('GET', 'model-versions/search', { filter })).status).toBe(200);
    const medium = await client.ask({ path: `/${'x'.repeat(60_000)}` });
    expectError(medium, 404, 'ENDPOINT_NOT_FOUND');
  });
});

describe('messages', () => {
  it.each([
    'gibberish\r\n\r\n',
    'GET /health HTTP/9.9\r\nHost: localhost\r\n\r\n',
    head('GET /health', { 'Bad Header': 'x' }),
    head('GET /health', { 'X-Nul': 'a\0b' }),
    'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n',
    `${head(`POST ${CREATE}`, { ...JSON_TYPE, 'Content-Length': '-1' })}{}`,
    `${head(`POST ${CREATE}`, { ...JSON_TYPE, 'Content-Length': '2x' })}{}`,
    `${head(`POST ${CREATE}`, { ...JSON_TYPE, 'Transfer-Encoding': 'chunked' })}zz\r\n{}\r\n0\r\n\r\n`,
    // Two readings of where the body ends are how requests are smuggled past a proxy.
    `${head(`POST ${CREATE}`, { ...JSON_TYPE, 'Content-Length': '2', 'Transfer-Encoding': 'chunked' })}0\r\n\r\n`,
    `${head(`POST ${CREATE}`, { ...JSON_TYPE, 'Content-Length': '2', 'content-length': '3' })}{} `,
    `${head(`POST ${CREATE}`, { ...JSON_TYPE, 'Transfer-Encoding': 'gzip, chunked' })}2\r\n{}\r\n0\r\n\r\n`,
    head('GET /api/2.0/mlflow/experiments/get?experiment_id=0', { HOST: 'evil.example' }),
  ])('refuses what is not HTTP: %j', async (text) => {
    const connection = open().send(text);
    expectRawError(await connection.answer(), 400);
    await connection.closed();
  });

  it('sees every header, however many there are', async () => {
    // Node would drop what comes after the 2,000th: a second Host, say.
    const many = Array.from({ length: 2_100 }, (_, i) => `a${i.toString(36)}:\r\n`).join('');
    const connection = open().send(
      `GET /health HTTP/1.1\r\nHost: localhost\r\n${many}Host: x\r\n\r\n`,
    );
    expectRawError(await connection.answer(), 400);
    await connection.closed();
  });

  it('answers HTTP/1.0, and closes then', async () => {
    const connection = open().send('GET /health HTTP/1.0\r\nHost: localhost\r\n\r\n');
    expect(await connection.answer()).toMatchObject({ status: 200, body: 'OK' });
    await connection.closed();
  });

  it('refuses a request without a Host', async () => {
    const path = '/api/2.0/mlflow/experiments/get?experiment_id=0';
    const answer = await open().send(`GET ${path} HTTP/1.1\r\n\r\n`).answer();
    expect(answer.status).toBe(403);
  });

  it('answers requests that come at once in their order', async () => {
    const names = Array.from({ length: 20 }, (_, index) => `pipelined ${index}`);
    const requests = names.map((name, index) =>
      index % 2 === 0 ? post(CREATE, { name }) : head('GET /health'),
    );
    const answers = await open().send(requests.join('')).answers(20);
    expect(answers.map(({ status }) => status)).toEqual(Array(20).fill(200));
    expect(answers.filter((_, index) => index % 2 === 1).map(({ body }) => body)).toEqual(
      Array(10).fill('OK'),
    );
    expect(await isThere('pipelined 18')).toBe(true);
  });

  it('answers a good request before gibberish behind it', async () => {
    const text = `${post(CREATE, { name: 'before gibberish' })}gibberish\r\n\r\n`;
    const [first, second] = await open().send(text).answers(2);
    expect(first?.status).toBe(200);
    if (second !== undefined) expectRawError(second, 400);
    expect(await isThere('before gibberish')).toBe(true);
  });

  it('reads a body in chunks, also one byte at a time', async () => {
    const text = JSON.stringify({ name: 'in chunks' });
    const chunks = [...text].map((sign) => `1\r\n${sign}\r\n`).join('');
    const headers = { ...JSON_TYPE, 'Transfer-Encoding': 'chunked' };
    const connection = open().send(head(`POST ${CREATE}`, headers));
    for (const part of `${chunks}0\r\n\r\n`.match(/.{1,40}/gs) ?? []) connection.send(part);
    expect((await connection.answer()).status).toBe(200);
    expect(await isThere('in chunks')).toBe(true);
  });

  it('invites a body that the client asks about first', async () => {
    const body = JSON.stringify({ name: 'invited' });
    const headers = { ...JSON_TYPE, 'Content-Length': String(body.length), Expect: '100-continue' };
    const connection = open().send(head(`POST ${CREATE}`, headers));
    expect((await connection.answer()).status).toBe(100);
    const answers = await connection.send(body).answers(2);
    expect(answers.map(({ status }) => status)).toEqual([100, 200]);
    const odd = open().send(head('GET /health', { Expect: 'a miracle' }));
    expectRawError(await odd.answer(), 417);
  });

  it('does nothing for a body that is cut off', async () => {
    const body = JSON.stringify({ experiment_id: await createExperiment(client, 'cut off') });
    const headers = { ...JSON_TYPE, 'Content-Length': String(body.length + 1) };
    const dropped = open().send(head(`POST ${RUN}`, headers) + body);
    const halfClosed = open()
      .send(head(`POST ${RUN}`, headers) + body)
      .end();
    expectRawError(await halfClosed.answer(), 400);
    dropped.drop();
    const upload = open().send(
      `${head(`PUT ${ARTIFACT}/cut.bin`, { 'Content-Length': '100' })}abc`,
    );
    upload.end();
    expectRawError(await upload.answer(), 400);
    const experiment = (JSON.parse(body) as { experiment_id: string }).experiment_id;
    expect(await allRuns(client, experiment)).toEqual([]);
    expectError(await client.ask({ path: `${ARTIFACT}/cut.bin` }), 404);
  });

  it('takes what lies behind the named length for the next request', async () => {
    const body = JSON.stringify({ name: 'named too short' });
    const headers = { ...JSON_TYPE, 'Content-Length': String(body.length - 1) };
    const connection = open().send(head(`POST ${CREATE}`, headers) + body);
    expectRawError(await connection.answer(), 400);
    await connection.closed();
    expect(await isThere('named too short')).toBe(false);
  });

  it('refuses a body beyond the limit and says so', async () => {
    const large = Buffer.alloc(17 * 1024 * 1024, 'x');
    expectError(
      await client.ask({ method: 'POST', path: CREATE, headers: JSON_TYPE, body: large }),
      413,
    );
    const chunked = open().send(
      head(`POST ${CREATE}`, { ...JSON_TYPE, 'Transfer-Encoding': 'chunked' }),
    );
    const chunk = Buffer.alloc(1024 * 1024, 'x');
    for (let count = 0; count < 17; count += 1) {
      chunked
        .send(`${chunk.length.toString(16)}\r\n`)
        .send(chunk)
        .send('\r\n');
    }
    expectRawError(await chunked.answer(), 413);
    chunked.drop();
  });
});
