import knex from 'knex';
import type pg from 'pg';
import type { BulkInsert, Database, Transaction } from './database.js';
import { driverCode } from './dialect.js';
import { postgresDialect } from './postgres-dialect.js';
import { execute, named, openPool, readerOn } from './postgres-pool.js';
import { type ReadTurn, Replica } from './replica.js';
import { columnsOf, insertUnnested, numberPlaceholders } from './statements.js';
import { WalPosition } from './wal-position.js';

export interface PostgresSettings {
  readonly connectionString: string;
  /** A streaming replica that takes the reads; undefined for none. */
  readonly replica: string | undefined;
  readonly onReadTurn?: ((turn: ReadTurn) => void) | undefined;
  /** The most connections that this process holds to each of them, one more of the primary apart. */
  readonly poolSize: number;
  /** Seconds after which a connection is replaced; 0 for never. */
  readonly poolRecycle?: number;
}

/** Milliseconds that a caller waits for a connection of the primary. */
const CONNECT_TIMEOUT = 10_000;
/** Milliseconds for a question that takes less than one. */
const ASIDE_TIMEOUT = 5_000;
/** A transaction that lost a race is run again this many times before the caller hears of it. */
const RETRIES = 5;

/** A {@link Database} on PostgreSQL: a pool of connections, one transaction for each command. */
export function openPostgres(settings: PostgresSettings): Database {
  const { connectionString, poolSize, poolRecycle } = settings;
  const pool = openPool({
    connectionString,
    max: poolSize,
    maxLifetime: poolRecycle,
    connectTimeout: CONNECT_TIMEOUT,
  });
  // What must not queue behind requests: the look whether all is well, and where the log stands.
  const aside = openPool({
    connectionString,
    max: 1,
    connectTimeout: CONNECT_TIMEOUT,
    queryTimeout: ASIDE_TIMEOUT,
  });
  const primary = readerOn(pool);
  const replica =
    settings.replica === undefined
      ? undefined
      : new Replica({
          connectionString: settings.replica,
          poolSize,
          primary,
          written: new WalPosition(aside),
          onTurn: settings.onReadTurn ?? (() => undefined),
        });
  const read = replica ?? primary;
  return {
    dialect: postgresDialect,
    sql: knex({ client: 'pg' }),
    read,
    scan: read,
    write: (work) => inTransaction(pool, work),
    alive: async () => {
      const { rows } = await aside.query<{ replica: boolean }>(ALIVE);
      if (rows[0]?.replica !== false) throw new Error('it takes no writes');
    },
    close: async () => {
      await replica?.close();
      await aside.end();
      await pool.end();
    },
  };
}

const ALIVE = 'select pg_is_in_recovery() as replica';

async function inTransaction<Result>(
  pool: pg.Pool,
  work: (tx: Transaction) => Promise<Result>,
): Promise<Result> {
  for (let attempt = 1; ; attempt += 1) {
    const client = await pool.connect();
    let broken: Error | undefined;
    try {
      await client.query('begin');
      const result = await work(transactionOn(client));
      await client.query('commit');
      return result;
    } catch (error) {
      await client.query('rollback').catch((failure: Error) => {
        broken = failure;
      });
      if (!lostRace(error) || attempt >= RETRIES) throw error;
    } finally {
      client.release(broken);
    }
  }
}

const lostRace = (error: unknown): boolean => /^(40001|40P01)$/.test(driverCode(error));

function transactionOn(client: pg.PoolClient): Transaction {
  return {
    ...readerOn(client),
    run: async (query) => (await execute(client, query)).rowCount ?? 0,
    insert: async (bulk, rows) => {
      if (rows.length === 0) return 0;
      const result = await client.query({
        ...named(unnested(bulk)),
        values: columnsOf(Object.keys(bulk.columns).length, rows),
      });
      return result.rowCount ?? 0;
    },
  };
}

const inserts = new WeakMap<BulkInsert, string>();

function unnested(bulk: BulkInsert): string {
  let sql = inserts.get(bulk);
  if (sql === undefined) {
    sql = numberPlaceholders(insertUnnested(bulk));
    inserts.set(bulk, sql);
  }
  return sql;
}
