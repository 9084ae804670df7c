import type { Clock } from './platform/clock.js';
import type { Config } from './platform/config/config.js';
import type { Database } from './platform/db/database.js';
import type { Witnesses } from './platform/trail.js';
import { AliasService } from './registry/aliases/aliases.service.js';
import { AliasStore } from './registry/aliases/aliases.store.js';
import { ModelService } from './registry/models/models.service.js';
import { ModelStore } from './registry/models/models.store.js';
import type { PromotionGate } from './registry/promotion-gate.js';
import type { RegistryEvents } from './registry/registry-events.js';
import { SourceRules } from './registry/versions/source-rules.js';
import { VersionService } from './registry/versions/versions.service.js';
import { VersionStore } from './registry/versions/versions.store.js';
import type { LoggedModelService } from './tracking/logged-models/logged-models.service.js';

/** Every `new` of registered models, versions and aliases. */
export function registrySlices(
  config: Config,
  database: Database,
  now: Clock,
  ports: Witnesses & {
    loggedModels: LoggedModelService;
    events: RegistryEvents;
    gate: PromotionGate;
  },
) {
  const modelStore = new ModelStore(database);
  const versionStore = new VersionStore(database);
  const aliasStore = new AliasStore();
  const parts = {
    database,
    models: modelStore,
    versions: versionStore,
    aliases: aliasStore,
    sources: new SourceRules(config.artifacts, versionStore, database),
    ...ports,
    now,
  };
  return {
    modelStore,
    versionStore,
    models: new ModelService(parts),
    versions: new VersionService(parts),
    gate: ports.gate,
    aliases: new AliasService(parts),
  };
}
