import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { audit, checkIntegrity } from '../crash/audit.js';
import { Ledger } from '../crash/ledger.js';
import { writeUntilCut } from '../crash/workload.js';
import { createExperiment, createModel } from '../support/api.js';
import { Client, NoAnswer } from '../support/client.js';
import { onBothDatabases, places } from '../support/place.js';
import { head, RawConnection } from '../support/raw.js';
import { startServer } from '../support/server.js';

const CONNECTIONS = 16;
const UPLOAD = '/api/2.0/mlflow-artifacts/artifacts/last.bin';

onBothDatabases((newPlace) => {
  it('loses nothing acknowledged when it is stopped under load', async () => {
    const place = await newPlace();
    const ledger = new Ledger();
    const sharedModels = ['shared'];
    const server = await startServer(place);
    const client = new Client(server.url, CONNECTIONS);
    const experiment = await createExperiment(client, 'stop');
    await createModel(client, 'shared');
    const stage = { client, ledger, experiment, sharedModels, round: 0 };
    const writers = Promise.all(
      Array.from({ length: CONNECTIONS }, (_, index) => writeUntilCut(stage, index)),
    );
    await Promise.race([writers, sleep(1_000)]);
    const started = Date.now();
    const ended = await server.stop();
    // Busy connections end with their answer: nobody waits for the 25 seconds of the drain.
    expect(Date.now() - started).toBeLessThan(20_000);
    expect({ code: ended.code, signal: ended.signal }).toEqual({ code: 0, signal: null });
    await writers;
    client.close();

    const again = await startServer(place);
    const reader = new Client(again.url);
    await audit(reader, ledger, experiment);
    reader.close();
    if (place.databaseFile !== undefined) checkIntegrity(place.databaseFile);
  });
});

const newPlace = places();

/** An upload that the server has begun to take: it has asked for the body. */
async function beginUpload(port: number): Promise<RawConnection> {
  const headers = { 'Content-Length': '12', Expect: '100-continue' };
  const upload = new RawConnection(port).send(head(`PUT ${UPLOAD}`, headers));
  expect((await upload.answer()).status).toBe(100);
  return upload.send('first ');
}

/** Resolves when the server takes no connections any more, so it has heard of its stop. */
async function untilClosed(url: string): Promise<void> {
  for (;;) {
    const client = new Client(url);
    const answer = await client.ask({ path: '/health' }).catch((error: unknown) => error);
    client.close();
    if (answer instanceof NoAnswer) return;
    await sleep(20);
  }
}

it('finishes what is under way when it is stopped, and takes nothing new', async () => {
  const place = await newPlace();
  const server = await startServer(place);
  const idle = new RawConnection(server.port).send(head('GET /health'));
  await idle.answer();
  const upload = await beginUpload(server.port);
  server.signal('SIGTERM');
  await idle.closed();
  await untilClosed(server.url);
  const answer = (await upload.send('second').answers(2))[1];
  expect(answer?.status).toBe(200);
  expect(answer?.headers.get('connection')).toBe('close');
  const ended = await server.ended;
  expect(ended.code).toBe(0);

  const again = await startServer(place);
  const reader = new Client(again.url);
  expect((await reader.ask({ path: UPLOAD })).text).toBe('first second');
  reader.close();
});

it('ends at once at the second signal', async () => {
  const server = await startServer(await newPlace());
  const upload = await beginUpload(server.port);
  server.signal('SIGINT');
  await untilClosed(server.url);
  const started = Date.now();
  expect((await server.stop()).code).toBe(1);
  expect(Date.now() - started).toBeLessThan(10_000);
  upload.drop();
});
