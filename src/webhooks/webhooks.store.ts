import type { Database, Reader, Statement, Transaction } from '../platform/db/database.js';
import { isHere, named } from '../platform/db/workspace.js';
import { keysetAfter, type SortColumn } from '../platform/filter/keyset.js';
import { decodePageToken, nextPage } from '../platform/filter/page-token.js';
import type { Action, Entity, WebhookEvent } from './events.js';
import type { Webhook, WebhookStatus } from './webhooks.js';

/** A webhook with what only the server itself may see. */
export interface StoredWebhook extends Webhook {
  readonly id: number;
  /** Encrypted. */
  readonly secret: string | null;
}

/** What is stored of a webhook; absent parts of a change stay as they are. */
export interface WebhookValues {
  readonly name: string;
  readonly description: string | null;
  readonly url: string;
  readonly secret: string | null;
  readonly status: WebhookStatus;
}

export interface Page<Row> {
  readonly rows: readonly Row[];
  /** Leads to the next page; absent on the last. */
  readonly token: string | undefined;
}

type WebhookRow = Omit<StoredWebhook, 'events'> & { readonly events: string };

const EVENTS = {
  table: 'webhook_events',
  columns: { entity: 'text', action: 'text', webhook: 'bigint' },
} as const;

/** The newest first. */
const ORDER: readonly SortColumn[] = [
  { sql: 'w.id', bindings: [], name: 'id', type: 'integer', ascending: false, nullable: false },
];

/** SQL of the webhooks; everywhere `w` is the webhook's row. */
export class WebhookStore {
  readonly #database: Database;
  readonly #select: string;
  readonly #here: string;

  constructor(database: Database) {
    this.#database = database;
    this.#here = isHere(database, 'w');
    const events = database.dialect.jsonObjects(
      { entity: 'e.entity', action: 'e.action' },
      'webhook_events e where e.webhook = w.id',
      'e.entity, e.action',
    );
    this.#select =
      'select w.id, w.webhook_id, w.name, w.description, w.url, w.secret, w.status, ' +
      `w.creation_timestamp, w.last_updated_timestamp, ${events} as events from webhooks w`;
  }

  find(reader: Reader, webhookId: string): Promise<StoredWebhook | undefined> {
    return this.#one(reader, {
      sql: `${this.#select} where w.webhook_id = ? and ${this.#here}`,
      bindings: [webhookId],
    });
  }

  /** Holds a webhook until the transaction ends; @returns the key of its row, if there is one */
  /** @returns the ids of all webhooks of a name */
  async idsNamed(reader: Reader, name: string): Promise<string[]> {
    const sql = `select webhook_id as id from webhooks w where ${named(this.#database, 'w')} = ?`;
    return (await reader.all<{ id: string }>({ sql, bindings: [name] })).map(({ id }) => id);
  }

  async lock(tx: Transaction, webhookId: string): Promise<number | undefined> {
    const row = await tx.first<{ id: number }>({
      sql: `select id from webhooks w where webhook_id = ? and ${this.#here}${this.#database.dialect.forUpdate}`,
      bindings: [webhookId],
    });
    return row?.id;
  }

  /** @throws MlflowError 400 for a page token that is broken */
  async page(size: number, pageToken: string | undefined): Promise<Page<StoredWebhook>> {
    const query = { list: 'webhooks' };
    const position = decodePageToken(pageToken, query, ORDER);
    const after = position !== undefined && 'after' in position ? position.after : undefined;
    const behind = after && keysetAfter(ORDER, after);
    const rows = await this.#database.scan.all<WebhookRow & Record<string, unknown>>({
      sql: `${this.#select} where ${this.#here}${behind ? ` and ${behind.sql}` : ''} order by w.id desc limit ?`,
      bindings: [...(behind?.bindings ?? []), size + 1],
    });
    const page = nextPage(rows, size, ORDER, query, position);
    return { rows: page.rows.map(toWebhook), token: page.token };
  }

  /** @returns the key of the new row */
  async insert(
    tx: Transaction,
    webhookId: string,
    values: WebhookValues,
    now: number,
  ): Promise<number> {
    const row = await tx.first<{ id: number }>({
      sql:
        'insert into webhooks (workspace, webhook_id, name, description, url, secret, status, ' +
        'creation_timestamp, last_updated_timestamp) values (?, ?, ?, ?, ?, ?, ?, ?, ?) returning id',
      bindings: [
        ...[
          this.#database.workspace,
          webhookId,
          values.name,
          values.description,
          values.url,
          values.secret,
          values.status,
        ],
        ...[now, now],
      ],
    });
    if (row === undefined) throw new Error('A new webhook has no key');
    return row.id;
  }

  async update(
    tx: Transaction,
    webhook: number,
    changed: Partial<WebhookValues>,
    now: number,
  ): Promise<void> {
    await tx.run(
      this.#database
        .sql('webhooks')
        .where({ id: webhook })
        .update({ ...changed, last_updated_timestamp: now }),
    );
  }

  /** Takes the place of the events that were there. */
  async setEvents(
    tx: Transaction,
    webhook: number,
    events: readonly WebhookEvent[],
  ): Promise<void> {
    await tx.run({ sql: 'delete from webhook_events where webhook = ?', bindings: [webhook] });
    await tx.insert(
      EVENTS,
      events.map(({ entity, action }) => [entity, action, webhook]),
    );
  }

  async delete(tx: Transaction, webhook: number): Promise<void> {
    await tx.run({ sql: 'delete from webhooks where id = ?', bindings: [webhook] });
  }

  /** @returns the active webhooks that want to hear of this action on either entity */
  subscribers(
    reader: Reader,
    action: Action,
    one: Entity,
    other: Entity,
  ): Promise<{ readonly webhook: number; readonly entity: Entity; readonly url: string }[]> {
    return reader.all({
      sql:
        'select e.webhook, e.entity, w.url from webhook_events e join webhooks w on w.id = e.webhook ' +
        `where e.entity in (?, ?) and e.action = ? and w.status = 'ACTIVE' and ${this.#here} ` +
        'order by e.webhook',
      bindings: [one, other, action],
    });
  }

  /** @returns every secret there is, encrypted */
  secrets(reader: Reader): Promise<{ webhook_id: string; secret: string }[]> {
    return reader.all({
      sql: 'select webhook_id, secret from webhooks where secret is not null',
      bindings: [],
    });
  }

  /** Puts a secret in another encryption, unless it was changed meanwhile. */
  async replaceSecret(tx: Transaction, id: string, from: string, to: string): Promise<void> {
    await tx.run({
      sql: 'update webhooks set secret = ? where webhook_id = ? and secret = ?',
      bindings: [to, id, from],
    });
  }

  async #one(reader: Reader, statement: Statement): Promise<StoredWebhook | undefined> {
    const row = await reader.first<WebhookRow>(statement);
    return row && toWebhook(row);
  }
}

const toWebhook = (row: WebhookRow): StoredWebhook => ({
  ...row,
  events: JSON.parse(row.events) as WebhookEvent[],
});
