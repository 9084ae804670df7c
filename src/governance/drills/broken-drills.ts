import { MlflowError } from '../../errors.js';
import type { Clock } from '../../platform/clock.js';
import type { Database } from '../../platform/db/database.js';
import type { Job, JobStore } from '../../platform/jobs/jobs.store.js';
import type { Trail } from '../../platform/trail.js';
import type { Alerts } from '../alerts/alerts.js';
import { SYSTEM } from '../version-cards/card-expiry.js';
import type { DrillRegistry, DrillWebhooks } from './drill.service.js';
import { DRILL_JOB, type DrillStore, type Measurement } from './drills.store.js';

export interface BrokenDrillParts {
  readonly database: Database;
  readonly store: DrillStore;
  readonly jobs: JobStore;
  readonly registry: Pick<DrillRegistry, 'deleteModel'>;
  readonly webhooks: Pick<DrillWebhooks, 'deleteNamed'>;
  readonly alerts: Alerts;
  readonly trail: Trail;
  readonly now: Clock;
}

/** Milliseconds that one server has for it, before another tries. */
const LEASE = 60_000;
const MOST = 10;

const BROKEN_OFF: Measurement = {
  what: 'the whole drill',
  note: 'It was broken off: the server that ran it has died or could not go on.',
  budget: 0,
  within_budget: false,
};

/** Clears away what drills have left whose server has died, and writes down that they failed. */
export class BrokenDrills {
  readonly #parts: BrokenDrillParts;

  constructor(parts: BrokenDrillParts) {
    this.#parts = parts;
  }

  /** @returns how many there were */
  async clean(): Promise<number> {
    const { database, jobs, now } = this.#parts;
    const due = await jobs.nextDue(database.read, DRILL_JOB);
    if (due === undefined || due > now()) return 0;
    const claim = { kind: DRILL_JOB, now: now(), until: now() + LEASE, limit: MOST, busyLanes: [] };
    const broken = await database.write((tx) => jobs.claim(tx, claim));
    for (const job of broken) await this.#fail(job);
    return broken.length;
  }

  async #fail(job: Job): Promise<void> {
    const { database, store, jobs, registry, webhooks, alerts, trail } = this.#parts;
    const drill = await store.find(database.read, job.reference);
    if (drill !== undefined) {
      const { model } = drill;
      await webhooks.deleteNamed(model, SYSTEM);
      await registry.deleteModel(model, SYSTEM).catch(unlessGone);
    }
    await database.write(async (tx) => {
      if (!(await jobs.holds(tx, job))) return;
      await jobs.finish(tx, job);
      if (drill === undefined) return;
      const { id, model, startedBy } = drill;
      const measured = [BROKEN_OFF];
      await store.end(tx, job.reference, { isWithinBudget: false, measured });
      await alerts.raise(tx, {
        kind: 'drill.too_slow',
        summary: `The drill of ${startedBy} was broken off: the server that ran it has died or could not go on.`,
        details: { drill_id: id, measured },
      });
      await trail.record(tx, SYSTEM, {
        action: 'drill.run',
        object: { kind: 'drill', id },
        after: { model, started_by: startedBy, within_budget: false, measured },
      });
    });
  }
}

/** It had not been made yet, or was deleted already. */
function unlessGone(error: unknown): void {
  if (error instanceof MlflowError && error.status === 404) return;
  throw error;
}
