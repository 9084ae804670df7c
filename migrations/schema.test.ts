import { readFile } from 'node:fs/promises';
import SqliteDatabase from 'better-sqlite3';
import pg from 'pg';
import { afterAll, describe, expect, it } from 'vitest';
import { BOOKKEEPING, dumpSchema, snapshotFile, UPDATE } from '../scripts/schema-snapshot.js';
import { migrateDown, migrateUp } from '../src/platform/db/migrate.js';
import { migrationNames } from '../src/platform/db/migrations.js';
import type { DatabaseLocation } from '../src/platform/db/uri.js';
import { newLocation } from '../src/testing/for-each-database.js';

describe.each(['SQLite', 'PostgreSQL'] as const)('the schema on %s', (kind) => {
  const ends: (() => Promise<unknown>)[] = [];
  afterAll(async () => {
    for (const end of ends.reverse()) await end();
  });
  const snapshot = (location: DatabaseLocation) => readFile(snapshotFile(location.kind), 'utf8');

  it('is the one of the snapshot', async () => {
    const location = await newLocation(kind, ends);
    await migrateUp(location);
    const told = `the migrations make another schema; if that is meant, run '${UPDATE}'`;
    expect(await dumpSchema(location), told).toBe(await snapshot(location));
  });

  it('goes down step by step and each step up again, with data in every table', async () => {
    const location = await newLocation(kind, ends);
    await migrateUp(location);
    await using(location, fill);
    for (const name of migrationNames.toReversed()) {
      const schema = await dumpSchema(location);
      const before = await using(location, countRows);
      expect(Object.values(before), name).toEqual(Object.keys(before).map(() => 1));

      await migrateDown(location);
      const kept = await using(location, countRows);
      expect(kept, name).toEqual(pick(before, Object.keys(kept)));

      await migrateUp(location, { last: name, tell: () => undefined });
      expect(await dumpSchema(location), name).toBe(schema);
      const after = await using(location, countRows);
      expect(pick(after, Object.keys(kept)), name).toEqual(kept);
      await using(location, fill);
      expect(await using(location, countRows), name).toEqual(before);

      await migrateDown(location);
    }
    expect(await using(location, countRows)).toEqual({});
    await migrateUp(location);
    expect(await dumpSchema(location)).toBe(await snapshot(location));
  }, 120_000);
});

interface Column {
  readonly name: string;
  readonly type: string;
}

/** A plain connection: the doors of the server expect the newest schema. */
interface Connection {
  all<Row>(sql: string, values?: readonly unknown[]): Promise<Row[]>;
  run(sql: string, values?: readonly unknown[]): Promise<void>;
  tables(): Promise<string[]>;
  columns(table: string): Promise<Column[]>;
  placeholder(position: number): string;
}

type Counts = Readonly<Record<string, number>>;

const pick = (counts: Counts, tables: readonly string[]): Counts =>
  Object.fromEntries(tables.map((table) => [table, counts[table] ?? 0]));

async function countRows(connection: Connection): Promise<Counts> {
  const counts: Record<string, number> = {};
  for (const table of await connection.tables()) {
    const [row] = await connection.all<{ n: number | string }>(
      `select count(*) as n from "${table}"`,
    );
    counts[table] = Number(row?.n);
  }
  return counts;
}

/** Puts a row into every empty table. A table waits until those that it refers to have theirs. */
async function fill(connection: Connection): Promise<void> {
  const counts = await countRows(connection);
  let waiting = Object.keys(counts).filter((table) => counts[table] === 0);
  while (waiting.length > 0) {
    const refused = new Map<string, unknown>();
    for (const table of waiting) {
      await insertRow(connection, table).catch((error: unknown) => refused.set(table, error));
    }
    const left = [...refused.keys()];
    if (left.length === waiting.length) throw [...refused.values()][0];
    waiting = left;
  }
}

async function insertRow(connection: Connection, table: string): Promise<void> {
  const columns = await connection.columns(table);
  const names = columns.map(({ name }) => `"${name}"`).join(', ');
  const places = columns.map((_, index) => connection.placeholder(index + 1)).join(', ');
  await connection.run(
    `insert into "${table}" (${names}) values (${places})`,
    columns.map(({ type }) => sampleOf(type)),
  );
}

/** Every id is 1, so that references hold. */
function sampleOf(type: string): unknown {
  if (/int|double|real|numeric/i.test(type)) return 1;
  if (/bool/i.test(type)) return true;
  if (/timestamp|date/i.test(type)) return '2030-01-01T00:00:00Z';
  if (/json/i.test(type)) return '{}';
  if (/bytea|blob/i.test(type)) return Buffer.from('x');
  return 'x';
}

async function using<Result>(
  location: DatabaseLocation,
  work: (connection: Connection) => Promise<Result>,
): Promise<Result> {
  if (location.kind === 'sqlite') {
    const database = new SqliteDatabase(location.file);
    try {
      database.pragma('foreign_keys = on');
      return await work(sqliteConnection(database));
    } finally {
      database.close();
    }
  }
  const client = new pg.Client({ connectionString: location.connectionString });
  await client.connect();
  try {
    return await work(postgresConnection(client));
  } finally {
    await client.end();
  }
}

function sqliteConnection(database: SqliteDatabase.Database): Connection {
  const all = async <Row>(sql: string, values: readonly unknown[] = []): Promise<Row[]> =>
    database.prepare(sql).all(...values) as Row[];
  return {
    all,
    run: async (sql, values = []) => {
      database.prepare(sql).run(...values);
    },
    tables: async () => {
      const rows = await all<{ name: string }>(
        `select name from sqlite_master
         where type = 'table' and name not like 'sqlite\\_%' escape '\\' and name <> ?`,
        [BOOKKEEPING],
      );
      return rows.map(({ name }) => name);
    },
    columns: (table) => all<Column>('select name, type from pragma_table_info(?)', [table]),
    placeholder: () => '?',
  };
}

function postgresConnection(client: pg.Client): Connection {
  const all = async <Row>(sql: string, values: readonly unknown[] = []): Promise<Row[]> =>
    (await client.query(sql, [...values])).rows as Row[];
  return {
    all,
    run: async (sql, values = []) => {
      await client.query(sql, [...values]);
    },
    tables: async () => {
      const rows = await all<{ name: string }>(
        `select table_name as name from information_schema.tables
         where table_schema = 'public' and table_type = 'BASE TABLE' and table_name <> $1`,
        [BOOKKEEPING],
      );
      return rows.map(({ name }) => name);
    },
    columns: (table) =>
      all<Column>(
        `select column_name as name, data_type as type from information_schema.columns
         where table_schema = 'public' and table_name = $1 and is_generated = 'NEVER'
         order by ordinal_position`,
        [table],
      ),
    placeholder: (position) => `$${position}`,
  };
}
