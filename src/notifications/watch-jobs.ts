import type { Alert, Alerts } from '../governance/alerts/alerts.js';
import type { Clock } from '../platform/clock.js';
import type { Database } from '../platform/db/database.js';
import type { JobHandler } from '../platform/jobs/job-runner.js';
import type { Job, JobStore } from '../platform/jobs/jobs.store.js';

/** The kind of job that looks for what nobody has caused: time has passed. */
export const WATCH_JOB = 'governance watch';

/** Something to look for, again and again. */
export interface Watch {
  /** What the job names it by. */
  readonly reference: number;
  /** Milliseconds between two looks. */
  readonly every: number;
  /** @returns what somebody has to be told of; what was told before is not told again */
  look(): AsyncIterable<readonly Alert[]>;
}

export interface WatchJobParts {
  readonly database: Database;
  readonly jobs: JobStore;
  readonly alerts: Alerts;
  readonly watches: readonly Watch[];
  readonly now: Clock;
}

/** Looks for cards that end, emergencies that nobody has reviewed, and changes of the audit log. */
export class WatchJobs implements JobHandler {
  readonly kind = WATCH_JOB;
  readonly lease = 60_000;
  readonly concurrency = 1;
  readonly laneConcurrency = 1;
  readonly #parts: WatchJobParts;

  constructor(parts: WatchJobParts) {
    this.#parts = parts;
  }

  /** Makes sure that there are the jobs; several servers share them. */
  async ensure(): Promise<void> {
    const { database, jobs, watches, now } = this.#parts;
    const due = watches.map(({ reference }) => ({ reference, lane: reference, due: now() }));
    await database.write((tx) => jobs.ensure(tx, WATCH_JOB, due));
  }

  async run(job: Job): Promise<void> {
    const { database, jobs, alerts, watches, now } = this.#parts;
    const watch = watches.find(({ reference }) => reference === job.reference);
    for await (const found of watch?.look() ?? []) {
      if (found.length === 0) continue;
      await database.write(async (tx) => {
        for (const alert of found) await alerts.raise(tx, alert);
      });
    }
    await database.write(async (tx) => {
      if (!(await jobs.holds(tx, job))) return;
      if (watch === undefined) await jobs.finish(tx, job);
      else await jobs.postpone(tx, job, now() + watch.every);
    });
  }

  async tidy(): Promise<void> {
    // What was told is kept with the alerts.
  }
}
