import { auditSlices } from './audit-slices.js';
import type { BackgroundWork } from './background.js';
import { BreakGlassStore } from './governance/break-glass/break-glass.store.js';
import { ReviewWatch } from './governance/break-glass/review-watch.js';
import { systemClock } from './platform/clock.js';
import type { Config } from './platform/config/config.js';
import type { Database } from './platform/db/database.js';
import type { Log } from './platform/log.js';

/** Looks after emergencies that wait for their review; nothing where governance is off. */
export function createEmergencyWatch(config: Config, database: Database, log: Log): BackgroundWork {
  const watch = new ReviewWatch({
    ...{ database, log, now: systemClock, store: new BreakGlassStore(database) },
    trail: auditSlices(config, database, systemClock).trail,
  });
  return {
    start: () => {
      if (config.governance.mode !== 'compat') watch.start();
    },
    stop: () => watch.stop(),
  };
}
