import { randomUUID } from 'node:crypto';
import { ArtifactPlaces } from './artifacts/places.js';
import { type AuditSlices, auditSlices } from './audit-slices.js';
import { OriginsInUseStore } from './governance/protection/origins-in-use.store.js';
import { GarbageCollector, type VersionsOf } from './housekeeping/gc/collector.js';
import { GarbageFolders } from './housekeeping/gc/folders.js';
import { GcStore } from './housekeeping/gc/gc.store.js';
import { type Clock, systemClock } from './platform/clock.js';
import type { Config } from './platform/config/config.js';
import type { Database } from './platform/db/database.js';

/** Every `new` of what deletes for good. @param agent who does it, for the audit log */
export function gcSlices(
  config: Config,
  database: Database,
  agent: string,
  now: Clock = systemClock,
  audit: Pick<AuditSlices, 'trail'> = auditSlices(config, database, now),
) {
  const places = new ArtifactPlaces(config.artifacts);
  const store = new GcStore(database);
  const origins = new OriginsInUseStore(database);
  const versionsOf: VersionsOf = async (tx, of) => origins.hold(tx, await origins.madeOf(tx, of));
  const collector = new GarbageCollector(
    {
      ...{ database, store, versionsOf, now },
      folders: new GarbageFolders(places),
      trail: audit.trail,
    },
    {
      caller: { name: agent, isAdmin: true, method: 'nobody' },
      origin: { address: '', userAgent: 'runledger gc', requestId: randomUUID() },
    },
  );
  return { places, store, collector };
}
