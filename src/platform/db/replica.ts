import { setTimeout as sleep } from 'node:timers/promises';
import type pg from 'pg';
import type { BulkRow, Chain, Query, Repeated, Scanner } from './database.js';
import { postgresDialect } from './postgres-dialect.js';
import { openPool, readerOn } from './postgres-pool.js';
import { type Position, parsePosition } from './wal-position.js';

export interface ReplicaSettings {
  readonly connectionString: string;
  readonly poolSize: number;
  /** Answers what the replica can't. */
  readonly primary: Scanner;
  /** Where the primary's log stands. */
  readonly written: { now(): Promise<Position> };
  /** Told when reads begin to go elsewhere. */
  readonly onTurn: (turn: ReadTurn) => void;
}

/** Where reads go from now on, and why. */
export interface ReadTurn {
  readonly to: 'primary' | 'replica';
  readonly reason?: unknown;
}

/** Milliseconds that a read waits for the replica to catch up, and between two looks. */
const PATIENCE = 50;
const INTERVAL = 2;
/** Milliseconds for which a replica that lags or fails is left alone. */
const REST = 1_000;
const CONNECT_TIMEOUT = 1_000;

/** Answered at once, or by nobody: a machine that has vanished closes no connection. */
const REPLAYED: pg.QueryConfig & { readonly query_timeout: number } = {
  text: 'select pg_is_in_recovery() as replica, pg_last_wal_replay_lsn()::text as replayed',
  query_timeout: 1_000,
};

/**
 * Reads from a streaming replica, never less than what was committed when the read began: the
 * replica must have replayed the log as far as the primary had written it then. Where it has not
 * after a short wait, or fails, the primary answers.
 */
export class Replica implements Scanner {
  readonly #settings: ReplicaSettings;
  readonly #pool: pg.Pool;
  /** How far the server behind a connection has come, at least. */
  readonly #replayed = new WeakMap<pg.PoolClient, Position>();
  #restsUntil = 0;
  #isResting = false;

  constructor(settings: ReplicaSettings) {
    this.#settings = settings;
    const { connectionString, poolSize } = settings;
    this.#pool = openPool({ connectionString, max: poolSize, connectTimeout: CONNECT_TIMEOUT });
  }

  all<Row>(query: Query): Promise<Row[]> {
    return this.#read((reader) => reader.all<Row>(query));
  }

  first<Row>(query: Query): Promise<Row | undefined> {
    return this.#read((reader) => reader.first<Row>(query));
  }

  each<Row>(read: Repeated, rows: readonly BulkRow[]): Promise<Row[]> {
    return this.#read((reader) => reader.each<Row>(read, rows));
  }

  chain<Row>(chain: Chain): Promise<Row[]> {
    return this.#read((reader) => reader.chain<Row>(chain));
  }

  close(): Promise<void> {
    return this.#pool.end();
  }

  async #read<Result>(ask: (reader: Scanner) => Promise<Result>): Promise<Result> {
    const { primary, written } = this.#settings;
    if (Date.now() < this.#restsUntil) return ask(primary);
    let client: pg.PoolClient | undefined;
    let broken: Error | undefined;
    let isAsked = false;
    try {
      const position = await written.now();
      client = await this.#pool.connect();
      if (await this.#hasReplayed(client, position)) {
        isAsked = true;
        const result = await ask(readerOn(client));
        this.#wake();
        return result;
      }
      this.#rest('it lags');
    } catch (error) {
      // Anything else is the query's own fault, and the primary will say so.
      if (!isAsked || postgresDialect.isUnavailable(error)) {
        broken = error instanceof Error ? error : new Error(String(error));
        this.#rest(broken);
      }
    } finally {
      client?.release(broken);
    }
    return ask(primary);
  }

  async #hasReplayed(client: pg.PoolClient, position: Position): Promise<boolean> {
    const deadline = Date.now() + PATIENCE;
    for (;;) {
      if ((this.#replayed.get(client) ?? -1n) >= position) return true;
      if (Date.now() > deadline) return false;
      const { rows } = await client.query<{ replica: boolean; replayed: string | null }>(REPLAYED);
      // One that was promoted goes its own way, and its positions mean nothing here.
      if (rows[0]?.replica !== true || rows[0].replayed === null) return false;
      const replayed = parsePosition(rows[0].replayed);
      this.#replayed.set(client, replayed);
      if (replayed < position) await sleep(INTERVAL);
    }
  }

  #rest(reason: unknown): void {
    this.#restsUntil = Date.now() + REST;
    if (this.#isResting) return;
    this.#isResting = true;
    this.#settings.onTurn({ to: 'primary', reason });
  }

  #wake(): void {
    if (!this.#isResting || Date.now() < this.#restsUntil) return;
    this.#isResting = false;
    this.#settings.onTurn({ to: 'replica' });
  }
}
