import { readdirSync, readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { audit } from '../crash/audit.js';
import { Ledger } from '../crash/ledger.js';
import { writeUntilCut } from '../crash/workload.js';
import { createExperiment, createModel, createRun, getRun } from '../support/api.js';
import { Client } from '../support/client.js';
import { places } from '../support/place.js';
import { runProgram, type ServerProcess, serverFlags, startServer } from '../support/server.js';

const newPlace = places('PostgreSQL');
const WORKERS = ['--workers', '3'];

/** The processes that a process has started, by Linux's own list. */
function childrenOf(pid: number): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((child) => {
      try {
        const [, parent] =
          /^\d+ \(.*\) \S (\d+)/.exec(readFileSync(`/proc/${child}/stat`, 'utf8')) ?? [];
        return Number(parent) === pid;
      } catch {
        return false;
      }
    });
}

const until = async (what: string, done: () => boolean | Promise<boolean>): Promise<void> => {
  for (let wait = 0; wait < 600; wait += 1) {
    if (await done()) return;
    await sleep(50);
  }
  throw new Error(`In vain waited until ${what}`);
};

const workersOf = (server: ServerProcess): number[] => childrenOf(server.pid);

it('shares the port between workers, and replaces those that die', async () => {
  const server = await startServer(await newPlace(), { flags: WORKERS });
  await until('all listen', () => server.printed().includes('listens on'));
  expect(server.printed().trim().split('\n')).toEqual([`Runledger listens on ${server.url}`]);
  const client = new Client(server.url, 32);
  const run = await createRun(client, '0');
  const before = workersOf(server);
  expect(before).toHaveLength(3);
  process.kill(before[0] ?? 0, 'SIGKILL');
  // One that is asked to end alone drains, and is replaced as well.
  process.kill(before[1] ?? 0, 'SIGTERM');
  await until('others took their places', () => {
    const now = workersOf(server);
    return now.length === 3 && now.filter((pid) => before.includes(pid)).length === 1;
  });
  // Also when none is left, and nobody holds the port for a moment.
  for (const pid of workersOf(server)) process.kill(pid, 'SIGKILL');
  await until('it answers again', async () => {
    const answer = await client.ask({ path: '/ready' }).catch(() => undefined);
    return answer?.status === 200 && workersOf(server).length === 3;
  });
  expect((await getRun(client, run)).info.run_id).toBe(run);
  client.close();
  expect((await server.stop()).code).toBe(0);
});

it('loses nothing acknowledged when all its workers are stopped under load', async () => {
  const place = await newPlace();
  const ledger = new Ledger();
  const server = await startServer(place, { flags: WORKERS });
  const client = new Client(server.url, 16);
  const experiment = await createExperiment(client, 'stop');
  await createModel(client, 'shared');
  const stage = { client, ledger, experiment, sharedModels: ['shared'], round: 0 };
  const writers = Promise.all(
    Array.from({ length: 16 }, (_, index) => writeUntilCut(stage, index)),
  );
  await Promise.race([writers, sleep(1_000)]);
  const workers = workersOf(server);
  // As a service manager does it: the signal goes to every process.
  for (const pid of workers) process.kill(pid, 'SIGTERM');
  const ended = await server.stop();
  expect({ code: ended.code, signal: ended.signal }).toEqual({ code: 0, signal: null });
  await writers;
  client.close();
  expect(ledger.size).toBeGreaterThan(16);
  const again = await startServer(place);
  const reader = new Client(again.url);
  await audit(reader, ledger, experiment);
  reader.close();
});

it('takes its workers with it, when it is stopped twice and when it is killed', async () => {
  for (const end of ['twice', 'killed'] as const) {
    const server = await startServer(await newPlace(), { flags: WORKERS });
    await until('all listen', () => server.printed().includes('listens on'));
    const workers = workersOf(server);
    if (end === 'twice') {
      const socket = new Client(server.url);
      // An upload without an end keeps its worker from draining.
      const path = '/api/2.0/mlflow-artifacts/artifacts/endless';
      const headers = { 'Content-Length': '10' };
      const upload = socket.ask({ method: 'PUT', path, headers, body: 'x' });
      upload.catch(() => undefined);
      await sleep(300);
      server.signal('SIGTERM');
      await sleep(300);
      expect((await server.stop()).code).toBe(1);
      socket.close();
    } else await server.kill();
    await until('they are gone', () =>
      workers.every((pid) => {
        try {
          return !process.kill(pid, 0);
        } catch {
          return true;
        }
      }),
    );
  }
});

it('ends with the sentence of a worker that cannot start', async () => {
  const place = await newPlace();
  const server = await startServer(place);
  const taken = await runProgram(['server', ...serverFlags(place, server.port), ...WORKERS]);
  expect(taken).toMatchObject({ code: 1, signal: null, stdout: '' });
  expect(taken.stderr).toBe(`runledger: Port ${server.port} on 127.0.0.1 is in use already\n`);
  const noFolder = { ...place, artifacts: '/dev/null' };
  const { code, stderr } = await runProgram(['server', ...serverFlags(noFolder, 0), ...WORKERS]);
  expect([code, stderr]).toEqual([1, expect.stringMatching(/^runledger: .*artifact folder.*\n$/)]);
});

it('is not for SQLite', async () => {
  const args = ['server', ...serverFlags(await newPlace('SQLite'), 0), ...WORKERS];
  const { code, stderr } = await runProgram(args);
  expect([code, stderr]).toEqual([1, expect.stringMatching(/^runledger: .*needs PostgreSQL.*\n$/)]);
});
