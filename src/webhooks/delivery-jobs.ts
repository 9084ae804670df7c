import type { Clock } from '../platform/clock.js';
import type { Database } from '../platform/db/database.js';
import type { JobHandler } from '../platform/jobs/job-runner.js';
import type { Job, JobStore } from '../platform/jobs/jobs.store.js';
import type { Log } from '../platform/log.js';
import type { AttemptResult, DeliveryStore, DueDelivery } from './deliveries.store.js';
import { DELIVERY_JOB, OWN_DELIVERY_JOBS } from './outbox.js';
import { nextAttempt } from './retries.js';
import type { WebhookSecrets } from './secrets.js';
import type { Attempt, WebhookSender } from './sender.js';
import type { WebhookStore } from './webhooks.store.js';

export interface DeliverySettings {
  readonly workers: number;
  readonly retryFor: number;
  readonly keepFor: number;
}

export interface DeliveryJobParts {
  readonly database: Database;
  readonly jobs: JobStore;
  readonly webhooks: WebhookStore;
  readonly deliveries: DeliveryStore;
  readonly secrets: WebhookSecrets;
  readonly sender: WebhookSender;
  readonly settings: DeliverySettings;
  readonly log: Log;
  readonly now: Clock;
  /** The kind of job, where it is not that of all processes. */
  readonly kind?: string | undefined;
}

/** Milliseconds after a crash until another server delivers what the dead one had taken up. */
const LEASE = 1_500;
/** Milliseconds after which a process that has not delivered to a receiver of its own is gone. */
const ORPHANED = 600_000;
const TIDY_ROWS = 1_000;

/** Delivers what the outbox holds, at least once each, and keeps the history. */
export class DeliveryJobs implements JobHandler {
  readonly kind: string;
  readonly lease = LEASE;
  readonly concurrency: number;
  readonly laneConcurrency: number;
  readonly #parts: DeliveryJobParts;

  constructor(parts: DeliveryJobParts) {
    const { workers } = parts.settings;
    this.#parts = parts;
    this.kind = parts.kind ?? DELIVERY_JOB;
    this.concurrency = workers;
    // A receiver that hangs must leave room for the others.
    this.laneConcurrency = Math.ceil(workers / 3);
  }

  async run(job: Job, signal: AbortSignal): Promise<void> {
    const { database, jobs, deliveries } = this.#parts;
    const due = await deliveries.findDue(database.read, job.reference);
    const result = due && (await this.#attempt(due, signal));
    await database.write(async (tx) => {
      if (!(await jobs.holds(tx, job))) return;
      if (result === 'aborted') return jobs.postpone(tx, job, this.#parts.now());
      if (result === undefined) await deliveries.drop(tx, job.reference);
      else await deliveries.record(tx, job.reference, result);
      if (result === undefined || result.next === null) await jobs.finish(tx, job);
      else await jobs.postpone(tx, job, result.next);
    });
  }

  /** Forgets what is older than the history is kept, and brings secrets under the newest key. */
  async tidy(): Promise<void> {
    const { database, jobs, deliveries, settings, now } = this.#parts;
    const orphaned = now() - ORPHANED;
    await database.write((tx) => jobs.adopt(tx, OWN_DELIVERY_JOBS, DELIVERY_JOB, orphaned));
    const before = now() - settings.keepFor;
    let gone: number;
    do {
      gone = await database.write((tx) => deliveries.deleteEnded(tx, before, TIDY_ROWS));
    } while (gone === TIDY_ROWS);
    await this.#renewSecrets();
  }

  async #renewSecrets(): Promise<void> {
    const { database, webhooks, secrets, log } = this.#parts;
    for (const { webhook_id, secret } of await webhooks.secrets(database.read)) {
      try {
        const renewed = await secrets.renewed(secret, webhook_id);
        if (renewed === undefined) continue;
        await database.write((tx) => webhooks.replaceSecret(tx, webhook_id, secret, renewed));
      } catch (error) {
        const why =
          'the secret of a webhook was encrypted with a key that this server does not have';
        log.warn({ err: error, webhook_id }, why);
      }
    }
  }

  async #attempt(due: DueDelivery, signal: AbortSignal): Promise<AttemptResult | 'aborted'> {
    const { sender, now } = this.#parts;
    if (due.webhook_status !== 'ACTIVE') {
      const error = 'The webhook is disabled';
      const { attempts } = due;
      return { status: 'FAILED', attempts, time: now(), next: null, responseStatus: null, error };
    }
    try {
      const message = { ...due, webhookId: due.webhook_id, deliveryId: due.delivery_id };
      return this.#judge(due, await sender.send({ ...message, body: due.payload }, signal));
    } catch (error) {
      if (signal.aborted) return 'aborted';
      throw error;
    }
  }

  #judge(due: DueDelivery, attempt: Attempt): AttemptResult {
    const { settings, log } = this.#parts;
    const time = this.#parts.now();
    const attempts = due.attempts + 1;
    const deadline = due.queued_time + settings.retryFor;
    const { retryAfter } = attempt;
    const next = attempt.mayPass
      ? nextAttempt({ attempts, retryAfter, now: time, deadline, random: Math.random() })
      : undefined;
    const status = attempt.succeeded ? 'SUCCEEDED' : next === undefined ? 'FAILED' : 'PENDING';
    const responseStatus = attempt.responseStatus ?? null;
    const error = attempt.error ?? null;
    if (status === 'FAILED') {
      const { delivery_id, webhook_id } = due;
      log.warn(
        { delivery_id, webhook_id, attempts, responseStatus, error },
        'a webhook is given up',
      );
    }
    return { status, attempts, time, next: next ?? null, responseStatus, error };
  }
}
