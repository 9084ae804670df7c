import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it } from 'vitest';
import type { Database, Query } from './database.js';
import { withScanLimit } from './scan-limit.js';

const QUERY: Query = { sql: 'select 1', bindings: [] };

/** A database whose scans end when they are told to. */
function slowDatabase() {
  const running: (() => void)[] = [];
  const scan = {
    all: () => new Promise((resolve) => running.push(() => resolve([]))),
  } as unknown as Database['scan'];
  const database = { scan, load: () => ({ waiting_writes: 0 }) } as unknown as Database;
  return { database, running };
}

it('lets so many run, then so many wait, and refuses the rest with Retry-After', async () => {
  const { database, running } = slowDatabase();
  const limited = withScanLimit(database, { running: 2, waiting: 1, patience: 60_000 });
  const scans = [1, 2, 3].map(() => limited.scan.all(QUERY));
  expect(limited.load()).toEqual({ waiting_writes: 0, running_scans: 2, waiting_scans: 1 });
  await expect(limited.scan.all(QUERY)).rejects.toMatchObject({
    status: 503,
    code: 'TEMPORARILY_UNAVAILABLE',
    headers: { 'Retry-After': '1' },
  });
  expect(running).toHaveLength(2);
  running[0]?.();
  await scans[0];
  await sleep(0);
  expect(running).toHaveLength(3);
  running[1]?.();
  running[2]?.();
  await Promise.all(scans);
  expect(limited.load()).toMatchObject({ running_scans: 0, waiting_scans: 0 });
});

it('refuses what has waited too long, and goes on with the others', async () => {
  const { database, running } = slowDatabase();
  const limited = withScanLimit(database, { running: 1, waiting: 9, patience: 20 });
  const first = limited.scan.all(QUERY);
  await expect(limited.scan.all(QUERY)).rejects.toMatchObject({ status: 503 });
  running[0]?.();
  await first;
  const next = limited.scan.all(QUERY);
  running[1]?.();
  await next;
  expect(limited.load()).toMatchObject({ running_scans: 0, waiting_scans: 0 });
});

it('gives the place of a scan that fails to the next', async () => {
  const scan = { all: () => Promise.reject(new Error('no such table')) } as never;
  const limited = withScanLimit({ scan, load: () => ({}) } as unknown as Database, {
    ...{ running: 1, waiting: 5, patience: 60_000 },
  });
  const scans = await Promise.allSettled([1, 2, 3].map(() => limited.scan.all(QUERY)));
  expect(scans.map(({ status }) => status)).toEqual(['rejected', 'rejected', 'rejected']);
  expect(limited.load()).toEqual({ running_scans: 0, waiting_scans: 0 });
});
