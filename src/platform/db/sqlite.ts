import { statfs } from 'node:fs/promises';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type Sqlite from 'better-sqlite3';
import knex from 'knex';
import type { Piscina } from 'piscina';
import type {
  BulkInsert,
  BulkRow,
  Chain,
  Database,
  Query,
  Reader,
  Repeated,
  Scanner,
  Transaction,
} from './database.js';
import { driverCode } from './dialect.js';
import { GroupCommit } from './group-commit.js';
import { type Durability, SqliteConnection } from './sqlite-connection.js';
import { sqliteDialect } from './sqlite-dialect.js';
import { insertOne, toStatement } from './statements.js';
import { DEFAULT_WORKSPACE } from './workspace.js';

export interface SqliteSettings {
  readonly file: string;
  /** `full`: an acknowledged write survives a power cut; `relaxed`: it survives `kill -9`. */
  readonly durability: Durability;
  /** Threads for reads that may take long; 0 runs them where all else runs. */
  readonly scanThreads: number;
  /** A new file that is thrown away unless all of it is written. */
  readonly isDraft?: boolean;
}

/** A disk that is full, or takes nothing for another reason. */
const BROKEN = /^SQLITE_(FULL|IOERR)/;
/** Bytes that must be free for more writes. */
const ROOM = 1024 * 1024;
/** Changes nothing that anybody reads. */
const WRITE_A_PAGE = 'pragma user_version = 0';

/** Milliseconds for which a write waits for another process's lock, and between two attempts. */
const LOCK_TIMEOUT = 20_000;
const LOCK_INTERVAL = 5;

/** A thread loads compiled code only; where the sources run unbuilt, scans stay in this thread. */
const WORKER = new URL('./scan-worker.js', import.meta.url);
const COMPILED = import.meta.url.endsWith('.js');

/** A {@link Database} on a SQLite file in WAL mode: one writer with group commit, free readers. */
export function openSqlite(settings: SqliteSettings): Database {
  const writer = new SqliteConnection(settings);
  // From here on a lock of another process is waited for outside of SQLite, which would hold up all.
  writer.all({ sql: 'pragma busy_timeout = 0', bindings: [] });
  const reader = new SqliteConnection({ ...settings, readonly: true });
  const commits = new GroupCommit({
    begin: () => begin(writer),
    savepoint: () => writer.exec('savepoint command'),
    release: () => writer.exec('release command'),
    undo: () => {
      writer.exec('rollback to command');
      writer.exec('release command');
    },
    commit: () => writer.exec('commit'),
    rollback: () => {
      if (writer.inTransaction) writer.exec('rollback');
    },
  });
  const tx = transactionOn(writer);
  let hasFailed = false;
  const write = async <Result>(work: () => Promise<Result>): Promise<Result> => {
    try {
      const result = await commits.submit(work);
      hasFailed = false;
      return result;
    } catch (error) {
      hasFailed ||= BROKEN.test(driverCode(error));
      throw error;
    }
  };
  const read = readerOn(reader);
  const scan = settings.scanThreads > 0 && COMPILED ? new ScanThreads(settings) : undefined;
  return {
    dialect: sqliteDialect,
    workspace: DEFAULT_WORKSPACE,
    sql: knex({ client: 'better-sqlite3', useNullAsDefault: true }),
    read,
    scan: scan ?? {
      ...read,
      each: async ({ sql }, rows) => reader.each(sql, rows),
      chain: async (chain) => reader.chain(chain),
    },
    // Each has an object of its own, so that what one has read can be kept by it.
    write: (work) => write(() => work({ ...tx })),
    load: () => ({ waiting_writes: commits.waiting }),
    alive: async () => {
      reader.first({ sql: 'select count(*) from sqlite_schema', bindings: [] });
      // A full disk may be read from, and takes a page now and then.
      const { bavail, bsize } = await statfs(dirname(settings.file));
      if (bavail * bsize < ROOM) throw new Error('the disk is full');
      if (hasFailed) await write(async () => writer.exec(WRITE_A_PAGE));
    },
    close: async () => {
      await commits.drained();
      await scan?.close();
      reader.close();
      writer.close();
    },
  };
}

function begin(writer: SqliteConnection): void | Promise<void> {
  try {
    writer.exec('begin immediate');
  } catch (error) {
    if (!sqliteDialect.isUnavailable(error)) throw error;
    return beginLater(writer);
  }
}

/** Asks for the lock again and again, and lets everything else go on meanwhile. */
async function beginLater(writer: SqliteConnection): Promise<void> {
  const deadline = Date.now() + LOCK_TIMEOUT;
  for (;;) {
    await sleep(LOCK_INTERVAL);
    try {
      writer.exec('begin immediate');
      return;
    } catch (error) {
      if (!sqliteDialect.isUnavailable(error) || Date.now() > deadline) throw error;
    }
  }
}

function readerOn(connection: SqliteConnection): Reader {
  return {
    all: async (query) => connection.all(toStatement(query)),
    first: async (query) => connection.first(toStatement(query)),
  };
}

function transactionOn(connection: SqliteConnection): Transaction {
  const inserts = new WeakMap<BulkInsert, Sqlite.Statement>();
  const insert = async (bulk: BulkInsert, rows: readonly BulkRow[]): Promise<number> => {
    let statement = inserts.get(bulk);
    if (statement === undefined) {
      // What it returns is a count, so it needs none of the cost of exact integers.
      statement = connection.prepareApart(insertOne(bulk)).safeIntegers(false);
      inserts.set(bulk, statement);
    }
    let changed = 0;
    for (const row of rows) changed += statement.run(row).changes;
    return changed;
  };
  return {
    ...readerOn(connection),
    run: async (query) => connection.run(toStatement(query)),
    send: async (query) => {
      connection.run(toStatement(query));
    },
    insert,
    put: async (bulk, rows) => {
      await insert(bulk, rows);
    },
  };
}

/** Reads on connections of their own threads. The pool's library is loaded at the first scan. */
class ScanThreads implements Scanner {
  readonly #settings: SqliteSettings;
  #pool: Promise<Piscina> | undefined;

  constructor(settings: SqliteSettings) {
    this.#settings = settings;
  }

  async all<Row>(query: Query): Promise<Row[]> {
    const { sql, bindings } = toStatement(query);
    const pool = await this.#open();
    return (await pool.run({ sql, bindings }, { name: 'scan' })) as Row[];
  }

  async first<Row>(query: Query): Promise<Row | undefined> {
    return (await this.all<Row>(query))[0];
  }

  async each<Row>({ sql }: Repeated, rows: readonly BulkRow[]): Promise<Row[]> {
    const pool = await this.#open();
    return (await pool.run({ sql, rows }, { name: 'scanEach' })) as Row[];
  }

  async chain<Row>(chain: Chain): Promise<Row[]> {
    const pool = await this.#open();
    return (await pool.run(chain, { name: 'scanChain' })) as Row[];
  }

  async close(): Promise<void> {
    await (await this.#pool)?.destroy();
  }

  #open(): Promise<Piscina> {
    this.#pool ??= import('piscina').then(({ Piscina }) => {
      const pool = new Piscina({
        filename: WORKER.href,
        workerData: { file: this.#settings.file },
        minThreads: 1,
        maxThreads: this.#settings.scanThreads,
        idleTimeout: 60_000,
      });
      // A thread that dies fails its own scans; without a listener it would end the process.
      pool.on('error', () => undefined);
      return pool;
    });
    return this.#pool;
  }
}
