import Sqlite from 'better-sqlite3';
import pg from 'pg';

const CONNECT_TIMEOUT = 5_000;

/** What a look at a PostgreSQL says of its settings. */
export interface PostgresFacts {
  /** As `server_version_num`: 140005 for 14.5. */
  readonly version: number;
  readonly synchronousCommit: string;
  readonly fsync: string;
  readonly maxConnections: number;
  readonly isReadOnly: boolean;
  /** The user may make tables, as migrations do. */
  readonly mayCreate: boolean;
  /** Milliseconds since 1970. */
  readonly now: number;
}

const POSTGRES_FACTS = `select current_setting('server_version_num')::int as version,
  current_setting('synchronous_commit') as "synchronousCommit",
  current_setting('fsync') as fsync,
  current_setting('max_connections')::int as "maxConnections",
  (pg_is_in_recovery() or current_setting('transaction_read_only') = 'on') as "isReadOnly",
  coalesce(has_schema_privilege(current_schema(), 'CREATE'), false) as "mayCreate",
  (extract(epoch from clock_timestamp()) * 1000)::float8 as now`;

/** Changes nothing. @throws Error when the database can't be reached */
export async function inspectPostgres(connectionString: string): Promise<PostgresFacts> {
  const client = new pg.Client({ connectionString, connectionTimeoutMillis: CONNECT_TIMEOUT });
  client.on('error', () => undefined);
  try {
    await client.connect();
    const { rows } = await client.query<PostgresFacts>(POSTGRES_FACTS);
    const [facts] = rows;
    if (facts === undefined) throw new Error('It answers nothing');
    return facts;
  } finally {
    await client.end().catch(() => undefined);
  }
}

/** What a look at a SQLite file says. */
export interface SqliteFacts {
  readonly journal: string;
  /** `ok`, or the first thing that is damaged. */
  readonly check: string;
}

/** Takes the lock of writers for a moment and changes nothing. @throws Error when it can't */
export function inspectSqlite(file: string): SqliteFacts {
  const database = new Sqlite(file, { fileMustExist: true, timeout: CONNECT_TIMEOUT });
  try {
    database.exec('begin immediate; rollback');
    return {
      journal: String(database.pragma('journal_mode', { simple: true })),
      check: String(database.pragma('quick_check(1)', { simple: true })),
    };
  } finally {
    database.close();
  }
}
