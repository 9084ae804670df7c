import { AlertService } from './notifications/alerts.service.js';
import { AlertStore } from './notifications/alerts.store.js';
import { DeliveryService } from './notifications/deliveries.service.js';
import { DeliveryStore } from './notifications/deliveries.store.js';
import { PreferenceService } from './notifications/email-preferences.service.js';
import { openMailer } from './notifications/mailer.js';
import { NotificationOutbox } from './notifications/outbox.js';
import { SealedSecrets } from './notifications/secrets.js';
import { Sender } from './notifications/sender.js';
import { type Allows, SubscriptionService } from './notifications/subscriptions.service.js';
import { SubscriptionStore } from './notifications/subscriptions.store.js';
import type { Clock } from './platform/clock.js';
import type { Config } from './platform/config/config.js';
import type { Database } from './platform/db/database.js';
import { DEFAULT_WORKSPACE, inWorkspace } from './platform/db/workspace.js';
import { JobStore } from './platform/jobs/jobs.store.js';
import { OutgoingClient } from './platform/outgoing/outgoing-client.js';
import type { Trail } from './platform/trail.js';
import { ModelStore } from './registry/models/models.store.js';
import { WebhookSecrets } from './webhooks/secrets.js';

/** What it takes to send a notification, once or as a delivery. */
export function notificationSending(config: Config, database: Database, now: Clock) {
  const { webhooks, notifications } = config;
  const subscriptions = new SubscriptionStore(database);
  const secrets = new SealedSecrets(new WebhookSecrets(webhooks));
  const client = new OutgoingClient(webhooks, webhooks.timeout);
  const mailer = openMailer(
    { smtpUrl: notifications.smtpUrl, from: notifications.emailFrom },
    webhooks.timeout,
  );
  const { schemes } = webhooks;
  const sender = new Sender({
    ...{ client, mailer, secrets, subscriptions, schemes, now },
    reader: database.scan,
  });
  return { subscriptions, secrets, client, mailer, sender };
}

/** Where events are told, and what it takes to store who is told of them. */
export function notificationOutbox(database: Database, now: Clock, wake: () => void) {
  const parts = {
    subscriptions: new SubscriptionStore(database),
    deliveries: new DeliveryStore(database),
    alerts: new AlertStore(database),
    // Whoever delivers does so for all workspaces.
    jobs: new JobStore(inWorkspace(database, DEFAULT_WORKSPACE)),
  };
  return { ...parts, outbox: new NotificationOutbox({ ...parts, now, wake }) };
}

export interface NotificationPorts {
  readonly now: Clock;
  readonly wake: () => void;
  readonly trail: Trail;
  /** Undefined where nobody signs in: then everybody may do everything. */
  readonly allows: Allows | undefined;
}

/** Every `new` of notifications. */
export function notificationSlices(
  config: Config,
  database: Database,
  { now, wake, trail, allows = async () => true }: NotificationPorts,
) {
  const { outbox, ...stores } = notificationOutbox(database, now, wake);
  const sending = notificationSending(config, database, now);
  const models = new ModelStore(database);
  const { emailDomains } = config.notifications;
  const parts = { ...stores, ...sending, database, trail, allows, emailDomains, now };
  const service = new SubscriptionService({
    ...parts,
    schemes: config.webhooks.schemes,
    hasModel: (reader, name) => models.exists(reader, name),
  });
  return {
    ...{ outbox, service },
    store: stores.subscriptions,
    deliveryStore: stores.deliveries,
    alertStore: stores.alerts,
    alerts: new AlertService(parts),
    deliveries: new DeliveryService({ ...parts, service, wake }),
    preferences: new PreferenceService(parts),
  };
}
