import type { GovernanceEvents } from './governance/events/governance-events.js';
import { notificationOutbox } from './notification-slices.js';
import { stageTag } from './notifications/stage-tag.js';
import { SubscriptionStore } from './notifications/subscriptions.store.js';
import { type DenialTrail, TellingDenials } from './notifications/telling-denials.js';
import { TellingGate } from './notifications/telling-gate.js';
import { TellingTrail } from './notifications/telling-trail.js';
import { systemClock } from './platform/clock.js';
import type { Config } from './platform/config/config.js';
import type { Database, Reader } from './platform/db/database.js';
import type { Trail } from './platform/trail.js';
import { ModelStore } from './registry/models/models.store.js';
import type { PromotionGate } from './registry/promotion-gate.js';
import type { RegistryEvents } from './registry/registry-events.js';
import { VersionStore } from './registry/versions/versions.store.js';

/** Where refusals at the door are written down, and told of. */
export function tellingDenials(
  database: Database,
  trail: DenialTrail,
  wake: () => void = () => undefined,
): DenialTrail {
  const now = systemClock;
  const { outbox: events } = notificationOutbox(database, now, wake);
  return new TellingDenials({ trail, events, database, now });
}

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
    gate: new TellingGate(gate, { events, isPrompt, mirror }),
    trail: new TellingTrail({ trail, events, subscriptions, isPrompt }),
  };
}
