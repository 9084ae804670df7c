import { gcSlices } from './gc-slices.js';
import type { GcListener } from './housekeeping/gc/collector.js';
import { systemClock } from './platform/clock.js';
import type { Config } from './platform/config/config.js';
import type { Database } from './platform/db/database.js';
import { type JobHandler, JobRunner } from './platform/jobs/job-runner.js';
import { JobStore } from './platform/jobs/jobs.store.js';
import type { Log } from './platform/log.js';

const KIND = 'retention';
/** There is one such job for all servers. */
const ONE = { reference: 0, lane: 0 };
/** Milliseconds between two looks for what has grown old. */
const EVERY = 3_600_000;
const PATIENCE = 2_000;

/** Deletes for good what has been deleted long enough ago; whichever server gets to it. */
export function retentionHandler(
  config: Config,
  database: Database,
  log: Pick<Log, 'info' | 'warn'>,
  now = systemClock,
): JobHandler {
  const jobs = new JobStore(database);
  const { collector } = gcSlices(config, database, 'retention', { now });
  return {
    ...{ kind: KIND, lease: 60_000, concurrency: 1, laneConcurrency: 1 },
    run: async (job, signal) => {
      const { deleted } = config.retention;
      if (deleted === undefined) return database.write((tx) => jobs.finish(tx, job));
      const counted = counting(log);
      const wish = { before: now() - deleted, dryRun: false };
      await collector.collect(wish, counted.listener, signal);
      if (counted.gone() > 0) log.info({ gone: counted.gone() }, 'deleted for good');
      // What was broken off comes again when the lease ends.
      if (signal.aborted) return;
      await database.write((tx) => jobs.postpone(tx, job, now() + EVERY));
    },
    tidy: async () => undefined,
  };
}

function counting(log: Pick<Log, 'warn'>) {
  let gone = 0;
  const listener: GcListener = {
    gone: () => {
      gone += 1;
    },
    kept: () => undefined,
    freed: () => undefined,
    left: (location, why) => log.warn({ location, why }, 'artifacts are left'),
  };
  return { listener, gone: () => gone };
}

/** Looks after retention in the background, where the settings ask for it. */
export function createRetention(config: Config, database: Database, log: Log) {
  if (config.retention.deleted === undefined) {
    return { start: () => undefined, stop: async () => undefined };
  }
  const jobs = new JobStore(database);
  const handler = retentionHandler(config, database, log);
  const runner = new JobRunner({ ...{ database, handler, jobs, log }, now: systemClock });
  return {
    start: () => {
      database
        .write((tx) => jobs.ensure(tx, KIND, [{ ...ONE, due: systemClock() }]))
        .then(() => runner.start())
        .catch((error: unknown) => log.error({ err: error }, 'retention can not start'));
    },
    stop: () => runner.stop(PATIENCE),
  };
}
