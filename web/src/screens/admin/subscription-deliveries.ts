import { api, body, type Schema } from '../../shared/api.ts';
import { pagesQuery } from '../../shared/use-pages.ts';
import type { Delivery } from './deliveries.tsx';

export const SUBSCRIPTIONS = '/api/governance/v1/subscriptions' as const;
const DELIVERIES = `${SUBSCRIPTIONS}/{subscription_id}/deliveries` as const;

/** What was sent to a subscription or a registry webhook, and the way to send it again. */
export function sentTo(listKey: string, subscription_id: string) {
  const path = { subscription_id };
  return {
    sent: pagesQuery([listKey, subscription_id, 'deliveries'], (query) =>
      body(api.GET(DELIVERIES, { params: { path, query } })),
    ),
    deliveriesOf,
    replay: (delivery_id: string) =>
      api.POST(`${DELIVERIES}/{delivery_id}/replay`, {
        params: { path: { ...path, delivery_id } },
      }),
    replayDead: () => api.POST('/api/governance/v1/dead-letters/requeue', { body: path }),
  };
}

const deliveriesOf = ({
  deliveries = [],
}: Schema<'ListSubscriptionDeliveriesResponse'>): readonly Delivery[] =>
  deliveries.map((one) => ({
    id: one.delivery_id ?? '',
    what: one.summary ?? one.event ?? '',
    status: one.status ?? '',
    attempts: Number(one.attempts),
    created: one.creation_timestamp,
    answer: one.response_status,
    error: one.error_message,
  }));
