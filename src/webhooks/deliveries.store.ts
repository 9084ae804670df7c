import type { Database, Reader, Transaction } from '../platform/db/database.js';
import { keysetAfter, type SortColumn } from '../platform/filter/keyset.js';
import { decodePageToken, nextPage } from '../platform/filter/page-token.js';
import type { Action, Entity, WebhookEvent } from './events.js';
import type { WebhookStatus } from './webhooks.js';
import type { Page } from './webhooks.store.js';

export type DeliveryStatus = 'PENDING' | 'SUCCEEDED' | 'FAILED';

/** One event for one webhook, and what came of it; times in ms since the epoch. */
export interface Delivery {
  readonly id: number;
  readonly delivery_id: string;
  readonly entity: Entity;
  readonly action: Action;
  readonly status: DeliveryStatus;
  readonly attempts: number;
  readonly creation_timestamp: number;
  readonly last_attempt_time: number | null;
  readonly next_attempt_time: number | null;
  readonly response_status: number | null;
  readonly error_message: string | null;
}

/** All that is needed to send one. */
export interface DueDelivery {
  readonly delivery_id: string;
  readonly payload: string;
  readonly attempts: number;
  readonly queued_time: number;
  readonly webhook_id: string;
  readonly url: string;
  readonly secret: string | null;
  readonly webhook_status: WebhookStatus;
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

const COLUMNS =
  'd.id, d.delivery_id, d.entity, d.action, d.status, d.attempts, d.creation_timestamp, ' +
  'd.last_attempt_time, d.next_attempt_time, d.response_status, d.error_message';

/** The newest first. */
const ORDER: readonly SortColumn[] = [
  { sql: 'd.id', bindings: [], name: 'id', type: 'integer', ascending: false, nullable: false },
];

const DELIVERIES = {
  table: 'webhook_deliveries',
  columns: {
    delivery_id: 'text',
    webhook: 'bigint',
    entity: 'text',
    action: 'text',
    payload: 'text',
    status: 'text',
    attempts: 'bigint',
    creation_timestamp: 'bigint',
    queued_time: 'bigint',
    next_attempt_time: 'bigint',
  },
} as const;

/** SQL of what was and is to be sent. */
export class DeliveryStore {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  /** Stores one event for several webhooks; @returns the keys of the new rows */
  async insert(
    tx: Transaction,
    { entity, action }: WebhookEvent,
    payload: string,
    deliveries: readonly { readonly deliveryId: string; readonly webhook: number }[],
    now: number,
  ): Promise<{ id: number; webhook: number }[]> {
    await tx.insert(
      DELIVERIES,
      deliveries.map(({ deliveryId, webhook }) => [
        ...[deliveryId, webhook, entity, action, payload, 'PENDING', 0, now, now, now],
      ]),
    );
    const ids = deliveries.map(({ deliveryId }) => deliveryId);
    const { sql, bindings } = this.#database.dialect.isOneOfText('delivery_id', ids);
    return tx.all({ sql: `select id, webhook from webhook_deliveries where ${sql}`, bindings });
  }

  async find(
    reader: Reader,
    webhook: number,
    deliveryId: string,
  ): Promise<(Delivery & { readonly payload: string }) | undefined> {
    return reader.first({
      sql:
        `select ${COLUMNS}, d.payload from webhook_deliveries d ` +
        'where d.delivery_id = ? and d.webhook = ?',
      bindings: [deliveryId, webhook],
    });
  }

  /** @throws MlflowError 400 for a page token that is broken or of another list */
  async page(
    webhook: number,
    status: DeliveryStatus | undefined,
    size: number,
    pageToken: string | undefined,
  ): Promise<Page<Delivery>> {
    const query = { webhook, status: status ?? null };
    const position = decodePageToken(pageToken, query, ORDER);
    const after = position !== undefined && 'after' in position ? position.after : undefined;
    const behind = after && keysetAfter(ORDER, after);
    const conditions = ['d.webhook = ?'];
    if (status !== undefined) conditions.push('d.status = ?');
    if (behind !== undefined) conditions.push(behind.sql);
    const rows = await this.#database.scan.all<Delivery & Record<string, unknown>>({
      sql:
        `select ${COLUMNS} from webhook_deliveries d where ${conditions.join(' and ')} ` +
        'order by d.id desc limit ?',
      bindings: [
        webhook,
        ...(status === undefined ? [] : [status]),
        ...(behind?.bindings ?? []),
        size + 1,
      ],
    });
    return nextPage(rows, size, ORDER, query, position);
  }

  /** @returns what is to be sent, or undefined when its webhook is gone */
  findDue(reader: Reader, id: number): Promise<DueDelivery | undefined> {
    return reader.first({
      sql:
        'select d.delivery_id, d.payload, d.attempts, d.queued_time, w.webhook_id, w.url, ' +
        'w.secret, w.status as webhook_status from webhook_deliveries d ' +
        'join webhooks w on w.id = d.webhook where d.id = ?',
      bindings: [id],
    });
  }

  async record(tx: Transaction, id: number, result: AttemptResult): Promise<void> {
    const finished = result.status === 'PENDING' ? null : result.time;
    await tx.run({
      sql:
        'update webhook_deliveries set status = ?, attempts = ?, last_attempt_time = ?, ' +
        'next_attempt_time = ?, finished_time = ?, response_status = ?, error_message = ? ' +
        'where id = ?',
      bindings: [
        ...[result.status, result.attempts, result.time, result.next, finished],
        ...[result.responseStatus, result.error, id],
      ],
    });
  }

  /** Everything is open again for one that may have ended. */
  async requeue(tx: Transaction, id: number, now: number): Promise<void> {
    await tx.run({
      sql:
        "update webhook_deliveries set status = 'PENDING', queued_time = ?, " +
        'next_attempt_time = ?, finished_time = null where id = ?',
      bindings: [now, now, id],
    });
  }

  /** Forgets what was to be sent to a webhook that goes. */
  async dropPending(tx: Transaction, webhook: number): Promise<void> {
    await tx.run({
      sql: "delete from webhook_deliveries where webhook = ? and status = 'PENDING'",
      bindings: [webhook],
    });
  }

  /** Forgets deliveries that ended before a time; @returns how many, at most `limit` */
  deleteEnded(tx: Transaction, before: number, limit: number): Promise<number> {
    return tx.run({
      sql:
        'delete from webhook_deliveries where id in (select id from webhook_deliveries ' +
        'where finished_time < ? order by finished_time limit ?)',
      bindings: [before, limit],
    });
  }
}
