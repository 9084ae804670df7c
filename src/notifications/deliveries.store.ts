import { randomUUID } from 'node:crypto';
import type { EventKind, GovernanceEvent } from '../governance/events/governance-events.js';
import type { Binding, Database, Reader, Transaction } from '../platform/db/database.js';
import { isHere } from '../platform/db/workspace.js';

export type DeliveryStatus = 'PENDING' | 'SUCCEEDED' | 'DEAD';

/** An event as it was stored. */
export interface StoredEvent {
  readonly id: string;
  readonly kind: EventKind;
  readonly model: string | null;
  readonly version: number | null;
  readonly actor: string | null;
  /** In ms since the epoch. */
  readonly time: number;
  readonly summary: string;
  readonly data: Readonly<Record<string, unknown>>;
}

/** One event for one subscription, and what came of it. */
export interface Delivery {
  /** The key of the row. */
  readonly key: number;
  readonly id: string;
  readonly subscription: number;
  readonly subscriptionId: string;
  readonly stream: number;
  /** Which of the event's names was asked for. */
  readonly topic: string;
  readonly status: DeliveryStatus;
  readonly attempts: number;
  readonly createdAt: number;
  readonly queuedAt: number;
  readonly lastAttempt: number | null;
  readonly nextAttempt: number | null;
  readonly responseStatus: number | null;
  readonly error: string | null;
  readonly event: StoredEvent;
}

/** What came of an attempt. */
export interface AttemptResult {
  readonly status: DeliveryStatus;
  readonly attempts: number;
  readonly time: number;
  /** When it is tried again, if it is. */
  readonly next: number | null;
  readonly responseStatus: number | null;
  readonly error: string | null;
}

export interface DeliveryQuery {
  /** The key of a subscription; undefined for all. */
  readonly subscription?: number | undefined;
  /** Whose subscriptions; undefined for those of everybody. */
  readonly owner?: string | undefined;
  readonly status?: DeliveryStatus | undefined;
  readonly before: number;
  readonly limit: number;
}

type Row = Omit<Delivery, 'event'> &
  Omit<StoredEvent, 'id' | 'data'> & { readonly eventId: string; readonly data: string };

const SELECT =
  'select d.id as key, d.delivery_id as id, d.subscription, s.subscription_id as "subscriptionId", ' +
  'd.stream, d.topic, d.status, d.attempts, d.creation_timestamp as "createdAt", ' +
  'd.queued_time as "queuedAt", d.last_attempt_time as "lastAttempt", ' +
  'd.next_attempt_time as "nextAttempt", d.response_status as "responseStatus", ' +
  'd.error_message as error, e.event_id as "eventId", e.kind, e.model, e.version, e.actor, ' +
  'e.event_time as time, e.summary, e.data from notification_deliveries d ' +
  'join notification_events e on e.id = d.event ' +
  'join notification_subscriptions s on s.id = d.subscription';

const DELIVERIES = {
  table: 'notification_deliveries',
  columns: {
    delivery_id: 'text',
    subscription: 'bigint',
    stream: 'bigint',
    event: 'bigint',
    topic: 'text',
    status: 'text',
    attempts: 'bigint',
    creation_timestamp: 'bigint',
    queued_time: 'bigint',
    next_attempt_time: 'bigint',
    finished_time: 'bigint',
    error_message: 'text',
  },
} as const;
const STREAMS = {
  table: 'notification_streams',
  columns: { subscription: 'bigint', object: 'text' },
  conflict: 'on conflict (subscription, object) do nothing',
} as const;

/** SQL of events, and of what of them was and is to be sent. */
export class DeliveryStore {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  /** @returns the key of the event */
  async insertEvent(tx: Transaction, event: GovernanceEvent, now: number): Promise<number> {
    const { kind, model, version, actor, summary, data = {} } = event;
    const row = await tx.first<{ id: number }>({
      sql:
        'insert into notification_events (event_id, kind, model, version, actor, event_time, ' +
        'summary, data) values (?, ?, ?, ?, ?, ?, ?, ?) returning id',
      bindings: [
        ...[randomUUID(), kind, model ?? null, version ?? null, actor ?? null, now, summary],
        JSON.stringify(data),
      ],
    });
    if (row === undefined) throw new Error('A new event has no key');
    return row.id;
  }

  /** @returns the streams of several subscriptions about one object, made where they are missing */
  async streams(
    tx: Transaction,
    subscriptions: readonly number[],
    object: string,
  ): Promise<{ id: number; subscription: number }[]> {
    await tx.insert(
      STREAMS,
      subscriptions.map((subscription) => [subscription, object]),
    );
    const { sql, bindings } = this.#database.dialect.isOneOf('subscription', subscriptions);
    return tx.all({
      sql: `select id, subscription from notification_streams where object = ? and ${sql} order by id`,
      bindings: [object, ...bindings],
    });
  }

  /** @returns those of these streams in which as many deliveries wait as may */
  async fullStreams(
    reader: Reader,
    streams: readonly number[],
    limit: number,
  ): Promise<ReadonlySet<number>> {
    const { sql, bindings } = this.#database.dialect.isOneOf('t.id', streams);
    const rows = await reader.all<{ id: number }>({
      sql:
        `select t.id from notification_streams t where ${sql} and exists (` +
        "select 1 from notification_deliveries d where d.stream = t.id and d.status = 'PENDING' " +
        'order by d.id limit 1 offset ?)',
      bindings: [...bindings, limit - 1],
    });
    return new Set(rows.map(({ id }) => id));
  }

  /** Stores one event for several subscriptions. */
  async insert(
    tx: Transaction,
    event: number,
    deliveries: readonly {
      readonly subscription: number;
      readonly stream: number;
      readonly topic: string;
      /** Why it is not even tried. */
      readonly error?: string | undefined;
    }[],
    now: number,
  ): Promise<void> {
    await tx.insert(
      DELIVERIES,
      deliveries.map(({ subscription, stream, topic, error }) => [
        ...[randomUUID(), subscription, stream, event, topic],
        ...(error === undefined
          ? ['PENDING', 0, now, now, now, null, null]
          : ['DEAD', 0, now, now, null, now, error]),
      ]),
    );
  }

  /** @returns what is to be sent next in a stream, the oldest first */
  async pending(reader: Reader, stream: number, limit: number): Promise<Delivery[]> {
    const rows = await reader.all<Row>({
      sql: `${SELECT} where d.stream = ? and d.status = 'PENDING' order by d.id limit ?`,
      bindings: [stream, limit],
    });
    return rows.map(toDelivery);
  }

  async find(reader: Reader, subscription: number, id: string): Promise<Delivery | undefined> {
    const sql = `${SELECT} where d.delivery_id = ? and d.subscription = ?`;
    const row = await reader.first<Row>({ sql, bindings: [id, subscription] });
    return row && toDelivery(row);
  }

  /** @returns a page of deliveries, the newest first */
  async page({ subscription, owner, status, before, limit }: DeliveryQuery): Promise<Delivery[]> {
    const conditions = ['d.id < ?', isHere(this.#database, 's')];
    const bindings: Binding[] = [before];
    if (subscription !== undefined) {
      conditions.push('d.subscription = ?');
      bindings.push(subscription);
    }
    if (owner !== undefined) {
      conditions.push('s.owner = ?');
      bindings.push(owner);
    }
    if (status !== undefined) {
      // Written out: an index of the dead alone is used for no placeholder.
      conditions.push(status === 'DEAD' ? "d.status = 'DEAD'" : 'd.status = ?');
      if (status !== 'DEAD') bindings.push(status);
    }
    const sql = `${SELECT} where ${conditions.join(' and ')} order by d.id desc limit ?`;
    const rows = await this.#database.scan.all<Row>({ sql, bindings: [...bindings, limit] });
    return rows.map(toDelivery);
  }

  /** Writes down what came of an attempt that was about several deliveries. */
  async record(tx: Transaction, keys: readonly number[], result: AttemptResult): Promise<void> {
    const { sql, bindings } = this.#database.dialect.isOneOf('id', keys);
    const finished = result.status === 'PENDING' ? null : result.time;
    await tx.run({
      sql:
        'update notification_deliveries set status = ?, attempts = ?, last_attempt_time = ?, ' +
        'next_attempt_time = ?, finished_time = ?, response_status = ?, error_message = ? ' +
        `where ${sql}`,
      bindings: [
        ...[result.status, result.attempts, result.time, result.next, finished],
        ...[result.responseStatus, result.error, ...bindings],
      ],
    });
  }

  /** Everything is open again for deliveries that may have ended. */
  async requeue(tx: Transaction, keys: readonly number[], now: number): Promise<void> {
    const { sql, bindings } = this.#database.dialect.isOneOf('id', keys);
    await tx.run({
      sql:
        "update notification_deliveries set status = 'PENDING', attempts = 0, queued_time = ?, " +
        `next_attempt_time = ?, finished_time = null where ${sql}`,
      bindings: [now, now, ...bindings],
    });
  }

  /** Forgets what waits in a stream whose subscription was ended at the time of an event. */
  async dropOrphans(tx: Transaction, stream: number): Promise<void> {
    await tx.run({
      sql:
        "delete from notification_deliveries where stream = ? and status = 'PENDING' " +
        'and subscription not in (select id from notification_subscriptions)',
      bindings: [stream],
    });
  }

  /** Forgets deliveries that ended before a time; @returns how many, at most `limit` */
  deleteEnded(tx: Transaction, before: number, limit: number): Promise<number> {
    return tx.run({
      sql:
        'delete from notification_deliveries where id in (select id from notification_deliveries ' +
        'where finished_time < ? order by finished_time limit ?)',
      bindings: [before, limit],
    });
  }

  /** Forgets events before a time of which nobody is to be told any more. */
  deleteEvents(tx: Transaction, before: number, limit: number): Promise<number> {
    return tx.run({
      sql:
        'delete from notification_events where id in (select e.id from notification_events e ' +
        'where e.event_time < ? and not exists (select 1 from notification_deliveries d ' +
        'where d.event = e.id) order by e.event_time limit ?)',
      bindings: [before, limit],
    });
  }
}

const toDelivery = ({
  eventId,
  kind,
  model,
  version,
  actor,
  time,
  summary,
  data,
  ...row
}: Row) => ({
  ...row,
  event: {
    ...{ id: eventId, kind, model, version, actor, time, summary },
    data: JSON.parse(data) as Record<string, unknown>,
  },
});
