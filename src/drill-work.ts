import type { BackgroundWork } from './background.js';
import { DRILL_JOB } from './governance/drills/drills.store.js';
import { systemClock } from './platform/clock.js';
import type { Config } from './platform/config/config.js';
import type { Database } from './platform/db/database.js';
import { JobStore } from './platform/jobs/jobs.store.js';
import type { Log } from './platform/log.js';
import { Rounds } from './platform/rounds.js';
import { createSlices } from './slices.js';

/** Milliseconds between two looks for drills whose server has died. */
const EVERY = 15_000;

/** Clears away what drills have left whose server has died. */
export function createDrillWork(config: Config, database: Database, log: Log): BackgroundWork {
  const jobs = new JobStore(database);
  const rounds = new Rounds({
    look: async () => {
      const due = await jobs.nextDue(database.read, DRILL_JOB);
      if (due === undefined || due > systemClock()) return undefined;
      const count = await createSlices(config, database).drills.broken.clean();
      if (count > 0) log.warn({ count }, 'drills were broken off');
      return undefined;
    },
    ...{ every: EVERY, log, failed: 'broken drills can not be looked for' },
  });
  return { start: () => rounds.start(), stop: () => rounds.stop() };
}
