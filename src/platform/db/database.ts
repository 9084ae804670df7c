import type { Knex } from 'knex';
import type { Dialect } from './dialect.js';

/** A value that can be bound to a placeholder. Integers beyond 2^53 travel as bigint. */
export type Binding = string | number | bigint | boolean | Buffer | null;

/** SQL with `?` placeholders on every database; the door spells them as its driver wants them. */
export interface Statement {
  readonly sql: string;
  readonly bindings: readonly Binding[];
  readonly joins?: Joins;
  /**
   * Of a read: it goes along an index in its order. Left to itself PostgreSQL takes a history that
   * has grown since its last statistics for a short one, and reads and sorts it as a whole.
   */
  readonly inOrder?: true;
}

/**
 * Of a change that is only sent: it touches no row that those `around` it touch, and reads nothing
 * that they change, so where the database can do that they are carried out as one. One that says
 * `behind` may have to do with those before it, and not with those that come.
 */
export type Joins = 'around' | 'behind';

/** Knex compiles a query, a door runs it. Hot paths hand in a {@link Statement} written once. */
export type Query = Knex.QueryBuilder | Knex.Raw | Statement;

/** Integers of a row come as number, beyond 2^53 as bigint. */
export interface Reader {
  all<Row>(query: Query): Promise<Row[]>;
  first<Row>(query: Query): Promise<Row | undefined>;
}

/** The types of bindings that come in bulk. */
export type BulkType = 'text' | 'bigint' | 'smallint' | 'double precision' | 'boolean' | 'json';

/** A read that is run many times, with the types of what is bound to it. */
export interface Repeated {
  readonly sql: string;
  readonly types: readonly BulkType[];
}

/**
 * A read that goes on from each row that it has found. Its rows have the columns of the first,
 * whose values stand for `:column` in what finds the next one; it ends where there is none.
 */
export interface Chain {
  readonly first: Statement;
  readonly next: string;
}

export interface Scanner extends Reader {
  /**
   * Runs one read for each row of bindings, all of them on one state of the database.
   *
   * @returns what they found, in the order of the rows
   */
  each<Row>(read: Repeated, rows: readonly BulkRow[]): Promise<Row[]>;
  /** @returns the rows of a chain in their order, all off one state of the database */
  chain<Row>(chain: Chain): Promise<Row[]>;
}

/** A table, its columns with their types, and what happens to rows that exist already. */
export interface BulkInsert {
  readonly table: string;
  readonly columns: Readonly<Record<string, BulkType>>;
  /** For example `on conflict do nothing`. */
  readonly conflict?: string;
  /** As that of a {@link Statement}. */
  readonly joins?: Joins;
}

/** A value for each column of a {@link BulkInsert}, bound as it is: no booleans. */
export type BulkRow = readonly Exclude<Binding, boolean>[];

/** What a command sees of the database between its begin and its commit. */
export interface Transaction extends Reader {
  /** @returns how many rows were changed */
  run(query: Query): Promise<number>;
  /**
   * The same where nobody needs the count: it may leave together with what comes next, and if it
   * fails it fails the whole command, at its end at the latest.
   */
  send(query: Query): Promise<void>;
  /** Inserts many rows in one go; @returns how many were inserted or updated */
  insert(bulk: BulkInsert, rows: readonly BulkRow[]): Promise<number>;
  /** As {@link send}, for many rows. */
  put(bulk: BulkInsert, rows: readonly BulkRow[]): Promise<void>;
}

/**
 * The two doors. `read` answers from the last commit, `write` runs a command in one transaction:
 * it is stored whole and durably when the promise resolves, and not at all when it rejects.
 */
export interface Database {
  readonly dialect: Dialect;
  /** In which names are looked up, and where new things come to lie. */
  readonly workspace: string;
  /** Builds queries for this database; it has no connection of its own. */
  readonly sql: Knex;
  /** Point reads: a few rows by key. */
  readonly read: Reader;
  /** Reads whose work grows with the data; on SQLite they run off the event loop. */
  readonly scan: Scanner;
  /**
   * @param work must use nothing but the transaction it is given, and do no network call
   * @throws what `work` throws, after the transaction is rolled back
   */
  write<Result>(work: (tx: Transaction) => Promise<Result>): Promise<Result>;
  /** @returns counts of this process: connections, and what waits for them */
  load(): Readonly<Record<string, number>>;
  /** Resolves when the database answers and takes writes. It does not queue behind requests. */
  alive(): Promise<void>;
  close(): Promise<void>;
}
