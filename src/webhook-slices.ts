import { webhookSending } from './deliveries.js';
import type { Clock } from './platform/clock.js';
import type { Config } from './platform/config/config.js';
import type { Database } from './platform/db/database.js';
import { DEFAULT_WORKSPACE, inWorkspace } from './platform/db/workspace.js';
import { JobStore } from './platform/jobs/jobs.store.js';
import type { OwnReceivers } from './platform/outgoing/own-receivers.js';
import type { Witnesses } from './platform/trail.js';
import { DeliveryService } from './webhooks/deliveries.service.js';
import { DeliveryStore } from './webhooks/deliveries.store.js';
import { WebhookOutbox } from './webhooks/outbox.js';
import { WebhookService } from './webhooks/webhooks.service.js';
import { WebhookStore } from './webhooks/webhooks.store.js';

/** Every `new` of webhooks. */
export function webhookSlices(
  config: Config,
  database: Database,
  now: Clock,
  wake: () => void,
  { trail }: Witnesses,
  own?: OwnReceivers,
) {
  const parts = {
    ...{ database, now, wake, trail, own },
    ...webhookSending(config, now, own),
    webhooks: new WebhookStore(database),
    deliveries: new DeliveryStore(database),
    // Whoever delivers does so for all workspaces.
    jobs: new JobStore(inWorkspace(database, DEFAULT_WORKSPACE)),
    schemes: config.webhooks.schemes,
    workspace: config.workspaces.enabled ? database.workspace : undefined,
  };
  return {
    outbox: new WebhookOutbox(parts),
    webhookStore: parts.webhooks,
    webhooks: new WebhookService(parts),
    deliveries: new DeliveryService(parts),
  };
}
