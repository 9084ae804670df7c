import knex from 'knex';
import pg from 'pg';
import type { Binding, BulkInsert, Database, Query, Reader, Transaction } from './database.js';
import { driverCode } from './dialect.js';
import { postgresDialect } from './postgres-dialect.js';
import { insertUnnested, numberPlaceholders, toStatement } from './statements.js';

export interface PostgresSettings {
  readonly connectionString: string;
  /** The most connections that this process holds. */
  readonly poolSize: number;
  /** Seconds after which a connection is replaced; 0 for never. */
  readonly poolRecycle?: number;
}

const INT8 = 20;
const MAX_NAMED = 500;
/** A transaction that lost a race is run again this many times before the caller hears of it. */
const RETRIES = 5;

/** A {@link Database} on PostgreSQL: a pool of connections, one transaction for each command. */
export function openPostgres(settings: PostgresSettings): Database {
  const pool = new pg.Pool({
    connectionString: settings.connectionString,
    max: settings.poolSize,
    maxLifetimeSeconds: settings.poolRecycle ?? 0,
    connectionTimeoutMillis: 10_000,
    types: { getTypeParser: parserOf as typeof pg.types.getTypeParser },
  });
  // An idle connection that breaks is replaced at its next use; without a listener it would throw.
  pool.on('error', () => undefined);
  // One that breaks in use fails the command that uses it; here too silence would end the process.
  pool.on('connect', (client) => client.on('error', () => undefined));
  const read = readerOn(pool);
  return {
    dialect: postgresDialect,
    sql: knex({ client: 'pg' }),
    read,
    scan: read,
    write: (work) => inTransaction(pool, work),
    close: () => pool.end(),
  };
}

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

type Connection = pg.Pool | pg.PoolClient;

function readerOn(connection: Connection): Reader {
  return {
    all: async <Row>(query: Query) => (await execute(connection, query)).rows as Row[],
    first: async <Row>(query: Query) =>
      (await execute(connection, query)).rows[0] as Row | undefined,
  };
}

function transactionOn(client: pg.PoolClient): Transaction {
  return {
    ...readerOn(client),
    run: async (query) => (await execute(client, query)).rowCount ?? 0,
    insert: async (bulk, rows) => {
      if (rows.length === 0) return 0;
      const result = await client.query({
        ...named(unnested(bulk)),
        values: columnsOf(bulk, rows),
      });
      return result.rowCount ?? 0;
    },
  };
}

function execute(connection: Connection, query: Query): Promise<pg.QueryResult> {
  const { sql, bindings } = toStatement(query);
  const text = numberPlaceholders(sql);
  // Only statements written by hand are few enough to be kept prepared on each connection.
  const config = 'toSQL' in query ? { text } : named(text);
  return connection.query({ ...config, values: bindings as unknown[] });
}

const names = new Map<string, string>();

function named(text: string): { text: string; name?: string } {
  let name = names.get(text);
  if (name === undefined) {
    if (names.size >= MAX_NAMED) return { text };
    name = `s${names.size}`;
    names.set(text, name);
  }
  return { text, name };
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

function columnsOf(bulk: BulkInsert, rows: readonly (readonly Binding[])[]): unknown[][] {
  return Object.keys(bulk.columns).map((_, column) => rows.map((row) => row[column]));
}

/** Reads int8 as a number, or as a bigint where a number would round it. */
function parserOf(oid: number, format?: 'text' | 'binary'): (value: string) => unknown {
  if (oid === INT8) {
    return (value) => (Number.isSafeInteger(Number(value)) ? Number(value) : BigInt(value));
  }
  return pg.types.getTypeParser(oid, format as 'text') as (value: string) => unknown;
}
