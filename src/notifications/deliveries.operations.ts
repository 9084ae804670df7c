import { nextPage, readPage } from '../governance/pages.js';
import type { OperationTable } from '../platform/http/operation.js';
import type { DeliveryService } from './deliveries.service.js';
import type { DeliveryStatus, DeliveryStore } from './deliveries.store.js';
import { deliveryToWire } from './deliveries.wire.js';
import { oneOf } from './subscriptions.operations.js';

type Ids =
  | 'listSubscriptionDeliveries'
  | 'getSubscriptionDelivery'
  | 'replaySubscriptionDelivery'
  | 'listDeadLetters'
  | 'requeueDeadLetters';

const STATUSES: readonly DeliveryStatus[] = ['PENDING', 'SUCCEEDED', 'DEAD'];

/** The history of notifications over HTTP, and sending again. */
export function notificationDeliveryOperations(
  store: DeliveryStore,
  service: DeliveryService,
): OperationTable<Ids> {
  const rule = { access: 'login', of: 'server' } as const;
  return {
    listSubscriptionDeliveries: {
      ...rule,
      handler: async ({ subscription_id, status, max_results, page_token }, by) => {
        const { before, limit } = readPage(max_results, page_token);
        const wanted = status ? oneOf('status', status, STATUSES) : undefined;
        const rows = await service.list(subscription_id, by, { status: wanted, before, limit });
        return { deliveries: rows.map(deliveryToWire), ...nextPage(rows, limit) };
      },
    },
    getSubscriptionDelivery: {
      ...rule,
      handler: async ({ subscription_id, delivery_id }, by) => ({
        delivery: deliveryToWire(await service.get(subscription_id, delivery_id, by)),
      }),
    },
    replaySubscriptionDelivery: {
      ...rule,
      handler: async ({ subscription_id, delivery_id }, by) => ({
        delivery: deliveryToWire(await service.replay(subscription_id, delivery_id, by)),
      }),
    },
    listDeadLetters: {
      ...rule,
      handler: async ({ max_results, page_token }, { caller }) => {
        const { before, limit } = readPage(max_results, page_token);
        const owner = caller.isAdmin ? undefined : caller.name;
        const rows = await store.page({ owner, status: 'DEAD', before, limit });
        return { deliveries: rows.map(deliveryToWire), ...nextPage(rows, limit) };
      },
    },
    requeueDeadLetters: {
      ...rule,
      handler: async ({ subscription_id }, by) => ({
        requeued: await service.requeueDead(subscription_id || undefined, by),
      }),
    },
  };
}
