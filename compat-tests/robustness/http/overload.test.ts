import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { expect, it } from 'vitest';
import { createExperiment, createRun } from '../support/api.js';
import { type Answer, Client, expectError } from '../support/client.js';
import { onBothDatabases, places } from '../support/place.js';
import { startProbe, timesOf } from '../support/probe.js';
import { head, post, RawConnection } from '../support/raw.js';
import { RetryingClient } from '../support/retrying-client.js';
import { serverFlags, startServer } from '../support/server.js';

const JSON_TYPE = { 'Content-Type': 'application/json' };
const BATCH = '/api/2.0/mlflow/runs/log-batch';
const UPLOAD = '/api/2.0/mlflow-artifacts/artifacts/held';
const GET = '/api/2.0/mlflow/experiments/get?experiment_id=0';

/** Milliseconds: many times what is promised, since whoever else is busy on the machine counts too. */
const PROMISED = 100;
const GENEROUS = 10 * PROMISED;

/** Refused because there is too much to do, in a way that clients come again for. */
function expectBusy(answer: Answer, status = 503): void {
  expectError(
    answer,
    status,
    status === 503 ? 'TEMPORARILY_UNAVAILABLE' : 'REQUEST_LIMIT_EXCEEDED',
  );
  expect(answer.headers['retry-after']).toBe('1');
}

/** Uploads that have begun and don't go on: each holds a place. */
const heldUploads = (port: number, count: number) =>
  Array.from({ length: count }, (_, index) =>
    new RawConnection(port).send(`${head(`PUT ${UPLOAD}${index}`, { 'Content-Length': '9' })}half`),
  );

async function until(isSo: () => Promise<boolean>): Promise<void> {
  for (let round = 0; round < 500; round += 1) {
    if (await isSo()) return;
    await sleep(20);
  }
  throw new Error('It did not come about');
}

onBothDatabases((newPlace) => {
  it('refuses searches beyond those that may wait, and answers all else', async () => {
    const flags = ['--scan-threads', '1', '--pool-size', '3', '--max-waiting-searches', '4'];
    const server = await startServer(await newPlace(), { flags });
    const client = new Client(server.url, 100);
    const experiment = await createExperiment(client, 'busy');
    const run = await createRun(client, experiment);
    const search = () =>
      client.call('POST', 'runs/search', {
        experiment_ids: [experiment],
        filter: Array.from({ length: 40 }, (_, at) => `params.p${at} ILIKE '%x%y%z%'`).join(
          ' and ',
        ),
      });
    const probe = await startProbe(server.url);
    const [answers] = await Promise.all([
      Promise.all(Array.from({ length: 100 }, search)),
      // What is short is let through, whatever waits.
      Promise.all(Array.from({ length: 20 }, () => client.ok('GET', 'runs/get', { run_id: run }))),
      client.ok('POST', 'runs/set-tag', { run_id: run, key: 'short', value: 'x' }),
    ]);
    expect((await probe.stop()).others).toBe(0);
    const refused = answers.filter(({ status }) => status !== 200);
    expect(refused.length).toBeGreaterThan(0);
    expect(refused.length).toBeLessThan(answers.length);
    for (const answer of refused) expectBusy(answer);
    // Who comes again as MLflow's clients do gets his answer.
    const patient = new RetryingClient(server.url, 12);
    const message = { experiment_ids: [experiment] };
    await Promise.all(Array.from({ length: 12 }, () => patient.ok('POST', 'runs/search', message)));
    expect((await search()).status).toBe(200);
    for (const each of [client, patient]) each.close();
  });
});

const newPlace = places();

it('lets nobody fill the queue of searches for all who has bounds, and is well meanwhile', async () => {
  const queue = ['--scan-threads', '1', '--max-waiting-searches', '4'];
  const flags = [...queue, '--max-requests-per-caller', '3'];
  const server = await startServer(await newPlace(), { flags });
  const greedy = new Client(server.url, 50);
  const modest = new Client(server.url, 4, '127.0.0.2');
  const experiment = await createExperiment(greedy, 'shared');
  const search = (client: Client) =>
    client.call('POST', 'runs/search', {
      experiment_ids: [experiment],
      filter: Array.from({ length: 40 }, (_, at) => `params.p${at} ILIKE '%x%y%z%'`).join(' and '),
    });
  const probe = await startProbe(server.url);
  let isOver = false;
  const refused: Answer[] = [];
  const flood = Array.from({ length: 50 }, async () => {
    while (!isOver) {
      const answer = await search(greedy);
      if (answer.status !== 200) refused.push(answer);
    }
  });
  await until(async () => refused.length > 100);
  for (let round = 0; round < 20; round += 1) expect((await search(modest)).status).toBe(200);
  const health = await probe.stop();
  isOver = true;
  await Promise.all(flood);
  console.info(`${timesOf(health)} (promised ${PROMISED} ms)`);
  expect(health.others).toBe(0);
  expect(health.median).toBeLessThan(GENEROUS);
  expect(refused.some(({ status }) => status === 429)).toBe(true);
  for (const answer of refused) expectBusy(answer, answer.status);
  for (const each of [greedy, modest]) each.close();
});

it('answers so many requests at one time, and says of the rest that it is busy', async () => {
  const server = await startServer(await newPlace(), { flags: ['--max-requests', '10'] });
  const client = new Client(server.url);
  const held = heldUploads(server.port, 10);
  await until(async () => (await client.ask({ path: GET })).status === 503);
  expectBusy(await client.ask({ path: GET }));
  expectBusy(await client.ask({ method: 'POST', path: BATCH, headers: JSON_TYPE, body: '{}' }));
  // Whoever looks how the server is gets an answer all the same.
  for (const path of ['/health', '/ready', '/metrics']) {
    expect((await client.ask({ path })).status, path).toBe(200);
  }
  // Those that were let in are answered, and their places are free again.
  held[0]?.send('whole');
  expect((await held[0]?.answer())?.status).toBe(200);
  for (const each of held) each.drop();
  await until(async () => (await client.ask({ path: GET })).status === 200);
  client.close();
});

it('answers so many requests of one caller, and the others besides', async () => {
  const flags = ['--max-requests-per-caller', '3'];
  const server = await startServer(await newPlace(), { flags });
  const held = heldUploads(server.port, 3);
  const client = new Client(server.url);
  await until(async () => (await client.ask({ path: GET })).status === 429);
  expectBusy(await client.ask({ path: GET }), 429);
  expect((await client.ask({ path: '/health' })).status).toBe(200);
  for (const each of held) each.drop();
  await until(async () => (await client.ask({ path: GET })).status === 200);
  client.close();
});

it('holds so many bytes of bodies, and gives the memory back', async () => {
  const flags = ['--max-body-memory', String(16 * 1024 * 1024)];
  const server = await startServer(await newPlace(), { flags });
  const client = new Client(server.url);
  const length = 15 * 1024 * 1024;
  const hold = () =>
    new RawConnection(server.port)
      .send(head(`POST ${BATCH}`, { ...JSON_TYPE, 'Content-Length': String(length) }))
      .send(Buffer.alloc(length - 1, ' '));
  let held = hold();
  const large = () =>
    client.ask({
      method: 'POST',
      path: BATCH,
      headers: JSON_TYPE,
      body: ' '.repeat(4 * 1024 * 1024),
    });
  await until(async () => {
    // Whichever of two comes first has the room: here it is to be the one that is held.
    await sleep(300);
    if ((await large()).status === 503) return true;
    held.drop();
    held = hold();
    return false;
  });
  expectBusy(await large());
  // Spans are bodies too, also when they become large only by being unpacked.
  const spans = (body: Buffer, headers: Record<string, string>) =>
    client.ask({
      ...{ method: 'POST', path: '/v1/traces', body },
      headers: { 'Content-Type': 'application/json', 'x-mlflow-experiment-id': '0', ...headers },
    });
  const blank = Buffer.alloc(4 * 1024 * 1024, ' ');
  expectBusy(await spans(blank, {}));
  expectBusy(await spans(gzipSync(blank), { 'Content-Encoding': 'gzip' }));
  expect((await client.ask({ path: GET })).status).toBe(200);
  held.drop();
  await until(async () => (await large()).status === 400);
  client.close();
});

it('takes so many connections, and tells those beyond; health is answered on any', async () => {
  const server = await startServer(await newPlace(), { flags: ['--max-connections', '20'] });
  const held = Array.from({ length: 20 }, () => new RawConnection(server.port).send('GET /'));
  const tell = async () => new RawConnection(server.port).send(head(`GET ${GET}`)).answer();
  await until(async () => (await tell()).status === 503);
  const answer = await tell();
  expect(JSON.parse(answer.body)).toMatchObject({ error_code: 'TEMPORARILY_UNAVAILABLE' });
  expect(answer.headers.get('retry-after')).toBe('1');
  expect(answer.headers.get('connection')).toBe('close');
  const health = new RawConnection(server.port).send(head('GET /health'));
  expect((await health.answer()).status).toBe(200);
  for (const each of [...held, health]) each.drop();
  await until(async () => (await tell()).status === 200);
});

it('cuts who asks and does not fetch the answer', async () => {
  const server = await startServer(await newPlace(), { flags: ['--body-timeout', '1'] });
  const client = new Client(server.url);
  const body = Buffer.alloc(64 * 1024 * 1024, 'x');
  expect((await client.ask({ method: 'PUT', path: UPLOAD, body })).status).toBe(200);
  const lazy = new RawConnection(server.port);
  lazy.pause().send(head(`GET ${UPLOAD}`));
  const inFlight = async () =>
    Number(
      /^runledger_http_requests_in_flight (\d+)$/m.exec(
        (await client.ask({ path: '/metrics' })).text,
      )?.[1],
    );
  await until(async () => (await inFlight()) === 2);
  await until(async () => (await inFlight()) === 1);
  lazy.drop();
  client.close();
});

it('serves many at once with 256 open files', async () => {
  const place = await newPlace();
  const program = fileURLToPath(new URL('../../../dist/server/main.js', import.meta.url));
  const command = ['ulimit -n 256 && exec "$0" "$@"', process.execPath, program, 'server'];
  const child = spawn('sh', ['-c', ...command, ...serverFlags(place, 0)], {
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  place.atEnd(async () => {
    child.kill('SIGKILL');
  });
  let printed = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    printed += text;
  });
  await until(async () => /listens on/.test(printed));
  const port = Number(/:(\d+)\s*$/.exec(printed)?.[1]);
  const flood = Array.from({ length: 400 }, () =>
    new RawConnection(port).send(post(BATCH, { run_id: 'none' })),
  );
  await Promise.all(flood.slice(0, 50).map((each) => each.answers()));
  for (const each of flood) each.drop();
  const client = new Client(`http://127.0.0.1:${port}`);
  // Until it has seen that the others have hung up it has no room for one more, and says so.
  await until(() =>
    createExperiment(client, 'after the flood').then(
      () => true,
      () => false,
    ),
  );
  client.close();
  child.kill('SIGTERM');
  expect((await once(child, 'exit'))[0]).toBe(0);
});
