import { mkdirSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe } from 'vitest';
import { type DatabaseKind, newLocation } from '../../../src/testing/for-each-database.js';
import type { PostgresServer } from '../../../src/testing/postgres-server.js';

/** Where a server's data lies, also while no server runs. */
export interface Place {
  readonly kind: DatabaseKind;
  readonly databaseUri: string;
  /** The SQLite file; undefined on PostgreSQL. */
  readonly databaseFile: string | undefined;
  readonly artifacts: string;
  /** A folder for whatever else a test needs. */
  readonly folder: string;
  atEnd(work: () => Promise<void>): void;
}

export type NewPlace = (kind?: DatabaseKind) => Promise<Place>;

/** To be called once in a file or `describe`. Places go when its tests have ended. */
export function places(usual: DatabaseKind = 'SQLite'): NewPlace {
  const ends: (() => Promise<unknown>)[] = [];
  afterAll(async () => {
    for (const end of ends.reverse()) await end();
  });
  return async (kind = usual) => {
    const folder = await mkdtemp(join(tmpdir(), 'runledger-robust-'));
    ends.push(() => rm(folder, { recursive: true, force: true, maxRetries: 3 }));
    const location = await newLocation(kind, ends);
    const artifacts = join(folder, 'artifacts');
    mkdirSync(artifacts);
    const isFile = location.kind === 'sqlite';
    return {
      kind,
      databaseUri: isFile ? `sqlite:///${location.file}` : location.connectionString,
      databaseFile: isFile ? location.file : undefined,
      artifacts,
      folder,
      atEnd: (work) => ends.push(work),
    };
  };
}

/** A place on a PostgreSQL of its own, which goes with it. */
export async function onOwnPostgres(newPlace: NewPlace, postgres: PostgresServer): Promise<Place> {
  const place = await newPlace('SQLite');
  place.atEnd(() => postgres.remove());
  return { ...place, kind: 'PostgreSQL', databaseUri: postgres.uri, databaseFile: undefined };
}

/** Describes the same tests for both databases. */
export function onBothDatabases(body: (newPlace: NewPlace, kind: DatabaseKind) => void): void {
  for (const kind of ['SQLite', 'PostgreSQL'] as const) {
    describe(`on ${kind}`, () => body(places(kind), kind));
  }
}
