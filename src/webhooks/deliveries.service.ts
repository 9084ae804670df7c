import { badRequest, type MlflowError, notFound } from '../errors.js';
import type { Clock } from '../platform/clock.js';
import type { Database, Reader } from '../platform/db/database.js';
import type { JobStore } from '../platform/jobs/jobs.store.js';
import type { Delivery, DeliveryStatus, DeliveryStore } from './deliveries.store.js';
import { DELIVERY_JOB } from './outbox.js';
import { noWebhook } from './webhooks.js';
import type { Page, WebhookStore } from './webhooks.store.js';

export interface DeliveryServiceParts {
  readonly database: Database;
  readonly webhooks: WebhookStore;
  readonly deliveries: DeliveryStore;
  readonly jobs: JobStore;
  readonly now: Clock;
  readonly wake: () => void;
}

export type ShownDelivery = Delivery & { readonly payload: string };

/** The history of what was sent, and the wish to have it sent again. */
export class DeliveryService {
  readonly #parts: DeliveryServiceParts;

  constructor(parts: DeliveryServiceParts) {
    this.#parts = parts;
  }

  async list(
    webhookId: string,
    status: DeliveryStatus | undefined,
    size: number,
    pageToken: string | undefined,
  ): Promise<Page<Delivery>> {
    const { database, deliveries, webhooks } = this.#parts;
    const webhook = await webhooks.find(database.read, webhookId);
    if (webhook === undefined) throw noWebhook(webhookId);
    return deliveries.page(webhook.id, status, size, pageToken);
  }

  async get(reader: Reader, webhookId: string, deliveryId: string): Promise<ShownDelivery> {
    const { deliveries, webhooks } = this.#parts;
    const webhook = await webhooks.find(reader, webhookId);
    if (webhook === undefined) throw noWebhook(webhookId);
    const found = await deliveries.find(reader, webhook.id, deliveryId);
    if (found === undefined) throw noDelivery(webhookId, deliveryId);
    return found;
  }

  /** Sends a delivery again under its old id, whether or not it had arrived. */
  async redeliver(webhookId: string, deliveryId: string): Promise<ShownDelivery> {
    const { database, deliveries, webhooks, jobs, now, wake } = this.#parts;
    const delivery = await database.write(async (tx) => {
      const webhook = await webhooks.lock(tx, webhookId);
      if (webhook === undefined) throw noWebhook(webhookId);
      const found = await this.get(tx, webhookId, deliveryId);
      const { status } = (await webhooks.find(tx, webhookId)) ?? {};
      if (status !== 'ACTIVE') {
        throw badRequest(`Webhook with ID ${webhookId} is disabled: nothing is sent to it.`);
      }
      const time = now();
      // First the job, as whoever delivers does: the other way round they could wait for each other.
      await jobs.add(tx, DELIVERY_JOB, [{ reference: found.id, lane: webhook, due: time }]);
      await deliveries.requeue(tx, found.id, time);
      return this.get(tx, webhookId, deliveryId);
    });
    wake();
    return delivery;
  }
}

const noDelivery = (webhookId: string, deliveryId: string): MlflowError =>
  notFound(`Webhook with ID ${webhookId} has no delivery with ID ${deliveryId}.`);
