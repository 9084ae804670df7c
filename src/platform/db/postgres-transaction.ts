import type pg from 'pg';
import type { BulkInsert, BulkRow, Query, Transaction } from './database.js';
import { execute, named } from './postgres-pool.js';
import { columnsOf, insertUnnested, numberPlaceholders } from './statements.js';

/**
 * Runs a command in one transaction of a connection in pipeline mode. `begin` leaves together with
 * the first statement, and `commit` with those at the end that nobody waits for: a round trip to
 * the database takes longer than most statements.
 *
 * @throws what the command throws, or what made the first of its statements fail, once it is
 * rolled back
 */
export async function inTransaction<Result>(
  client: pg.PoolClient,
  work: (tx: Transaction) => Promise<Result>,
): Promise<Result> {
  const tx = new PipelinedTransaction(client);
  try {
    const result = await tx.begin(work);
    await tx.commit();
    return result;
  } catch (error) {
    // After one has failed the others say no more than that it has.
    throw (await tx.failure()) ?? error;
  }
}

class PipelinedTransaction implements Transaction {
  readonly #client: pg.PoolClient;
  /** Statements that nobody waits for until the end. */
  readonly #sent: Promise<unknown>[] = [];
  #corked = false;
  #leaves = false;

  constructor(client: pg.PoolClient) {
    this.#client = client;
  }

  begin<Result>(work: (tx: Transaction) => Promise<Result>): Promise<Result> {
    this.#cork();
    this.#remember(this.#client.query('begin'));
    return work(this);
  }

  async commit(): Promise<void> {
    const committed = this.#await(() => this.#client.query('commit'));
    committed.catch(() => undefined);
    await Promise.all(this.#sent);
    const { command } = await committed;
    // What has failed and was not told is not stored all the same.
    if (command !== 'COMMIT') throw new Error(`The transaction ended with ${command}`);
  }

  /** @returns what made the first statement fail that nobody has waited for */
  async failure(): Promise<unknown> {
    this.#uncork();
    for (const result of await Promise.allSettled(this.#sent)) {
      if (result.status === 'rejected') return result.reason;
    }
    return undefined;
  }

  async all<Row>(query: Query): Promise<Row[]> {
    return (await this.#execute(query)).rows as Row[];
  }

  async first<Row>(query: Query): Promise<Row | undefined> {
    return (await this.#execute(query)).rows[0] as Row | undefined;
  }

  async run(query: Query): Promise<number> {
    return (await this.#execute(query)).rowCount ?? 0;
  }

  async send(query: Query): Promise<void> {
    this.#cork();
    this.#remember(execute(this.#client, query));
  }

  async insert(bulk: BulkInsert, rows: readonly BulkRow[]): Promise<number> {
    if (rows.length === 0) return 0;
    return (await this.#await(() => this.#insert(bulk, rows))).rowCount ?? 0;
  }

  async put(bulk: BulkInsert, rows: readonly BulkRow[]): Promise<void> {
    if (rows.length === 0) return;
    this.#cork();
    this.#remember(this.#insert(bulk, rows));
  }

  #execute(query: Query): Promise<pg.QueryResult> {
    return this.#await(() => execute(this.#client, query));
  }

  #insert(bulk: BulkInsert, rows: readonly BulkRow[]): Promise<pg.QueryResult> {
    const values = columnsOf(Object.keys(bulk.columns).length, rows);
    return this.#client.query({ ...named(unnested(bulk)), values });
  }

  /**
   * Somebody waits for this one, so what has gathered leaves, with the others of this very moment:
   * a system call costs more than most statements.
   */
  #await<Result>(query: () => Promise<Result>): Promise<Result> {
    this.#cork();
    if (!this.#leaves) {
      this.#leaves = true;
      process.nextTick(() => this.#uncork());
    }
    return query();
  }

  #remember(query: Promise<unknown>): void {
    query.catch(() => undefined);
    this.#sent.push(query);
  }

  #cork(): void {
    if (this.#corked) return;
    this.#corked = true;
    this.#client.connection.stream.cork();
  }

  #uncork(): void {
    this.#leaves = false;
    if (!this.#corked) return;
    this.#corked = false;
    this.#client.connection.stream.uncork();
  }
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
