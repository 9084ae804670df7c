import Sqlite from 'better-sqlite3';
import type { Binding, BulkRow, Chain, Statement } from './database.js';
import { matches } from './pattern.js';

export type Durability = 'full' | 'relaxed';

/** Milliseconds that a connection waits for another process's write lock. */
const BUSY_TIMEOUT = 20_000;
const MAX_PREPARED = 300;
/** Pages of the log, 16 MB, after which it is copied into the file: SQLite's own 1,000 are 30 changes
 * of the registry, and what changes each time would be copied as often. */
const CHECKPOINT_EVERY = 4_000;

export interface SqliteOptions {
  readonly file: string;
  readonly durability: Durability;
  readonly readonly?: boolean;
  /** A new file that is thrown away unless all of it is written: its journal needs no file. */
  readonly isDraft?: boolean | undefined;
}

/** One connection with its prepared statements. All calls are synchronous. */
export class SqliteConnection {
  readonly #database: Sqlite.Database;
  readonly #prepared = new Map<string, Sqlite.Statement>();

  constructor(options: SqliteOptions) {
    this.#database = new Sqlite(options.file, {
      readonly: options.readonly ?? false,
      timeout: BUSY_TIMEOUT,
    });
    this.#database.defaultSafeIntegers(true);
    const { isDraft = false } = options;
    if (!options.readonly) this.#database.pragma(`journal_mode = ${isDraft ? 'MEMORY' : 'WAL'}`);
    const synchronous = options.durability === 'full' ? 'FULL' : 'NORMAL';
    this.#database.pragma(`synchronous = ${isDraft ? 'OFF' : synchronous}`);
    this.#database.pragma('foreign_keys = ON');
    this.#database.pragma('case_sensitive_like = ON');
    // What `text regexp pattern` calls.
    this.#database.function('regexp', { deterministic: true }, (pattern, text) =>
      typeof text === 'string' && matches(String(pattern), text) ? 1 : 0,
    );
    this.#database.pragma('cache_size = -65536');
    this.#database.pragma('mmap_size = 268435456');
    this.#database.pragma(`wal_autocheckpoint = ${CHECKPOINT_EVERY}`);
    // Else a savepoint in which more than 15 pages change makes a file and writes them there.
    if (!options.readonly) this.#database.pragma('temp_store = MEMORY');
  }

  all<Row>({ sql, bindings }: Statement): Row[] {
    const rows = this.prepare(sql).all(bindings.map(bindable));
    for (const row of rows) narrowIntegers(row as Record<string, unknown>);
    return rows as Row[];
  }

  first<Row>({ sql, bindings }: Statement): Row | undefined {
    const row = this.prepare(sql).get(bindings.map(bindable));
    if (row !== undefined) narrowIntegers(row as Record<string, unknown>);
    return row as Row | undefined;
  }

  /** Reads once for each row of bindings, all off the last commit before the first. */
  each<Row>(sql: string, rows: readonly BulkRow[]): Row[] {
    this.exec('begin');
    try {
      return rows.flatMap((bindings) => this.all<Row>({ sql, bindings }));
    } finally {
      this.exec('commit');
    }
  }

  /** Follows a chain to its end, all off the last commit before its first row. */
  chain<Row>({ first, next }: Chain): Row[] {
    this.exec('begin');
    try {
      const following = this.prepare(next);
      const rows: unknown[] = [];
      let row = this.prepare(first.sql).get(first.bindings.map(bindable));
      while (row !== undefined) {
        rows.push(row);
        row = following.get(row);
      }
      for (const found of rows) narrowIntegers(found as Record<string, unknown>);
      return rows as Row[];
    } finally {
      this.exec('commit');
    }
  }

  /** @returns how many rows were changed */
  run({ sql, bindings }: Statement): number {
    return this.prepare(sql).run(bindings.map(bindable)).changes;
  }

  exec(sql: string): void {
    this.prepare(sql).run();
  }

  /** False too after an error (a full disk) at which SQLite has rolled back by itself. */
  get inTransaction(): boolean {
    return this.#database.inTransaction;
  }

  prepare(sql: string): Sqlite.Statement {
    let statement = this.#prepared.get(sql);
    if (statement === undefined) {
      statement = this.#database.prepare(sql);
      if (this.#prepared.size >= MAX_PREPARED) this.#forgetOldest();
      this.#prepared.set(sql, statement);
    }
    return statement;
  }

  /** A statement that belongs to the caller alone, who may set how it reads integers. */
  prepareApart(sql: string): Sqlite.Statement {
    return this.#database.prepare(sql);
  }

  close(): void {
    this.#database.close();
  }

  #forgetOldest(): void {
    const oldest = this.#prepared.keys().next();
    if (!oldest.done) this.#prepared.delete(oldest.value);
  }
}

/** SQLite has no boolean, and refuses one that is bound. */
const bindable = (value: Binding): Exclude<Binding, boolean> =>
  typeof value === 'boolean' ? Number(value) : value;

/** All integers are read as bigint, so that none is rounded; those that fit become numbers. */
function narrowIntegers(row: Record<string, unknown>): void {
  for (const column in row) {
    const value = row[column];
    if (typeof value !== 'bigint') continue;
    const number = Number(value);
    if (Number.isSafeInteger(number)) row[column] = number;
  }
}
