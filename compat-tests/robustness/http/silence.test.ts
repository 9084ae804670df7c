import { setTimeout as sleep } from 'node:timers/promises';
import { beforeAll, expect, it } from 'vitest';
import { Client } from '../support/client.js';
import { places } from '../support/place.js';
import { head, RawConnection } from '../support/raw.js';
import { runProgram, type ServerProcess, startServer } from '../support/server.js';

/** Seconds of patience with which this server is started; the usual ones would make tests long. */
const PATIENCE = 3;
const CREATE = '/api/2.0/mlflow/experiments/create';
const UPLOAD = '/api/2.0/mlflow-artifacts/artifacts/silent.bin';
const JSON_TYPE = { 'Content-Type': 'application/json' };

const newPlace = places();
let server: ServerProcess;
beforeAll(async () => {
  const flags = ['--headers-timeout', String(PATIENCE), '--body-timeout', String(PATIENCE)];
  server = await startServer(await newPlace(), { flags });
});

const open = () => new RawConnection(server.port);

/** Asks for something again and again until the work is over; all of it must be answered. */
async function whileAnswering(work: Promise<unknown>): Promise<void> {
  const client = new Client(server.url);
  let over = false;
  void work.finally(() => {
    over = true;
  });
  while (!over) {
    await client.ok('GET', 'experiments/get', { experiment_id: '0' });
    await sleep(50);
  }
  client.close();
  await work;
}

it('is patient for 15 seconds with headers and 30 with bodies unless told otherwise', async () => {
  const { stdout } = await runProgram(['server', '--help']);
  const text = stdout.replace(/\s+/g, ' ');
  expect(text).toMatch(/--headers-timeout <seconds> [^()]*\(default: 15/);
  expect(text).toMatch(/--body-timeout <seconds> [^()]*\(default: 30/);
});

it.concurrent('cuts connections that dribble their headers, and answers others meanwhile', async () => {
  const connections = Array.from({ length: 100 }, () => open().send('GET /health HTTP/1.1\r\n'));
  let open_ = true;
  const dribble = (async () => {
    for (let count = 0; open_ && count < 1_000; count += 1) {
      for (const connection of connections) connection.send(`X-${count}: y\r\n`);
      await sleep(200);
    }
  })();
  await whileAnswering(Promise.all(connections.map((connection) => connection.closed())));
  open_ = false;
  await dribble;
});

it.concurrent('cuts connections on which nothing comes at all', async () => {
  const connections = Array.from({ length: 20 }, open);
  await whileAnswering(Promise.all(connections.map((connection) => connection.closed())));
});

it.concurrent.each([
  ['JSON', `POST ${CREATE}`, JSON_TYPE, '{"name": "half'],
  ['file', `PUT ${UPLOAD}`, {}, 'half a file'],
  // Answered at once, but the rest of the body is still to come.
  ['refused', `POST /nothing`, JSON_TYPE, '{"half'],
])('cuts a %s body that pauses', async (_, line, headers, half) => {
  const text = head(line, { ...headers, 'Content-Length': '1000' }) + half;
  const connections = Array.from({ length: 20 }, () => open().send(text));
  await whileAnswering(Promise.all(connections.map((connection) => connection.closed())));
  const client = new Client(server.url);
  expect((await client.ask({ path: UPLOAD })).status).toBe(404);
  for (const connection of connections) {
    const [answer] = await connection.answers();
    if (answer === undefined) continue;
    expect([404, 408]).toContain(answer.status);
    expect(JSON.parse(answer.body)).toMatchObject({ error_code: expect.any(String) });
  }
  client.close();
});

it.concurrent('takes a slow body that never pauses, however long it takes', async () => {
  const parts = Array.from({ length: 16 }, (_, index) => `part ${index} `);
  const content = parts.join('');
  const upload = open().send(
    head(`PUT ${UPLOAD}.slow`, { 'Content-Length': String(content.length) }),
  );
  for (const part of parts) {
    upload.send(part);
    await sleep((PATIENCE * 1_000) / 10);
  }
  expect((await upload.answer()).status).toBe(200);
  const client = new Client(server.url);
  expect((await client.ask({ path: `${UPLOAD}.slow` })).text).toBe(content);
  client.close();
  upload.drop();
});

it.concurrent('keeps a connection between requests', async () => {
  const connection = open().send(head('GET /health'));
  await connection.answer();
  await sleep(PATIENCE * 1_000 + 2_000);
  expect(await connection.send(head('GET /health')).answers(2)).toHaveLength(2);
  connection.drop();
});
