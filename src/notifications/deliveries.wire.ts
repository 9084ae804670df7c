import type { Delivery } from './deliveries.store.js';
import type { Attempt } from './sender.js';

/** @returns a delivery as it is listed */
export const deliveryToWire = (delivery: Delivery) => {
  const { event, lastAttempt, nextAttempt, responseStatus, error } = delivery;
  const { model, version, actor } = event;
  return {
    delivery_id: delivery.id,
    subscription_id: delivery.subscriptionId,
    event_id: event.id,
    event: delivery.topic === '*' ? event.kind : delivery.topic,
    kind: event.kind,
    ...(model === null ? {} : { model }),
    ...(version === null ? {} : { version: String(version) }),
    ...(actor === null ? {} : { actor }),
    summary: event.summary,
    data: { ...event.data },
    status: delivery.status,
    attempts: delivery.attempts,
    creation_timestamp: delivery.createdAt,
    ...(lastAttempt === null ? {} : { last_attempt_timestamp: lastAttempt }),
    ...(nextAttempt === null || delivery.status !== 'PENDING'
      ? {}
      : { next_attempt_timestamp: nextAttempt }),
    ...(responseStatus === null ? {} : { response_status: responseStatus }),
    ...(error === null ? {} : { error_message: error }),
  };
};

/** @returns what came of a test */
export const attemptToWire = ({ succeeded, responseStatus, responseBody, error }: Attempt) => ({
  success: succeeded,
  ...(responseStatus === undefined ? {} : { response_status: responseStatus }),
  ...(responseBody === undefined ? {} : { response_body: responseBody }),
  ...(error === undefined ? {} : { error_message: error }),
});
