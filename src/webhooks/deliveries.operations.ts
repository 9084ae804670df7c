import type { Database } from '../platform/db/database.js';
import type { OperationTable } from '../platform/http/operation.js';
import type { DeliveryService, ShownDelivery } from './deliveries.service.js';
import type { Delivery } from './deliveries.store.js';
import { eventToWire, pageSize } from './webhooks.operations.js';

type Ids = 'listWebhookDeliveries' | 'getWebhookDelivery' | 'redeliverWebhookDelivery';

/** The history of webhooks: Runledger's own, MLflow has none. */
export const deliveryOperations = (
  database: Database,
  service: DeliveryService,
): OperationTable<Ids> => ({
  listWebhookDeliveries: {
    access: 'admin',
    of: 'server',
    handler: async ({ webhook_id, status, max_results, page_token }) => {
      const size = pageSize(max_results);
      const { rows, token } = await service.list(webhook_id, status, size, page_token);
      return {
        ...(rows.length > 0 ? { deliveries: rows.map(deliveryToWire) } : {}),
        ...(token === undefined ? {} : { next_page_token: token }),
      };
    },
  },
  getWebhookDelivery: {
    access: 'admin',
    of: 'server',
    handler: async ({ webhook_id, delivery_id }) => ({
      delivery: withBody(await service.get(database.read, webhook_id, delivery_id)),
    }),
  },
  redeliverWebhookDelivery: {
    access: 'admin',
    of: 'server',
    handler: async ({ webhook_id, delivery_id }) => ({
      delivery: withBody(await service.redeliver(webhook_id, delivery_id)),
    }),
  },
});

const withBody = (delivery: ShownDelivery) => ({
  ...deliveryToWire(delivery),
  request_body: delivery.payload,
});

const deliveryToWire = (delivery: Delivery) => {
  const { last_attempt_time: last, next_attempt_time: next } = delivery;
  const { response_status, error_message } = delivery;
  return {
    delivery_id: delivery.delivery_id,
    event: eventToWire(delivery),
    status: delivery.status,
    attempts: delivery.attempts,
    creation_timestamp: delivery.creation_timestamp,
    ...(last === null ? {} : { last_attempt_timestamp: last }),
    ...(next === null ? {} : { next_attempt_timestamp: next }),
    ...(response_status === null ? {} : { response_status }),
    ...(error_message === null ? {} : { error_message }),
  };
};
