import type { Clock } from '../platform/clock.js';
import type { Database, Transaction } from '../platform/db/database.js';
import type { JobHandler } from '../platform/jobs/job-runner.js';
import type { Job, JobStore } from '../platform/jobs/jobs.store.js';
import type { Log } from '../platform/log.js';
import { nextAttempt } from '../webhooks/retries.js';
import type { AttemptResult, Delivery, DeliveryStore } from './deliveries.store.js';
import { STREAM_JOB } from './outbox.js';
import type { SealedSecrets } from './secrets.js';
import type { Attempt, Sender } from './sender.js';
import type { Subscription } from './subscriptions.js';
import type { SubscriptionStore } from './subscriptions.store.js';

export interface StreamSettings {
  /** Jobs at a time. */
  readonly workers: number;
  /** Milliseconds after which what was not delivered is a dead letter. */
  readonly retryFor: number;
  /** Milliseconds for which the history is kept. */
  readonly keepFor: number;
}

/** Whether somebody may still read what he is told of. */
export type MayRead = (
  who: Pick<Subscription, 'owner' | 'ownerId' | 'workspace'>,
  model: string,
) => Promise<boolean>;

export interface StreamJobParts {
  readonly database: Database;
  readonly jobs: JobStore;
  readonly subscriptions: SubscriptionStore;
  readonly deliveries: DeliveryStore;
  readonly secrets: SealedSecrets;
  readonly sender: Sender;
  readonly mayRead: MayRead;
  readonly settings: StreamSettings;
  readonly log: Log;
  readonly now: Clock;
}

/** Milliseconds after a crash until another server goes on with what the dead one had taken up. */
const LEASE = 1_500;
/** Messages of one stream before others have their turn, and events in one e-mail. */
const MAX_TURNS = 20;
const MAX_DIGEST = 50;
const TIDY_ROWS = 1_000;

/** Sends what waits in a stream in its order, at least once each, and keeps the history. */
export class StreamJobs implements JobHandler {
  readonly kind = STREAM_JOB;
  readonly lease = LEASE;
  readonly concurrency: number;
  readonly laneConcurrency: number;
  readonly #parts: StreamJobParts;

  constructor(parts: StreamJobParts) {
    this.#parts = parts;
    this.concurrency = parts.settings.workers;
    // A receiver that hangs must leave room for the others.
    this.laneConcurrency = Math.max(1, Math.ceil(parts.settings.workers / 5));
  }

  async run(job: Job, signal: AbortSignal): Promise<void> {
    for (let turn = 1; turn <= MAX_TURNS; turn += 1) {
      if ((await this.#turn(job, signal, turn === MAX_TURNS)) === 'ended') return;
    }
  }

  /** Forgets what is older than the history is kept, and brings secrets under the newest key. */
  async tidy(): Promise<void> {
    const { database, deliveries, settings, now } = this.#parts;
    const before = now() - settings.keepFor;
    for (const clear of ['deleteEnded', 'deleteEvents'] as const) {
      let gone: number;
      do {
        gone = await database.write((tx) => deliveries[clear](tx, before, TIDY_ROWS));
      } while (gone === TIDY_ROWS);
    }
    await this.#renewSecrets();
  }

  /** @returns whether the job was finished, postponed or lost */
  async #turn(job: Job, signal: AbortSignal, isLast: boolean): Promise<'ended' | 'more'> {
    const { database, deliveries, subscriptions, jobs, now } = this.#parts;
    const waiting = await deliveries.pending(database.read, job.reference, MAX_DIGEST);
    const [first] = waiting;
    if (first === undefined) return this.#settle(job, true);
    const wait = first.nextAttempt ?? 0;
    if (wait > now()) {
      await database.write(async (tx) => {
        if (await jobs.holds(tx, job)) await jobs.postpone(tx, job, wait);
      });
      return 'ended';
    }
    const subscription = await subscriptions.findByKey(database.read, first.subscription);
    if (subscription === undefined) return this.#settle(job, true);
    const batch: [Delivery, ...Delivery[]] =
      subscription.channel === 'email' ? [first, ...waiting.slice(1)] : [first];
    let result: AttemptResult;
    try {
      result = this.#judge(first, await this.#attempt(subscription, batch, signal));
    } catch (error) {
      if (!signal.aborted) throw error;
      await database.write(async (tx) => {
        if (await jobs.holds(tx, job)) await jobs.postpone(tx, job, now());
      });
      return 'ended';
    }
    const keys = batch.map(({ key }) => key);
    return this.#settle(job, isLast, result.next, (tx) => deliveries.record(tx, keys, result));
  }

  async #attempt(
    subscription: Subscription,
    batch: readonly [Delivery, ...Delivery[]],
    signal: AbortSignal,
  ): Promise<Attempt> {
    const { sender, mayRead } = this.#parts;
    if (subscription.status !== 'ACTIVE') {
      return { succeeded: false, error: 'The subscription is not active', mayPass: false };
    }
    const { model } = batch[0].event;
    if (!(await mayRead(subscription, model ?? ''))) {
      const error = 'Who has subscribed may not read this model any more';
      return { succeeded: false, error, mayPass: false };
    }
    return sender.send(subscription, batch, signal);
  }

  /**
   * Stores what came of an attempt, and what becomes of the job: it waits for the next attempt, it
   * goes on, or it is done where nothing waits any more.
   */
  #settle(
    job: Job,
    isLast: boolean,
    next: number | null = null,
    store: (tx: Transaction) => Promise<void> = async () => undefined,
  ): Promise<'ended' | 'more'> {
    const { database, deliveries, jobs, now } = this.#parts;
    return database.write(async (tx) => {
      if (!(await jobs.holds(tx, job))) return 'ended';
      await store(tx);
      if (next !== null) {
        await jobs.postpone(tx, job, next);
        return 'ended';
      }
      const left = await deliveries.pending(tx, job.reference, 1);
      if (left.length === 0) {
        await deliveries.dropOrphans(tx, job.reference);
        await jobs.finish(tx, job);
        return 'ended';
      }
      await jobs.postpone(tx, job, isLast ? now() : now() + LEASE);
      return isLast ? 'ended' : 'more';
    });
  }

  #judge(first: Delivery, attempt: Attempt): AttemptResult {
    const { settings, log } = this.#parts;
    const time = this.#parts.now();
    const attempts = first.attempts + 1;
    const deadline = first.queuedAt + settings.retryFor;
    const { retryAfter } = attempt;
    const next = attempt.mayPass
      ? nextAttempt({ attempts, retryAfter, now: time, deadline, random: Math.random() })
      : undefined;
    const status = attempt.succeeded ? 'SUCCEEDED' : next === undefined ? 'DEAD' : 'PENDING';
    const responseStatus = attempt.responseStatus ?? null;
    const error = attempt.error ?? null;
    if (status === 'DEAD') {
      const { id, subscriptionId } = first;
      const about = { delivery_id: id, subscription_id: subscriptionId };
      log.warn({ ...about, attempts, responseStatus, error }, 'a notification is given up');
    }
    return { status, attempts, time, next: next ?? null, responseStatus, error };
  }

  async #renewSecrets(): Promise<void> {
    const { database, subscriptions, secrets, log } = this.#parts;
    for (const { id, sealed } of await subscriptions.sealed(database.scan)) {
      try {
        const renewed = await secrets.renewed(sealed, id);
        if (renewed === undefined) continue;
        await database.write((tx) => subscriptions.reseal(tx, id, sealed, renewed));
      } catch (error) {
        const why =
          'the secret of a subscription was encrypted with a key that this server does not have';
        log.warn({ err: error, subscription_id: id }, why);
      }
    }
  }
}
