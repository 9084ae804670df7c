import { randomUUID } from 'node:crypto';
import type { Clock } from '../platform/clock.js';
import type { Database, Reader } from '../platform/db/database.js';
import type { By } from '../platform/http/operation.js';
import type { JobStore } from '../platform/jobs/jobs.store.js';
import type { OutgoingClient } from '../platform/outgoing/outgoing-client.js';
import type { Trail } from '../platform/trail.js';
import type { DeliveryStore } from './deliveries.store.js';
import { exampleOf, parseEvent, requireDistinct, type SentEvent } from './events.js';
import { bodyOf } from './message.js';
import { DELIVERY_JOB, ownDeliveryJob } from './outbox.js';
import type { WebhookSecrets } from './secrets.js';
import type { Attempt, WebhookSender } from './sender.js';
import { explainTarget, OWN_SCHEMES, parseTarget } from './target.js';
import {
  checkDescription,
  checkName,
  checkSecret,
  noWebhook,
  requireEvents,
  type Webhook,
  type WebhookStatus,
} from './webhooks.js';
import type { StoredWebhook, WebhookStore } from './webhooks.store.js';

export interface NewWebhook {
  readonly name: string;
  readonly url: string;
  readonly events: readonly SentEvent[];
  readonly description: string;
  /** Empty for none. */
  readonly secret: string;
  readonly status: WebhookStatus;
}

/** What is to change; an empty name, URL or list leaves all as it is. */
export interface WebhookChange {
  readonly name: string;
  readonly url: string;
  readonly events: readonly SentEvent[];
  /** Empty takes away what was there; undefined leaves it. */
  readonly description: string | undefined;
  readonly secret: string | undefined;
  readonly status: WebhookStatus | undefined;
}

export interface WebhookServiceParts {
  readonly database: Database;
  readonly webhooks: WebhookStore;
  readonly deliveries: DeliveryStore;
  readonly jobs: JobStore;
  readonly secrets: WebhookSecrets;
  readonly client: OutgoingClient;
  readonly sender: WebhookSender;
  readonly schemes: readonly string[];
  /** That they are about; undefined where there are no workspaces. */
  readonly workspace: string | undefined;
  readonly trail: Trail;
  readonly now: Clock;
}

/** The commands of webhooks. Names are looked up and secrets encrypted before a transaction. */
export class WebhookService {
  readonly #parts: WebhookServiceParts;

  constructor(parts: WebhookServiceParts) {
    this.#parts = parts;
  }

  /** @throws MlflowError 404 when there is no such webhook */
  async get(reader: Reader, webhookId: string): Promise<StoredWebhook> {
    const webhook = await this.#parts.webhooks.find(reader, webhookId);
    if (webhook === undefined) throw noWebhook(webhookId);
    return webhook;
  }

  async create(wish: NewWebhook, by: By): Promise<Webhook> {
    const { database, webhooks, trail, now } = this.#parts;
    const { name, url, description, status } = wish;
    const events = wish.events.map(parseEvent);
    checkName(name);
    await this.#checkTarget(url);
    requireEvents(events);
    requireDistinct(events);
    checkDescription(description);
    const webhookId = randomUUID();
    const secret = wish.secret === '' ? null : await this.#encrypt(wish.secret, webhookId);
    const values = { name, url, status, secret, description: description || null };
    return database.write(async (tx) => {
      const id = await webhooks.insert(tx, webhookId, values, now());
      await webhooks.setEvents(tx, id, events);
      const created = await this.get(tx, webhookId);
      await trail.record(tx, by, { ...deed('create', webhookId), after: toldOf(created) });
      return created;
    });
  }

  async update(webhookId: string, wish: WebhookChange, by: By): Promise<Webhook> {
    const { database, webhooks, trail, now } = this.#parts;
    const { name, url, description, secret, status } = wish;
    const events = wish.events.map(parseEvent);
    await this.get(database.read, webhookId);
    if (name !== '') checkName(name);
    if (url !== '') await this.#checkTarget(url);
    requireDistinct(events);
    checkDescription(description ?? '');
    const changed = {
      ...(name === '' ? {} : { name }),
      ...(url === '' ? {} : { url }),
      ...(description === undefined ? {} : { description: description || null }),
      ...(status === undefined ? {} : { status }),
      ...(secret === undefined
        ? {}
        : { secret: secret === '' ? null : await this.#encrypt(secret, webhookId) }),
    };
    return database.write(async (tx) => {
      const id = await webhooks.lock(tx, webhookId);
      if (id === undefined) throw noWebhook(webhookId);
      const before = await this.get(tx, webhookId);
      await webhooks.update(tx, id, changed, now());
      if (events.length > 0) await webhooks.setEvents(tx, id, events);
      const after = await this.get(tx, webhookId);
      await trail.record(tx, by, {
        ...deed('update', webhookId),
        before: toldOf(before),
        after: { ...toldOf(after), ...(secret === undefined ? {} : { secret_changed: true }) },
      });
      return after;
    });
  }

  /** Deletes a webhook, and with it what was still to be sent to it. */
  delete(webhookId: string, by: By): Promise<void> {
    const { database, webhooks, deliveries, jobs, client, trail } = this.#parts;
    return database.write(async (tx) => {
      const id = await webhooks.lock(tx, webhookId);
      if (id === undefined) throw noWebhook(webhookId);
      const before = toldOf(await this.get(tx, webhookId));
      await jobs.dropLane(tx, DELIVERY_JOB, id);
      if (client.own.areOpen) await jobs.dropLane(tx, ownDeliveryJob(client.own), id);
      await deliveries.dropPending(tx, id);
      await webhooks.delete(tx, id);
      await trail.record(tx, by, { ...deed('delete', webhookId), before });
    });
  }

  /**
   * Sends an example at once, to a disabled webhook too.
   *
   * @param event if there is none the first that the webhook hears of
   */
  async test(webhookId: string, event: SentEvent | undefined): Promise<Attempt> {
    const { database, sender, now } = this.#parts;
    const asked = event && parseEvent(event);
    const { url, secret, events } = await this.get(database.read, webhookId);
    const sent = asked ?? events[0];
    if (sent === undefined) throw new Error('A webhook has no events');
    const body = bodyOf(sent, exampleOf(sent), now(), this.#parts.workspace);
    const deliveryId = randomUUID();
    const message = { webhookId, url, secret, deliveryId, body };
    return sender.send(message, new AbortController().signal);
  }

  async #checkTarget(url: string): Promise<void> {
    const { client, schemes } = this.#parts;
    const target = parseTarget(url, client.own.has(url) ? OWN_SCHEMES : schemes);
    try {
      await client.check(target);
    } catch (error) {
      throw explainTarget(error, target);
    }
  }

  #encrypt(secret: string, webhookId: string): Promise<string> {
    checkSecret(secret);
    return this.#parts.secrets.encrypt(secret, webhookId);
  }
}

const deed = (verb: string, webhookId: string) => ({
  action: `webhook.${verb}`,
  object: { kind: 'webhook', id: webhookId },
});

/** A webhook without its secret. */
const toldOf = ({ name, url, events, status, description }: Webhook) => ({
  ...{ name, url, status, description },
  events: events.map(({ entity, action }) => `${entity}.${action}`),
});
