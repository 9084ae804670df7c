import { randomUUID } from 'node:crypto';
import { copyFile, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { afterAll, describe, inject } from 'vitest';
import type { Database } from '../platform/db/database.js';
import { openDatabase } from '../platform/db/open.js';
import type { DatabaseLocation } from '../platform/db/uri.js';

export type DatabaseKind = 'SQLite' | 'PostgreSQL';

/** Makes an empty, migrated database; it goes when the tests of the file end. */
export type Open = () => Promise<Database>;

/**
 * Describes the same tests for SQLite and for PostgreSQL.
 *
 * @param body is called once for each database, inside of its `describe`
 */
export function forEachDatabase(body: (open: Open, kind: DatabaseKind) => void): void {
  for (const kind of ['SQLite', 'PostgreSQL'] as const) {
    describe(`on ${kind}`, () => {
      const ends: (() => Promise<unknown>)[] = [];
      afterAll(async () => {
        for (const end of ends.reverse()) await end();
      });
      const open = async (): Promise<Database> => {
        const location = await newMigrated(kind, ends);
        const database = await openLocation(location);
        ends.push(() => database.close());
        return database;
      };
      body(open, kind);
    });
  }
}

/** Opens a migrated database with the settings of tests. */
export const openLocation = (location: DatabaseLocation): Promise<Database> =>
  openDatabase({ location, durability: 'relaxed', scanThreads: 0, poolSize: 8 });

async function newMigrated(
  kind: DatabaseKind,
  ends: (() => Promise<unknown>)[],
): Promise<DatabaseLocation> {
  const { file, database } = inject('migrated');
  const location = await newLocation(kind, ends, ` template ${database}`);
  if (location.kind === 'sqlite') await copyFile(file, location.file);
  return location;
}

/** @returns where a new, empty, unmigrated database lies */
export async function newLocation(
  kind: DatabaseKind,
  ends: (() => Promise<unknown>)[],
  template = '',
): Promise<DatabaseLocation> {
  if (kind === 'SQLite') {
    const folder = await mkdtemp(join(tmpdir(), 'runledger-test-'));
    ends.push(() => rm(folder, { recursive: true, force: true }));
    return { kind: 'sqlite', file: join(folder, 'test.db') };
  }
  const server = inject('postgresUri');
  const name = `test_${randomUUID().replaceAll('-', '')}`;
  await administer(server, `create database ${name}${template}`);
  ends.push(() => administer(server, `drop database ${name} with (force)`));
  return { kind: 'postgres', connectionString: server.replace(/\/postgres$/, `/${name}`) };
}

async function administer(uri: string, sql: string): Promise<void> {
  const client = new pg.Client(uri);
  await client.connect();
  try {
    await client.query(sql);
  } finally {
    await client.end();
  }
}
