import { MlflowError } from '../../errors.js';
import type { Clock } from '../../platform/clock.js';
import type { Database } from '../../platform/db/database.js';
import type { JobHandler } from '../../platform/jobs/job-runner.js';
import type { Job, JobStore } from '../../platform/jobs/jobs.store.js';
import type { EvidenceService } from './evidence.service.js';
import type { EvidenceStore } from './evidence.store.js';
import { EVIDENCE_JOB, SWEEP_JOB } from './evidence-kinds.js';

export interface EvidenceJobParts {
  readonly database: Database;
  readonly jobs: JobStore;
  readonly store: EvidenceStore;
  readonly service: EvidenceService;
  /** Milliseconds between two looks at a version. */
  readonly sweepEvery: number;
  readonly now: Clock;
}

/** Looks at versions whose registration was broken off, or again and again at each of them. */
export class EvidenceJobs implements JobHandler {
  readonly kind: typeof EVIDENCE_JOB | typeof SWEEP_JOB;
  /** The largest models take this long to read. */
  readonly lease = 3_600_000;
  readonly concurrency = 1;
  readonly laneConcurrency = 1;
  readonly #parts: EvidenceJobParts;

  constructor(kind: EvidenceJobs['kind'], parts: EvidenceJobParts) {
    this.kind = kind;
    this.#parts = parts;
  }

  async run(job: Job): Promise<void> {
    const { database, jobs, store, service, sweepEvery, now } = this.#parts;
    const version = await store.named(database.read, job.reference);
    if (version !== undefined) {
      const { name, version: number } = version;
      const look: Promise<unknown> =
        this.kind === SWEEP_JOB ? service.refresh(name, number) : service.register(name, number);
      await look.catch(unlessGone);
    }
    await database.write(async (tx) => {
      if (!(await jobs.holds(tx, job))) return;
      if (version === undefined || this.kind === EVIDENCE_JOB) await jobs.finish(tx, job);
      else await jobs.postpone(tx, job, now() + sweepEvery);
    });
  }

  async tidy(): Promise<void> {
    // A job is gone with its work.
  }
}

/** A version that was deleted meanwhile needs no look. */
function unlessGone(error: unknown): void {
  if (error instanceof MlflowError && error.status === 404) return;
  throw error;
}
