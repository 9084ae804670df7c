import pg from 'pg';
import { together } from '../together.js';
import type { BulkRow, Chain, Query, Repeated, Scanner } from './database.js';
import { postgresDialect } from './postgres-dialect.js';
import {
  columnsOf,
  numberPlaceholders,
  readChain,
  readUnnested,
  toStatement,
} from './statements.js';

const INT8 = 20;
const MAX_NAMED = 500;

export interface PoolSettings {
  readonly connectionString: string;
  /** The most connections. */
  readonly max: number;
  /** Milliseconds that a caller waits for a connection. */
  readonly connectTimeout: number;
  /** Seconds after which a connection is replaced; 0, the default, for never. */
  readonly maxLifetime?: number | undefined;
  /** Milliseconds that a query may take; by default any time. */
  readonly queryTimeout?: number;
  /** Whether a query may leave before the one in front of it is answered. */
  readonly pipeline?: boolean;
}

export function openPool(settings: PoolSettings): pg.Pool {
  const {
    connectionString,
    max,
    connectTimeout,
    maxLifetime = 0,
    queryTimeout,
    pipeline = false,
  } = settings;
  const pool = new pg.Pool({
    connectionString,
    max,
    connectionTimeoutMillis: connectTimeout,
    maxLifetimeSeconds: maxLifetime,
    keepAlive: true,
    pipeline,
    ...(queryTimeout === undefined ? {} : { query_timeout: queryTimeout }),
    types: { getTypeParser: parserOf as typeof pg.types.getTypeParser },
  });
  // An idle connection that breaks is replaced at its next use; without a listener it would throw.
  pool.on('error', () => undefined);
  // One that breaks in use fails the command that uses it; here too silence would end the process.
  pool.on('connect', (client) => client.on('error', () => undefined));
  return pool;
}

export type Connection = pg.Pool | pg.PoolClient;

export function readerOn(connection: Connection): Scanner {
  return {
    all: async <Row>(query: Query) => (await read(connection, query)).rows as Row[],
    first: async <Row>(query: Query) => (await read(connection, query)).rows[0] as Row | undefined,
    each: async <Row>(repeated: Repeated, rows: readonly BulkRow[]) => {
      const values = columnsOf(repeated.types.length, rows);
      const found = await inOrder(connection, { ...named(readUnnested(repeated)), values });
      return found.rows as Row[];
    },
    chain: async <Row>(chain: Chain) => {
      const values = chain.first.bindings as unknown[];
      const found = await inOrder(connection, { ...named(readChain(chain)), values });
      return found.rows as Row[];
    },
  };
}

export function execute(connection: Connection, query: Query): Promise<pg.QueryResult> {
  return connection.query(configOf(query));
}

function read(connection: Connection, query: Query): Promise<pg.QueryResult> {
  return 'inOrder' in query && query.inOrder === true
    ? inOrder(connection, configOf(query))
    : execute(connection, query);
}

function configOf(query: Query): pg.QueryConfig {
  const { sql, bindings } = toStatement(query);
  const text = numberPlaceholders(sql);
  // Only statements written by hand are few enough to be kept prepared on each connection.
  const config = 'toSQL' in query ? { text } : named(text);
  return { ...config, values: bindings as unknown[] };
}

/** For one transaction, since a session may be another's behind a pooler. */
const IN_ORDER =
  'begin read only; set local enable_seqscan = off; set local enable_bitmapscan = off; ' +
  'set local enable_sort = off; set local jit = off';

/** Leaves as one with what keeps the planner to the order of an index. */
async function inOrder(connection: Connection, config: pg.QueryConfig): Promise<pg.QueryResult> {
  const client = 'release' in connection ? connection : await connection.connect();
  let broken: Error | undefined;
  try {
    const { stream } = client.connection;
    stream.cork();
    const answers = together(client.query(IN_ORDER), client.query(config), client.query('commit'));
    stream.uncork();
    const [, found] = await answers;
    return found;
  } catch (error) {
    if (postgresDialect.isUnavailable(error)) broken = error as Error;
    throw error;
  } finally {
    if (client !== connection) client.release(broken);
  }
}

const names = new Map<string, string>();

/** A statement with a name is kept prepared on each connection that has seen it. */
export function named(text: string): { text: string; name?: string } {
  let name = names.get(text);
  if (name === undefined) {
    if (names.size >= MAX_NAMED) return { text };
    name = `s${names.size}`;
    names.set(text, name);
  }
  return { text, name };
}

/** Reads int8 as a number, or as a bigint where a number would round it. */
function parserOf(oid: number, format?: 'text' | 'binary'): (value: string) => unknown {
  if (oid === INT8) {
    return (value) => (Number.isSafeInteger(Number(value)) ? Number(value) : BigInt(value));
  }
  return pg.types.getTypeParser(oid, format as 'text') as (value: string) => unknown;
}
