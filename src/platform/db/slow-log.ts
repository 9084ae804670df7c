import type { BulkInsert, BulkRow, Database, Query, Repeated, Transaction } from './database.js';
import { toStatement } from './statements.js';

/** A statement that took long. What was bound to it is left out: it is what users have stored. */
export interface SlowStatement {
  readonly sql: string;
  readonly milliseconds: number;
}

/** The longest text of a statement that is told. */
const MAX_SQL = 2_000;

/** The same database, which tells of each statement that takes longer than `slow` milliseconds. */
export function withSlowLog(
  database: Database,
  slow: number,
  tell: (statement: SlowStatement) => void,
): Database {
  /** Waits beside whoever has asked, who is answered no later for it. */
  const timed = <Result>(sql: () => string, work: () => Promise<Result>): Promise<Result> => {
    const begin = performance.now();
    const check = () => {
      const milliseconds = performance.now() - begin;
      if (milliseconds >= slow) tell({ sql: sql().slice(0, MAX_SQL), milliseconds });
    };
    const answer = work();
    answer.then(check, check);
    return answer;
  };
  const sqlOf = (query: Query) => () => toStatement(query).sql;
  const { read, scan } = database;
  const watched = (door: Database['read']): Database['read'] => ({
    all: (query) => timed(sqlOf(query), () => door.all(query)),
    first: (query) => timed(sqlOf(query), () => door.first(query)),
  });

  class WatchedTransaction implements Transaction {
    readonly #tx: Transaction;

    constructor(tx: Transaction) {
      this.#tx = tx;
    }

    all<Row>(query: Query): Promise<Row[]> {
      return timed(sqlOf(query), () => this.#tx.all<Row>(query));
    }

    first<Row>(query: Query): Promise<Row | undefined> {
      return timed(sqlOf(query), () => this.#tx.first<Row>(query));
    }

    run(query: Query): Promise<number> {
      return timed(sqlOf(query), () => this.#tx.run(query));
    }

    send(query: Query): Promise<void> {
      return timed(sqlOf(query), () => this.#tx.send(query));
    }

    insert(bulk: BulkInsert, rows: readonly BulkRow[]): Promise<number> {
      return timed(insertInto(bulk, rows), () => this.#tx.insert(bulk, rows));
    }

    put(bulk: BulkInsert, rows: readonly BulkRow[]): Promise<void> {
      return timed(insertInto(bulk, rows), () => this.#tx.put(bulk, rows));
    }
  }

  return {
    ...database,
    read: watched(read),
    scan: {
      ...watched(scan),
      each: (repeated: Repeated, rows) =>
        timed(
          () => repeated.sql,
          () => scan.each(repeated, rows),
        ),
      chain: (chain) =>
        timed(
          () => chain.next,
          () => scan.chain(chain),
        ),
    },
    write: (work) => database.write((tx) => work(new WatchedTransaction(tx))),
  };
}

const insertInto =
  ({ table }: BulkInsert, rows: readonly BulkRow[]) =>
  () =>
    `insert into ${table} (${rows.length} rows)`;
