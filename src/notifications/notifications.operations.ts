import { alertOperations } from './alerts.operations.js';
import type { AlertService } from './alerts.service.js';
import type { AlertStore } from './alerts.store.js';
import { notificationDeliveryOperations } from './deliveries.operations.js';
import type { DeliveryService } from './deliveries.service.js';
import type { DeliveryStore } from './deliveries.store.js';
import type { PreferenceService } from './email-preferences.service.js';
import { registryWebhookOperations } from './registry-webhooks.operations.js';
import { subscriptionOperations } from './subscriptions.operations.js';
import type { SubscriptionService } from './subscriptions.service.js';
import type { SubscriptionStore } from './subscriptions.store.js';

export interface NotificationOperationParts {
  readonly store: SubscriptionStore;
  readonly service: SubscriptionService;
  readonly preferences: PreferenceService;
  readonly deliveries: DeliveryService;
  readonly deliveryStore: DeliveryStore;
  readonly alertStore: AlertStore;
  readonly alerts: AlertService;
}

/** All of notifications over HTTP. */
export const notificationOperations = (parts: NotificationOperationParts) => ({
  ...subscriptionOperations(parts),
  ...notificationDeliveryOperations(parts.deliveryStore, parts.deliveries),
  ...registryWebhookOperations(parts.store, parts.service, parts.deliveries),
  ...alertOperations(parts.alertStore, parts.alerts),
});
