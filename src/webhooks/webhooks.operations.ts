import { invalidParameter } from '../errors.js';
import type { Database } from '../platform/db/database.js';
import type { OperationTable } from '../platform/http/operation.js';
import type { Action, Entity, WebhookEvent } from './events.js';
import type { Attempt } from './sender.js';
import type { Webhook } from './webhooks.js';
import type { WebhookService } from './webhooks.service.js';
import type { WebhookStore } from './webhooks.store.js';

type Ids =
  | 'createWebhook'
  | 'listWebhooks'
  | 'getWebhook'
  | 'updateWebhook'
  | 'deleteWebhook'
  | 'testWebhook';

/** Rows of a page, unless the caller says otherwise, and at most. */
const DEFAULT_SIZE = 100;
const MAX_SIZE = 1_000;

/** MLflow's webhooks. */
export const webhookOperations = (
  database: Database,
  store: WebhookStore,
  service: WebhookService,
): OperationTable<Ids> => ({
  createWebhook: {
    access: 'admin',
    of: 'server',
    handler: async ({ description = '', secret = '', status = 'ACTIVE', ...wish }, by) => ({
      webhook: webhookToWire(await service.create({ ...wish, description, secret, status }, by)),
    }),
  },
  listWebhooks: {
    access: 'admin',
    of: 'server',
    handler: async ({ max_results, page_token }) => {
      const { rows, token } = await store.page(pageSize(max_results), page_token);
      return {
        ...(rows.length > 0 ? { webhooks: rows.map(webhookToWire) } : {}),
        ...(token === undefined ? {} : { next_page_token: token }),
      };
    },
  },
  getWebhook: {
    access: 'admin',
    of: 'server',
    handler: async ({ webhook_id }) => ({
      webhook: webhookToWire(await service.get(database.read, webhook_id)),
    }),
  },
  updateWebhook: {
    access: 'admin',
    of: 'server',
    handler: async ({ webhook_id, name = '', url = '', events = [], ...rest }, by) => {
      const { description, secret, status } = rest;
      const wish = { name, url, events, description, secret, status };
      return { webhook: webhookToWire(await service.update(webhook_id, wish, by)) };
    },
  },
  deleteWebhook: {
    access: 'admin',
    of: 'server',
    handler: async ({ webhook_id }, by) => {
      await service.delete(webhook_id, by);
      return {};
    },
  },
  testWebhook: {
    access: 'admin',
    of: 'server',
    handler: async ({ webhook_id, event }) => ({
      result: resultToWire(await service.test(webhook_id, event)),
    }),
  },
});

/** @throws MlflowError 400 in MLflow's wording */
export function pageSize(maxResults: number | undefined): number {
  const size = maxResults || DEFAULT_SIZE;
  if (size >= 1 && size <= MAX_SIZE) return size;
  throw invalidParameter('max_results must be between 1 and 1000.');
}

/** Members of an enum are in capitals here, and here alone. */
export const eventToWire = ({ entity, action }: WebhookEvent) => ({
  entity: entity.toUpperCase() as Uppercase<Entity>,
  action: action.toUpperCase() as Uppercase<Action>,
});

/** Names each member: the row has a secret too. */
const webhookToWire = (webhook: Webhook) => ({
  webhook_id: webhook.webhook_id,
  name: webhook.name,
  ...(webhook.description ? { description: webhook.description } : {}),
  url: webhook.url,
  events: webhook.events.map(eventToWire),
  status: webhook.status,
  creation_timestamp: webhook.creation_timestamp,
  last_updated_timestamp: webhook.last_updated_timestamp,
});

/** What the receiver said is not among it: that would make this server everybody's browser. */
const resultToWire = ({ succeeded, responseStatus, error }: Attempt) => ({
  success: succeeded,
  ...(responseStatus === undefined ? {} : { response_status: responseStatus }),
  ...(error === undefined ? {} : { error_message: `Failed to test webhook: ${error}` }),
});
