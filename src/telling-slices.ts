import type { GovernanceEvents } from './governance/events/governance-events.js';
import { stageTag } from './notifications/stage-tag.js';
import { SubscriptionStore } from './notifications/subscriptions.store.js';
import { TellingGate } from './notifications/telling-gate.js';
import { TellingTrail } from './notifications/telling-trail.js';
import type { Config } from './platform/config/config.js';
import type { Database, Reader } from './platform/db/database.js';
import type { Trail } from './platform/trail.js';
import { ModelStore } from './registry/models/models.store.js';
import type { PromotionGate } from './registry/promotion-gate.js';
import type { RegistryEvents } from './registry/registry-events.js';
import { VersionStore } from './registry/versions/versions.store.js';

/** The gate and the trail of the registry, as they tell of what they hear. */
export function tellingSlices(
  config: Pick<Config, 'notifications'>,
  database: Database,
  told: {
    readonly gate: PromotionGate;
    readonly trail: Trail;
    readonly webhooks: { readonly outbox: RegistryEvents };
    readonly events: GovernanceEvents;
  },
) {
  const { gate, trail, webhooks, events } = told;
  const models = new ModelStore(database);
  const isPrompt = (reader: Reader, name: string) => models.isPrompt(reader, name);
  const mirror = config.notifications.mirrorStageTag
    ? stageTag(new VersionStore(database), webhooks.outbox)
    : undefined;
  const subscriptions = new SubscriptionStore(database);
  return {
    gate: new TellingGate({ gate, events, isPrompt, mirror }),
    trail: new TellingTrail({ trail, events, subscriptions, isPrompt }),
  };
}
