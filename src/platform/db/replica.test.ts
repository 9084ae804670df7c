import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { PostgresServer } from '../../testing/postgres-server.js';
import type { Database } from './database.js';
import { openDatabase } from './open.js';
import type { ReadTurn } from './replica.js';

let primary: PostgresServer;
let replica: PostgresServer;
/** Two processes in one: what the first writes the second must see. */
let writer: Database;
let reader: Database;
const turns: ReadTurn['to'][] = [];

const open = (replicaUri = replica.uri, onReadTurn?: (turn: ReadTurn) => void) =>
  openDatabase({
    location: { kind: 'postgres', connectionString: primary.uri },
    replica: replicaUri,
    durability: 'full',
    scanThreads: 0,
    poolSize: 4,
    ...(onReadTurn ? { onReadTurn } : {}),
  });

const statement = (sql: string, ...bindings: number[]) => ({ sql, bindings });
const set = (value: number) =>
  writer.write((tx) => tx.run(statement('update counted set value = ?', value)));
/** What a reader sees, and where it was answered. */
const seen = () =>
  reader.read.first<{ value: number; replica: boolean }>(
    statement('select value, pg_is_in_recovery() as replica from counted'),
  );

/** Waits until the replica is asked again. */
async function untilReplicaAnswers(): Promise<void> {
  for (let wait = 0; wait < 600; wait += 1) {
    if ((await seen())?.replica === true) return;
    await sleep(50);
  }
  throw new Error('The replica was not asked again');
}

beforeAll(async () => {
  primary = await PostgresServer.create();
  replica = await primary.newReplica();
  await primary.start();
  await primary.query('create table counted as select 0 as value');
  await replica.start();
  writer = await open();
  reader = await open(replica.uri, ({ to }) => turns.push(to));
}, 120_000);

afterAll(async () => {
  await writer?.close();
  await reader?.close();
  await replica?.remove();
  await primary?.remove();
}, 60_000);

it('answers reads, and shows what another process has just stored', async () => {
  await untilReplicaAnswers();
  let fromReplica = 0;
  for (let value = 1; value <= 200; value += 1) {
    await set(value);
    const row = await seen();
    expect(row?.value).toBe(value);
    if (row?.replica) fromReplica += 1;
  }
  expect(fromReplica).toBeGreaterThan(0);
  await untilReplicaAnswers();
  expect(await reader.scan.all(statement('select pg_is_in_recovery() as replica'))).toEqual([
    { replica: true },
  ]);
}, 60_000);

it('shows it also under load from all sides', async () => {
  await writer.write((tx) =>
    tx.run(statement('create table many (id int primary key, value int)')),
  );
  const one = async (id: number) => {
    await writer.write((tx) => tx.run(statement('insert into many values (?, 0)', id)));
    for (let value = 1; value <= 40; value += 1) {
      await writer.write((tx) =>
        tx.run(statement('update many set value = ? where id = ?', value, id)),
      );
      const query = statement('select value from many where id = ?', id);
      expect(await reader.read.first(query)).toEqual({ value });
    }
  };
  await Promise.all(Array.from({ length: 16 }, (_, id) => one(id)));
}, 60_000);

it('is passed over while it lags, and asked again when it has caught up', async () => {
  await untilReplicaAnswers();
  turns.length = 0;
  await replica.query('select pg_wal_replay_pause()');
  await set(1_001);
  expect(await seen()).toEqual({ value: 1_001, replica: false });
  // It really lags: without the look at its position it would have told the old value.
  expect(await replica.query('select value from counted')).not.toEqual([{ value: 1_001 }]);
  await set(1_002);
  expect(await seen()).toEqual({ value: 1_002, replica: false });
  expect(turns).toEqual(['primary']);
  await replica.query('select pg_wal_replay_resume()');
  await untilReplicaAnswers();
  expect(await seen()).toMatchObject({ value: 1_002 });
  expect(turns.slice(0, 2)).toEqual(['primary', 'replica']);
}, 60_000);

it('is passed over while it is down', async () => {
  await untilReplicaAnswers();
  await replica.stop('immediate');
  for (let value = 2_001; value <= 2_020; value += 1) {
    await set(value);
    expect(await seen()).toEqual({ value, replica: false });
  }
  await replica.start();
  await untilReplicaAnswers();
  expect((await seen())?.value).toBe(2_020);
}, 120_000);

it('reports mistakes of a query once, as the primary tells them', async () => {
  await untilReplicaAnswers();
  await expect(reader.read.all(statement('select * from nowhere'))).rejects.toMatchObject({
    code: '42P01',
  });
});

it('must be a copy of the primary, as far as can be seen at the start', async () => {
  const message = /no streaming replica/;
  const other = primary.uri.replace(/postgres$/, 'template1');
  await expect(open(other)).rejects.toThrow(message);
  const unreachable = await open('postgresql://runledger:x@127.0.0.1:1/postgres');
  expect(await unreachable.read.first(statement('select 1 as one'))).toEqual({ one: 1 });
  await unreachable.close();
});

it('is never asked again once it was promoted', async () => {
  await untilReplicaAnswers();
  await replica.query('select pg_promote()');
  await set(3_001);
  await sleep(1_200);
  expect(await seen()).toEqual({ value: 3_001, replica: false });
  await set(3_002);
  expect(await seen()).toEqual({ value: 3_002, replica: false });
}, 60_000);
