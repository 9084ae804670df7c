import { randomUUID } from 'node:crypto';
import type { Clock } from '../platform/clock.js';
import type { Transaction } from '../platform/db/database.js';
import type { JobStore } from '../platform/jobs/jobs.store.js';
import type { OwnReceivers } from '../platform/outgoing/own-receivers.js';
import type { RegistryEvent, RegistryEvents } from '../registry/registry-events.js';
import type { DeliveryStore } from './deliveries.store.js';
import { bodyOf } from './message.js';
import { MEANINGS, payloadOf } from './payloads.js';
import type { WebhookStore } from './webhooks.store.js';

/** The kind of job that a delivery is. */
export const DELIVERY_JOB = 'webhook';

/** What the kinds of those deliveries begin with that one process alone can make. */
export const OWN_DELIVERY_JOBS = `${DELIVERY_JOB}:`;

/** @returns the kind of a delivery to a receiver of this process, which no other one reaches */
export const ownDeliveryJob = ({ id }: OwnReceivers): string => `${OWN_DELIVERY_JOBS}${id}`;

export interface OutboxParts {
  readonly webhooks: WebhookStore;
  readonly deliveries: DeliveryStore;
  readonly jobs: JobStore;
  readonly now: Clock;
  /** That the models lie in; undefined where there are no workspaces. */
  readonly workspace: string | undefined;
  /** Receivers of this process itself. */
  readonly own?: OwnReceivers | undefined;
  /** Tells this process that there will be something to deliver. */
  readonly wake: () => void;
}

/** Who wants to hear of what a transaction is about to do. */
interface Expected {
  readonly kind: RegistryEvent['kind'];
  readonly rows: ReturnType<WebhookStore['subscribers']>;
}

/**
 * Stores what webhooks are to be told, in the transaction of the change itself: there is no
 * change without its events, and no event without its change. Where nobody listens it costs one
 * look at an index.
 */
export class WebhookOutbox implements RegistryEvents {
  readonly #parts: OutboxParts;
  readonly #expected = new WeakMap<Transaction, Expected>();

  constructor(parts: OutboxParts) {
    this.#parts = parts;
  }

  async expect(tx: Transaction, kind: RegistryEvent['kind']): Promise<unknown> {
    const rows = this.#subscribers(tx, kind);
    this.#expected.set(tx, { kind, rows });
    return rows;
  }

  #subscribers(tx: Transaction, kind: RegistryEvent['kind']) {
    const { action, ofModel, ofPrompt } = MEANINGS[kind];
    return this.#parts.webhooks.subscribers(tx, action, ofModel ?? ofPrompt, ofPrompt);
  }

  async emit(tx: Transaction, event: RegistryEvent): Promise<void> {
    const { deliveries, jobs, now, workspace, own, wake } = this.#parts;
    const { action, ofModel, ofPrompt } = MEANINGS[event.kind];
    const known = this.#expected.get(tx);
    const interested = await (known?.kind === event.kind
      ? known.rows
      : this.#subscribers(tx, event.kind));
    if (interested.length === 0) return;
    const isPrompt = await event.isPrompt();
    const entity = isPrompt ? ofPrompt : ofModel;
    const subscribers = interested.filter((one) => one.entity === entity);
    if (entity === undefined || subscribers.length === 0) return;
    const time = now();
    const stored = await deliveries.insert(
      tx,
      { entity, action },
      bodyOf({ entity, action }, payloadOf(event, isPrompt), time, workspace),
      subscribers.map(({ webhook }) => ({ deliveryId: randomUUID(), webhook })),
      time,
    );
    const due = stored.map(({ id, webhook }) => ({ reference: id, lane: webhook, due: time }));
    const inward = own?.areOpen ? subscribers.filter(({ url }) => own.has(url)) : [];
    const isInward = new Set(inward.map(({ webhook }) => webhook));
    await jobs.add(
      tx,
      DELIVERY_JOB,
      due.filter(({ lane }) => !isInward.has(lane)),
    );
    if (own !== undefined && inward.length > 0) {
      await jobs.add(
        tx,
        ownDeliveryJob(own),
        due.filter(({ lane }) => isInward.has(lane)),
      );
    }
    wake();
  }
}
