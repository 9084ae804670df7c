import { randomUUID } from 'node:crypto';
import { invalidParameter, MlflowError, notFound } from '../errors.js';
import type { EventKind } from '../governance/events/governance-events.js';
import { checkMayWrite } from '../governance/writing-tokens.js';
import type { Clock } from '../platform/clock.js';
import type { Database, Transaction } from '../platform/db/database.js';
import type { By } from '../platform/http/operation.js';
import type { JobStore } from '../platform/jobs/jobs.store.js';
import type { Trail } from '../platform/trail.js';
import type { Delivery, DeliveryStatus, DeliveryStore, StoredEvent } from './deliveries.store.js';
import { STREAM_JOB } from './outbox.js';
import type { Attempt, Sender } from './sender.js';
import type { Subscription } from './subscriptions.js';
import type { SubscriptionService } from './subscriptions.service.js';
import type { SubscriptionStore } from './subscriptions.store.js';

export interface DeliveryServiceParts {
  readonly database: Database;
  readonly subscriptions: SubscriptionStore;
  readonly service: Pick<SubscriptionService, 'get'>;
  readonly deliveries: DeliveryStore;
  readonly jobs: JobStore;
  readonly sender: Sender;
  readonly trail: Trail;
  readonly now: Clock;
  readonly wake: () => void;
}

/** What a test sends, whatever the registry holds. */
const EXAMPLE_MODEL = 'ExampleModel';
const MAX_REQUEUED = 1_000;
/** Characters of a receiver's answer to a test. */
const SHOWN = 1_000;

/** The history of what was sent, to registry webhooks too, and the wish to have it sent again. */
export class DeliveryService {
  readonly #parts: DeliveryServiceParts;

  constructor(parts: DeliveryServiceParts) {
    this.#parts = parts;
  }

  async list(
    id: string,
    by: By,
    asked: { status: DeliveryStatus | undefined; before: number; limit: number },
  ): Promise<Delivery[]> {
    const { key } = await this.#parts.service.get(id, by);
    return this.#parts.deliveries.page({ subscription: key, ...asked });
  }

  async get(id: string, delivery: string, by: By): Promise<Delivery> {
    const { database, service, deliveries } = this.#parts;
    const { key } = await service.get(id, by);
    const found = await deliveries.find(database.read, key, delivery);
    if (found === undefined) throw noDelivery(delivery);
    return found;
  }

  /** Sends a delivery again under its old id, whether or not it had arrived. */
  async replay(id: string, delivery: string, by: By): Promise<Delivery> {
    checkMayWrite(by);
    const { database, subscriptions, service, deliveries, trail, wake } = this.#parts;
    const { status } = await service.get(id, by);
    if (status !== 'ACTIVE') {
      throw invalidParameter(`The subscription is ${status}: nothing is sent to it.`);
    }
    const again = await database.write(async (tx) => {
      const key = await subscriptions.lock(tx, id);
      const found = key === undefined ? undefined : await deliveries.find(tx, key, delivery);
      if (found === undefined) throw noDelivery(delivery);
      await this.#requeue(tx, [found]);
      await trail.record(tx, by, {
        action: 'subscription.replay',
        object: { kind: 'subscription', id },
        after: { delivery_id: delivery },
      });
      return found;
    });
    wake();
    return this.get(id, again.id, by);
  }

  /** Sends dead letters again, the oldest first; @returns how many */
  async requeueDead(subscription: string | undefined, by: By): Promise<number> {
    checkMayWrite(by);
    const { database, service, deliveries, trail, wake } = this.#parts;
    const { isAdmin, name } = by.caller;
    const key = subscription === undefined ? undefined : (await service.get(subscription, by)).key;
    const owner = isAdmin || key !== undefined ? undefined : name;
    const dead = await deliveries.page({
      ...{ subscription: key, owner, status: 'DEAD' },
      ...{ before: Number.MAX_SAFE_INTEGER, limit: MAX_REQUEUED },
    });
    if (dead.length === 0) return 0;
    await database.write(async (tx) => {
      await this.#requeue(tx, dead);
      await trail.record(tx, by, {
        action: 'subscription.requeue',
        object: { kind: 'subscription', id: subscription ?? '*' },
        after: { deliveries: dead.length },
      });
    });
    wake();
    return dead.length;
  }

  /** Sends an example at once; a disabled subscription is sent nothing. */
  async test(subscription: Subscription, topic: string, by: By): Promise<Attempt> {
    checkMayWrite(by);
    const { sender, now } = this.#parts;
    if (subscription.status === 'DISABLED') {
      throw new MlflowError(
        'INVALID_PARAMETER_VALUE',
        `'${subscription.id}' is DISABLED: nothing is sent to it. TEST_MODE lets tests through.`,
      );
    }
    const event = exampleOf(topic, subscription.modelPattern, now());
    const signal = new AbortController().signal;
    // What a receiver says is shown to administrators alone: this server is nobody's browser.
    const keep = by.caller.isAdmin ? SHOWN : 0;
    return sender.send(subscription, [{ id: randomUUID(), topic, event }], signal, keep);
  }

  async #requeue(tx: Transaction, found: readonly Delivery[]): Promise<void> {
    const { deliveries, jobs, now } = this.#parts;
    const time = now();
    const streams = new Map(found.map(({ stream, subscription }) => [stream, subscription]));
    // First the jobs, as whoever delivers does: the other way round they could wait for each other.
    const due = [...streams].map(([reference, lane]) => ({ reference, lane, due: time }));
    await jobs.ensure(
      tx,
      STREAM_JOB,
      due.sort((one, other) => one.reference - other.reference),
    );
    await deliveries.requeue(
      tx,
      found.map(({ key }) => key),
      time,
    );
  }
}

/** @returns an event as a test sends it */
function exampleOf(topic: string, pattern: string, now: number): StoredEvent {
  const isModel = topic === 'REGISTERED_MODEL_CREATED' || topic.startsWith('registered_model');
  const model = pattern === '' || /[*?]/.test(pattern) ? EXAMPLE_MODEL : pattern;
  const stage = /TO_(STAGING|PRODUCTION|ARCHIVED)/.exec(topic)?.[1] ?? 'PRODUCTION';
  const to = stage.charAt(0) + stage.slice(1).toLowerCase();
  const hasStage = /TRANSITION/i.test(topic);
  return {
    ...{ id: randomUUID(), kind: topic as EventKind, model, time: now, actor: null },
    version: isModel ? null : 1,
    summary: `This is a test of ${topic} for '${model}'. Nothing has happened.`,
    data: { test: true, ...(hasStage ? { from_stage: 'None', to_stage: to } : {}) },
  };
}

const noDelivery = (id: string): MlflowError =>
  notFound(`There is no delivery with the id '${id.slice(0, 64)}'.`);
