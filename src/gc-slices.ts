import { randomUUID } from 'node:crypto';
import { ArtifactPlaces } from './artifacts/places.js';
import { auditSlices } from './audit-slices.js';
import { OriginsInUseStore } from './governance/protection/origins-in-use.store.js';
import { GarbageCollector, type VersionsOf } from './housekeeping/gc/collector.js';
import { GarbageFolders } from './housekeeping/gc/folders.js';
import { GcStore } from './housekeeping/gc/gc.store.js';
import { type Clock, systemClock } from './platform/clock.js';
import type { Config } from './platform/config/config.js';
import type { Database } from './platform/db/database.js';

export interface GcSettings {
  readonly now?: Clock;
  /** The only one that it deletes in. */
  readonly workspace?: string | undefined;
}

/** Every `new` of what deletes for good. @param agent who does it, for the audit log */
export function gcSlices(
  config: Config,
  database: Database,
  agent: string,
  { now = systemClock, workspace }: GcSettings = {},
) {
  const places = new ArtifactPlaces(config.artifacts);
  const store = new GcStore(database, workspace);
  const origins = new OriginsInUseStore(database);
  const versionsOf: VersionsOf = async (tx, of) => origins.hold(tx, await origins.madeOf(tx, of));
  const collector = new GarbageCollector(
    {
      ...{ database, store, versionsOf, now },
      folders: new GarbageFolders(places),
      trail: auditSlices(config, database, now).trail,
    },
    {
      caller: { name: agent, isAdmin: true, method: 'nobody' },
      origin: { address: '', userAgent: 'runledger gc', requestId: randomUUID() },
    },
  );
  return { places, store, collector };
}
