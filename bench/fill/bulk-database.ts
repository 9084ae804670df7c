import Sqlite from 'better-sqlite3';
import pg from 'pg';

type Row = Readonly<Record<string, unknown>>;

/** The database of a server, opened beside it to be filled faster than its API could. */
export interface BulkDatabase {
  readonly kind: 'sqlite' | 'postgresql';
  /** An expression for 32 random hexadecimal digits. */
  readonly newId: string;
  run(sql: string): Promise<void>;
  rows(sql: string): Promise<readonly Row[]>;
  close(): Promise<void>;
}

/** @param uri as `mlflow server` spells it */
export async function openBulk(uri: string): Promise<BulkDatabase> {
  return uri.startsWith('sqlite:')
    ? openSqlite(uri.replace(/^sqlite:\/{3}/, ''))
    : openPostgres(uri);
}

function openSqlite(file: string): BulkDatabase {
  const database = new Sqlite(file, { timeout: 60_000 });
  // What is filled in here is made again by the next benchmark, so nothing waits for the disk.
  database.pragma('synchronous = off');
  database.pragma('cache_size = -1000000');
  database.pragma('temp_store = memory');
  return {
    kind: 'sqlite',
    newId: 'lower(hex(randomblob(16)))',
    run: async (sql) => {
      database.exec(sql);
    },
    rows: async (sql) => database.prepare(sql).all() as Row[],
    close: async () => {
      database.pragma('wal_checkpoint(truncate)');
      database.close();
    },
  };
}

async function openPostgres(connectionString: string): Promise<BulkDatabase> {
  const client = new pg.Client({ connectionString });
  await client.connect();
  await client.query("set synchronous_commit = off; set maintenance_work_mem = '512MB'");
  return {
    kind: 'postgresql',
    newId: "replace(cast(gen_random_uuid() as text), '-', '')",
    run: async (sql) => {
      await client.query(sql);
    },
    rows: async (sql) => (await client.query(sql)).rows as Row[],
    close: async () => {
      // Without it searches run without statistics until PostgreSQL gathers them by itself.
      await client.query('vacuum analyze');
      await client.query('checkpoint');
      await client.end();
    },
  };
}

/** `with` clause of a table `n` that has the whole numbers from `from` up to `to`, without it. */
export const numbers = (from: number, to: number): string =>
  `with recursive n(i) as (select cast(${from} as bigint) union all ` +
  `select i + 1 from n where i < ${to - 1})`;
