import { createHash } from 'node:crypto';
import type { Alert, Alerts } from '../governance/alerts/alerts.js';
import type {
  EventKind,
  ExpectedEvent,
  GovernanceEvent,
  GovernanceEvents,
} from '../governance/events/governance-events.js';
import { canonicalJson } from '../platform/canonical-json.js';
import type { Clock } from '../platform/clock.js';
import type { Transaction } from '../platform/db/database.js';
import type { JobStore } from '../platform/jobs/jobs.store.js';
import { FOREVER, isAlert, sameFor } from './alert-kinds.js';
import type { AlertStore } from './alerts.store.js';
import type { DeliveryStore } from './deliveries.store.js';
import { isAbout } from './subscriptions.js';
import type { Interested, SubscriptionStore } from './subscriptions.store.js';
import { topicsOf } from './topics.js';

/** The kind of job that sends what waits in a stream. */
export const STREAM_JOB = 'notifications';
/** What may wait for one receiver about one model; whatever comes beyond is a dead letter. */
const MAX_PENDING = 1_000;

export interface OutboxParts {
  readonly subscriptions: SubscriptionStore;
  readonly deliveries: DeliveryStore;
  readonly alerts: AlertStore;
  readonly jobs: JobStore;
  readonly now: Clock;
  /** Tells this process that there will be something to deliver. */
  readonly wake: () => void;
}

/** Who wants to hear of what a transaction is about to do. */
interface Expected {
  readonly model: string;
  readonly topics: ReadonlySet<string>;
  readonly rows: Promise<readonly Interested[]>;
}

/**
 * Stores what is to be told to whom in the transaction of the change itself: there is no change
 * without its events, and no event without its change. Where nobody listens it costs one look at
 * an index.
 */
export class NotificationOutbox implements GovernanceEvents, Alerts {
  readonly #parts: OutboxParts;
  readonly #expected = new WeakMap<Transaction, Expected>();

  constructor(parts: OutboxParts) {
    this.#parts = parts;
  }

  async expect(tx: Transaction, model: string, events: readonly ExpectedEvent[]): Promise<unknown> {
    const topics = new Set(events.flatMap(topicsOf));
    const rows = this.#parts.subscriptions.interested(tx, [...topics], model);
    this.#expected.set(tx, { model, topics, rows });
    return rows;
  }

  async emit(tx: Transaction, event: GovernanceEvent): Promise<void> {
    if (isAlert(event.kind) && !(await this.#alert(tx, event))) return;
    await this.#tell(tx, event);
  }

  /** Stores an alert, and tells those who have subscribed to its kind. */
  async raise(tx: Transaction, { kind, model, version, summary, details }: Alert): Promise<void> {
    const data = details === undefined ? {} : { data: details };
    // Whoever raises an alert of a kind of his own reaches those who asked for everything.
    const event = { kind: kind as EventKind, model, version, summary, ...data };
    if (await this.#alert(tx, event)) await this.#tell(tx, event);
  }

  /** @returns whether it is a new one, and not the same again */
  async #alert(tx: Transaction, event: GovernanceEvent): Promise<boolean> {
    const { alerts, now } = this.#parts;
    const time = now();
    const { kind, model, version, actor, data = {} } = event;
    const { key, window } = sameFor(kind, data);
    const about = canonicalJson([kind, model ?? null, version ?? null, actor ?? null, key]);
    const sameness = createHash('sha256').update(about).digest('hex');
    // What stays so is told once.
    if (window === FOREVER && (await alerts.isKnown(tx, sameness))) return false;
    if (window > 0 && (await alerts.countAgain(tx, sameness, time - window, time))) return false;
    await alerts.insert(tx, event, sameness, time);
    return true;
  }

  async #tell(tx: Transaction, event: GovernanceEvent): Promise<void> {
    const { deliveries, jobs, now, wake } = this.#parts;
    const model = event.model ?? '';
    const rows = await this.#interested(tx, model, topicsOf(event));
    const told = await this.#toldOf(tx, event, rows);
    if (told.length === 0 || (await event.isPrompt?.())) return;
    const time = now();
    const key = await deliveries.insertEvent(tx, event, time);
    const keys = [...new Set(told.map((one) => one.key))];
    const streams = await deliveries.streams(tx, keys, model);
    const ids = streams.map(({ id }) => id);
    const full = await deliveries.fullStreams(tx, ids, MAX_PENDING);
    const streamOf = new Map(streams.map(({ id, subscription }) => [subscription, id]));
    const made = told.flatMap(({ key: subscription, topic }) => {
      const stream = streamOf.get(subscription);
      if (stream === undefined) return [];
      const error = full.has(stream)
        ? `More than ${MAX_PENDING} deliveries wait for this receiver`
        : undefined;
      return [{ subscription, stream, topic, error }];
    });
    await deliveries.insert(tx, key, made, time);
    const owed = streams.filter(({ id }) => !full.has(id));
    await jobs.ensure(
      tx,
      STREAM_JOB,
      owed.map(({ id, subscription }) => ({ reference: id, lane: subscription, due: time })),
    );
    wake();
  }

  async #interested(
    tx: Transaction,
    model: string,
    topics: readonly string[],
  ): Promise<readonly Interested[]> {
    const known = this.#expected.get(tx);
    if (known?.model !== model || !topics.every((topic) => known.topics.has(topic))) {
      return this.#parts.subscriptions.interested(tx, topics, model);
    }
    return (await known.rows).filter(({ topic }) => topics.includes(topic));
  }

  /** @returns who is told: registry webhooks once for each name that they asked for, others once */
  async #toldOf(
    tx: Transaction,
    event: GovernanceEvent,
    rows: readonly Interested[],
  ): Promise<readonly Interested[]> {
    const { model = '', version } = event;
    const fits = rows.filter(({ channel, modelPattern }) => isAbout(channel, modelPattern, model));
    const once = new Map<string, Interested>();
    for (const row of fits) {
      const key = row.channel === 'databricks' ? `${row.key} ${row.topic}` : `${row.key}`;
      if (!once.has(key)) once.set(key, row);
    }
    const told = [...once.values()];
    if (!told.some(({ preference }) => preference !== null)) return told;
    // What somebody wishes for one model counts more than what he wishes for all.
    const special = new Set(
      told.flatMap((one) => (one.preference && one.modelPattern !== '*' ? [one.owner] : [])),
    );
    const follows = told.some(({ preference }) => preference === 'SUBSCRIBED');
    const followers =
      follows && version !== undefined
        ? await this.#parts.subscriptions.followers(tx, model, version)
        : [];
    return told.filter(({ preference, modelPattern, owner }) => {
      if (preference === null) return true;
      if (modelPattern === '*' && special.has(owner)) return false;
      if (preference === 'SUBSCRIBED') return followers.includes(owner);
      return preference === 'ALL_EVENTS';
    });
  }
}
