import knex from 'knex';
import type pg from 'pg';
import type { Database, Transaction } from './database.js';
import { driverCode } from './dialect.js';
import { postgresDialect } from './postgres-dialect.js';
import { openPool, readerOn } from './postgres-pool.js';
import { inTransaction } from './postgres-transaction.js';
import { type ReadTurn, Replica } from './replica.js';
import { WalPosition } from './wal-position.js';
import { DEFAULT_WORKSPACE } from './workspace.js';

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
    pipeline: true,
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
    workspace: DEFAULT_WORKSPACE,
    sql: knex({ client: 'pg' }),
    read,
    scan: read,
    write: (work) => write(pool, work),
    load: () => ({
      connections: pool.totalCount,
      idle_connections: pool.idleCount,
      waiting_for_connections: pool.waitingCount,
    }),
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

/** A command that has lost a race is run again from the beginning. */
async function write<Result>(
  pool: pg.Pool,
  work: (tx: Transaction) => Promise<Result>,
): Promise<Result> {
  for (let attempt = 1; ; attempt += 1) {
    const client = await pool.connect();
    let broken: Error | undefined;
    try {
      return await inTransaction(client, work);
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
