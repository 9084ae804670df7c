import type { Database, Reader, Statement, Transaction } from '../db/database.js';
import { jobKind } from '../db/workspace.js';

/** Work that is owed: stored with the change that causes it, done later by whichever server. */
export interface Job {
  readonly id: number;
  /** What it is about, in the terms of whoever handles this kind of job. */
  readonly reference: number;
  /** Jobs of one lane wait for each other, and nobody else waits for them. */
  readonly lane: number;
  /** How often it was taken up: a server that was given up for dead no longer holds it. */
  readonly claims: number;
}

export interface NewJob {
  readonly reference: number;
  readonly lane: number;
  /** Not before this time, in ms since the epoch. */
  readonly due: number;
}

export interface Claim {
  readonly kind: string;
  readonly now: number;
  /** Until when nobody else takes the jobs up. */
  readonly until: number;
  readonly limit: number;
  /** Lanes that have enough under way. */
  readonly busyLanes: readonly number[];
}

/** Jobs of one kind whose time has come. */
export interface Owed {
  readonly kind: string;
  readonly count: number;
  /** When the first of them was due, in ms since the epoch. */
  readonly oldest: number;
}

const MOST_COUNTED = 10_000;

const JOBS = {
  table: 'jobs',
  columns: {
    kind: 'text',
    reference: 'bigint',
    lane: 'bigint',
    due_time: 'bigint',
    claims: 'bigint',
  },
  conflict:
    'on conflict (kind, reference) do update set due_time = excluded.due_time, ' +
    'claims = jobs.claims + 1',
} as const;

/** One that is there already stays as it is; its row is held, so that it can't end unseen. */
const ENSURED = {
  ...JOBS,
  conflict: 'on conflict (kind, reference) do update set due_time = jobs.due_time',
} as const;

/** SQL of the jobs. A job that is done is gone. Each workspace has jobs of its own. */
export class JobStore {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  /** Stores jobs. One that is there already becomes due anew, and is taken from who holds it. */
  async add(tx: Transaction, kind: string, jobs: readonly NewJob[]): Promise<void> {
    await tx.put(
      JOBS,
      jobs.map(({ reference, lane, due }) => [this.#kind(kind), reference, lane, due, 0]),
    );
  }

  /**
   * As {@link add}, for jobs of several kinds about something that was just sent to be stored, and
   * whose key only the database knows; each is its own lane.
   *
   * @param reference selects that key as `id`
   */
  async addAbout(
    tx: Transaction,
    reference: Statement,
    jobs: readonly { readonly kind: string; readonly due: number }[],
  ): Promise<void> {
    const kinds = jobs.map(() => 'select cast(? as text) as kind, cast(? as bigint) as due');
    await tx.send({
      sql:
        'insert into jobs (kind, reference, lane, due_time, claims) ' +
        `select k.kind, r.id, r.id, k.due, 0 from (${kinds.join(' union all ')}) k ` +
        `cross join (${reference.sql}) r where true ${JOBS.conflict}`,
      joins: 'behind',
      bindings: [...jobs.flatMap(({ kind, due }) => [kind, due]), ...reference.bindings],
    });
  }

  /**
   * Stores jobs where they are not there already. Whoever ends such a job at the same time comes
   * before, and it is stored anew, or after, and sees what this transaction has stored.
   */
  async ensure(tx: Transaction, kind: string, jobs: readonly NewJob[]): Promise<void> {
    await tx.put(
      ENSURED,
      jobs.map(({ reference, lane, due }) => [this.#kind(kind), reference, lane, due, 0]),
    );
  }

  /** @returns when the next job is due, or undefined when there is none */
  async nextDue(reader: Reader, kind: string): Promise<number | undefined> {
    const row = await reader.first<{ due_time: number }>({
      sql: 'select due_time from jobs where kind = ? order by due_time limit 1',
      bindings: [this.#kind(kind)],
    });
    return row?.due_time;
  }

  /** @returns how many jobs of each kind are due, at most {@link MOST_COUNTED}, and since when */
  owed(reader: Reader, now: number): Promise<Owed[]> {
    return reader.all<Owed>({
      sql:
        'select kind, count(*) as count, min(due_time) as oldest from ' +
        '(select kind, due_time from jobs where due_time <= ? limit ?) as due group by kind',
      bindings: [now, MOST_COUNTED],
    });
  }

  /** Takes up jobs that are due, the oldest first. No two servers get the same. */
  claim(tx: Transaction, { kind, now, until, limit, busyLanes }: Claim): Promise<Job[]> {
    const { dialect } = this.#database;
    const busy = dialect.isOneOf('lane', busyLanes);
    return tx.all<Job>({
      sql:
        'with due as materialized (select id from jobs where kind = ? and due_time <= ? ' +
        `and not (${busy.sql}) order by due_time, id limit ?${dialect.forUpdateSkipLocked}) ` +
        'update jobs set due_time = ?, claims = claims + 1 where id in (select id from due) ' +
        'returning id, reference, lane, claims',
      bindings: [this.#kind(kind), now, ...busy.bindings, limit, until],
    });
  }

  /** @returns whether this server still holds the job; if so nobody else gets it meanwhile */
  async holds(tx: Transaction, job: Job): Promise<boolean> {
    const sql = `select id from jobs where id = ? and claims = ?${this.#database.dialect.forUpdate}`;
    return (await tx.first({ sql, bindings: [job.id, job.claims] })) !== undefined;
  }

  /** The job is done, or given up. */
  async finish(tx: Transaction, { id }: Job): Promise<void> {
    await tx.send({ sql: 'delete from jobs where id = ?', bindings: [id] });
  }

  /** Somebody shall take the job up again at this time. */
  async postpone(tx: Transaction, { id }: Job, due: number): Promise<void> {
    await tx.send({ sql: 'update jobs set due_time = ? where id = ?', bindings: [due, id] });
  }

  /** Nobody else takes the job up before this time, unless somebody has it already. */
  async extend(tx: Transaction, { id, claims }: Job, until: number): Promise<void> {
    const sql = 'update jobs set due_time = ? where id = ? and claims = ?';
    await tx.send({ sql, bindings: [until, id, claims] });
  }

  /**
   * Puts off a job that nobody has taken up yet: who has stored it is still at it himself.
   *
   * @returns false where somebody has, or has done it
   */
  async putOff(tx: Transaction, kind: string, reference: number, due: number): Promise<boolean> {
    const sql = 'update jobs set due_time = ? where kind = ? and reference = ? and claims = 0';
    return (await tx.run({ sql, bindings: [due, kind, reference] })) > 0;
  }

  /** Takes over what was due long ago and was for a process alone that must be gone. */
  async adopt(tx: Transaction, prefix: string, kind: string, before: number): Promise<void> {
    await tx.send({
      // The bounds, which hold in any collation for the hex behind the prefix, are there for the index.
      sql:
        'update jobs set kind = ? where kind >= ? and kind < ? and substr(kind, 1, ?) = ? ' +
        'and due_time < ?',
      bindings: [kind, prefix, `${prefix}z`, prefix.length, prefix, before],
    });
  }

  /** Nothing of this lane is owed any more. */
  async dropLane(tx: Transaction, kind: string, lane: number): Promise<void> {
    const sql = 'delete from jobs where kind = ? and lane = ?';
    await tx.send({ sql, bindings: [this.#kind(kind), lane] });
  }

  #kind(kind: string): string {
    return jobKind(this.#database, kind);
  }
}
