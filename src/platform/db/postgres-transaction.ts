import type pg from 'pg';
import type { BulkInsert, BulkRow, Joins, Query, Transaction } from './database.js';
import { inOne, type Sent } from './joined-statements.js';
import { execute, named } from './postgres-pool.js';
import { columnsOf, insertOne, insertUnnested, numberPlaceholders } from './statements.js';

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
  /** Changes that leave as one statement, as soon as anything else does. */
  #joining: Sent[] = [];
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
    if ('joins' in query && query.joins !== undefined) {
      const { sql, bindings, joins } = query;
      return this.#join({ sql, values: bindings }, joins);
    }
    this.#cork();
    this.#leaveJoined();
    this.#remember(execute(this.#client, query));
  }

  async insert(bulk: BulkInsert, rows: readonly BulkRow[]): Promise<number> {
    if (rows.length === 0) return 0;
    return (await this.#await(() => this.#run(insertOf(bulk, rows)))).rowCount ?? 0;
  }

  async put(bulk: BulkInsert, rows: readonly BulkRow[]): Promise<void> {
    if (rows.length === 0) return;
    const insert = insertOf(bulk, rows);
    if (bulk.joins !== undefined) return this.#join(insert, bulk.joins);
    this.#cork();
    this.#leaveJoined();
    this.#remember(this.#run(insert));
  }

  #execute(query: Query): Promise<pg.QueryResult> {
    return this.#await(() => execute(this.#client, query));
  }

  #run({ sql, values }: Sent): Promise<pg.QueryResult> {
    return this.#client.query({ ...named(numberPlaceholders(sql)), values: values as unknown[] });
  }

  #join(change: Sent, joins: Joins): void {
    if (joins === 'behind') this.#leaveJoined();
    this.#joining.push(change);
  }

  #leaveJoined(): void {
    if (this.#joining.length === 0) return;
    const one = inOne(this.#joining);
    this.#joining = [];
    this.#cork();
    this.#remember(this.#run(one));
  }

  /**
   * Somebody waits for this one, so what has gathered leaves, with the others of this very moment:
   * a system call costs more than most statements.
   */
  #await<Result>(query: () => Promise<Result>): Promise<Result> {
    this.#cork();
    this.#leaveJoined();
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

const inserts = new WeakMap<BulkInsert, { readonly one: string; readonly many: string }>();

/** One row is bound as it is, many as an array for each column: that is more work for one. */
function insertOf(bulk: BulkInsert, rows: readonly BulkRow[]): Sent {
  let known = inserts.get(bulk);
  if (known === undefined) {
    known = { one: insertOne(bulk), many: insertUnnested(bulk) };
    inserts.set(bulk, known);
  }
  const [row, ...others] = rows;
  return row !== undefined && others.length === 0
    ? { sql: known.one, values: row }
    : { sql: known.many, values: columnsOf(Object.keys(bulk.columns).length, rows) };
}
