import type { Clock } from '../clock.js';
import type { Database } from '../db/database.js';
import type { Log } from '../log.js';
import type { Job, JobStore } from './jobs.store.js';

/** What is done with one kind of job. */
export interface JobHandler {
  readonly kind: string;
  /** Milliseconds after which a server that says nothing counts as dead; it says so three times. */
  readonly lease: number;
  /** Jobs at a time, in all and of one lane. */
  readonly concurrency: number;
  readonly laneConcurrency: number;
  /**
   * Does the job, and finishes or postpones it in the transaction that stores what came of it.
   * A job that is neither comes again after its lease.
   *
   * @param signal aborts when the server can wait no longer
   */
  run(job: Job, signal: AbortSignal): Promise<void>;
  /** Clears away what has grown old. */
  tidy(): Promise<void>;
}

/** Milliseconds between two looks for jobs that other servers have stored. */
const POLL = 1_000;
/** A change calls for a look at once; its commit is not yet there when it does. */
const WAKE = 20;
/** How often a look follows for a while: a commit may take longer than that. */
const AGAIN = 100;
const EAGER = 500;
/** Milliseconds between two attempts while the database does not answer. */
const TROUBLE = 5_000;
const TIDY = 3_600_000;

/** Does jobs of one kind, in this process, beside those of other servers over the same database. */
export class JobRunner {
  readonly #database: Database;
  readonly #jobs: JobStore;
  readonly #handler: JobHandler;
  readonly #log: Log;
  readonly #now: Clock;
  readonly #lanes = new Map<number, number>();
  readonly #running = new Set<Promise<void>>();
  readonly #abort = new AbortController();
  #timer: NodeJS.Timeout | undefined;
  #eagerUntil = 0;
  #wakeAt = Number.POSITIVE_INFINITY;
  #looking: Promise<void> | undefined;
  #lastTidy = 0;
  #started = false;
  #stopped = false;

  constructor(parts: {
    readonly database: Database;
    readonly jobs: JobStore;
    readonly handler: JobHandler;
    readonly log: Log;
    readonly now: Clock;
  }) {
    this.#database = parts.database;
    this.#jobs = parts.jobs;
    this.#handler = parts.handler;
    this.#log = parts.log;
    this.#now = parts.now;
  }

  start(): void {
    this.#started = true;
    this.#lookIn(0);
  }

  /** There may be something to do soon. It does no harm where there is not. */
  readonly wake = (): void => {
    if (!this.#started) return;
    this.#eagerUntil = Date.now() + EAGER;
    this.#lookIn(WAKE);
  };

  /**
   * Takes up nothing new, and resolves when what is under way is done. What is not done when the
   * time is up is aborted, and owed still.
   */
  async stop(patience: number): Promise<void> {
    this.#stopped = true;
    clearTimeout(this.#timer);
    const timer = setTimeout(() => this.#abort.abort(), patience);
    await this.#looking;
    await Promise.all(this.#running);
    clearTimeout(timer);
  }

  #lookIn(delay: number): void {
    const at = Date.now() + delay;
    if (this.#stopped || at >= this.#wakeAt) return;
    clearTimeout(this.#timer);
    this.#wakeAt = at;
    this.#timer = setTimeout(() => {
      this.#wakeAt = Number.POSITIVE_INFINITY;
      // One look at a time: what calls for another one meanwhile gets it afterwards.
      this.#looking = (this.#looking ?? Promise.resolve()).then(() => this.#look());
    }, delay);
    this.#timer.unref();
  }

  async #look(): Promise<void> {
    if (this.#stopped) return;
    try {
      await this.#tidy();
      const delay = await this.#take();
      this.#lookIn(Date.now() < this.#eagerUntil ? Math.min(delay, AGAIN) : delay);
    } catch (error) {
      this.#log.warn({ err: error, kind: this.#handler.kind }, 'jobs can not be looked for');
      this.#lookIn(TROUBLE);
    }
  }

  /** @returns when to look again: at once where as many were taken up as were asked for */
  async #take(): Promise<number> {
    const { kind, lease, concurrency, laneConcurrency } = this.#handler;
    const free = concurrency - this.#running.size;
    if (free <= 0) return POLL;
    const now = this.#now();
    // A look at the index costs nothing; a claim is a write.
    const due = await this.#jobs.nextDue(this.#database.read, kind);
    if (due === undefined) return POLL;
    if (due > now) return Math.min(POLL, due - now);
    const busyLanes = [...this.#lanes].flatMap(([lane, n]) => (n >= laneConcurrency ? [lane] : []));
    const limit = Math.min(free, laneConcurrency);
    const claim = { kind, now, until: now + lease, limit, busyLanes };
    const jobs = await this.#database.write((tx) => this.#jobs.claim(tx, claim));
    for (const job of jobs) this.#start(job);
    return jobs.length === limit ? 0 : POLL;
  }

  #start(job: Job): void {
    this.#lanes.set(job.lane, (this.#lanes.get(job.lane) ?? 0) + 1);
    const { lease } = this.#handler;
    const renewal = setInterval(() => this.#renew(job, lease), lease / 3);
    const running = this.#handler
      .run(job, this.#abort.signal)
      .catch((error: unknown) => {
        this.#log.error({ err: error, kind: this.#handler.kind, job: job.id }, 'a job failed');
      })
      .finally(() => {
        clearInterval(renewal);
        this.#running.delete(running);
        const left = (this.#lanes.get(job.lane) ?? 1) - 1;
        if (left > 0) this.#lanes.set(job.lane, left);
        else this.#lanes.delete(job.lane);
        this.#lookIn(0);
      });
    this.#running.add(running);
  }

  /** Whoever works at a job for long says that it is not dead. */
  #renew(job: Job, lease: number): void {
    this.#database
      .write((tx) => this.#jobs.extend(tx, job, this.#now() + lease))
      .catch((error: unknown) => {
        const { kind } = this.#handler;
        this.#log.warn({ err: error, kind, job: job.id }, 'a job can not be kept');
      });
  }

  async #tidy(): Promise<void> {
    if (Date.now() - this.#lastTidy < TIDY) return;
    this.#lastTidy = Date.now();
    await this.#handler.tidy();
  }
}
