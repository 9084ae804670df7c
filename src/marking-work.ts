import type { BackgroundWork } from './background.js';
import { systemClock } from './platform/clock.js';
import type { Database } from './platform/db/database.js';
import type { Log } from './platform/log.js';
import { Rounds } from './platform/rounds.js';
import { GrownHistories } from './tracking/metrics/growth.service.js';
import { GrowthStore } from './tracking/metrics/growth.store.js';
import { HistoryMarking } from './tracking/metrics/marking.service.js';
import { MarkingStore } from './tracking/metrics/marking.store.js';

/** Milliseconds between two looks for histories that have grown, and while none can be made. */
const EVERY = 500;
const TROUBLE = 5_000;

/** Marks long histories, so that nobody has to look at them first. */
export function createMarkingWork(database: Database, log: Log): BackgroundWork {
  const marking = new HistoryMarking(database, new MarkingStore(database));
  const store = new GrowthStore();
  const histories = new GrownHistories(database, store, marking, systemClock);
  const rounds = new Rounds({
    look: async (goesOn) => ((await histories.markDue(goesOn)) ? 0 : EVERY),
    ...{ every: EVERY, afterFailure: TROUBLE, log, failed: 'histories can not be marked' },
  });
  return { start: () => rounds.start(EVERY), stop: () => rounds.stop() };
}
