import { ArtifactPlaces } from './artifacts/places.js';
import { AuditStore } from './audit/audit.store.js';
import { verifyDatabase } from './audit/verify-database.js';
import { evidenceSlices } from './evidence-slices.js';
import type { Alerts } from './governance/alerts/alerts.js';
import { PolicyService } from './governance/policy/policies.service.js';
import { PolicyStore } from './governance/policy/policies.store.js';
import { notificationOutbox, notificationSending } from './notification-slices.js';
import { type MayRead, StreamJobs } from './notifications/stream-jobs.js';
import { WatchJobs } from './notifications/watch-jobs.js';
import { WatchedStore } from './notifications/watched.store.js';
import { auditWatch, cardWatch, emergencyWatch } from './notifications/watches.js';
import { type Clock, systemClock } from './platform/clock.js';
import type { Config } from './platform/config/config.js';
import type { Database, Reader } from './platform/db/database.js';
import { DEFAULT_WORKSPACE, inWorkspace } from './platform/db/workspace.js';
import { type JobHandler, JobRunner } from './platform/jobs/job-runner.js';
import { JobStore } from './platform/jobs/jobs.store.js';
import type { Log } from './platform/log.js';
import { noTrail } from './platform/trail.js';
import { ModelStore } from './registry/models/models.store.js';

/** What the server does by itself for notifications: it sends, and looks for what time brings. */
export interface NotificationWork {
  start(): void;
  stop(): Promise<void>;
  /** There may be something to send soon. */
  readonly wake: () => void;
  /** Where work in the background raises its alerts. */
  readonly alerts: Alerts;
}

/** Milliseconds that what is under way may go on at a stop. */
const PATIENCE = 10_000;
const WATCH_PATIENCE = 2_000;

export function createNotificationWork(
  config: Config,
  database: Database,
  log: Log,
  now: Clock = systemClock,
): NotificationWork {
  const wake = () => streams.wake();
  const { outbox, ...stores } = notificationOutbox(database, now, wake);
  const { client, mailer, ...sending } = notificationSending(config, database, now);
  const { workers, retryFor, keepFor } = config.webhooks;
  const runner = (handler: JobHandler) =>
    new JobRunner({ database, handler, log, now, jobs: stores.jobs });
  const streams = runner(
    new StreamJobs({
      ...{ ...stores, ...sending, database, log, now },
      mayRead: mayReadOf(config, database),
      settings: { workers, retryFor, keepFor },
    }),
  );
  const watches = createWatches(config, database, log, wake);
  return {
    wake,
    alerts: outbox,
    start: () => {
      streams.start();
      watches.start();
    },
    stop: async () => {
      await Promise.all([streams.stop(PATIENCE), watches.stop()]);
      mailer?.close();
      await client.close();
    },
  };
}

/** Looks for what time brings to the models of a workspace. */
export function createWatches(
  config: Config,
  database: Database,
  log: Log,
  wake: () => void = () => undefined,
) {
  const now = systemClock;
  const { outbox: alerts } = notificationOutbox(database, now, wake);
  const jobs = new JobStore(database);
  const watching = new WatchJobs({
    ...{ database, now, jobs, alerts },
    watches: watchesOf(config, database, now),
  });
  const runner = new JobRunner({ ...{ database, handler: watching, jobs, log, now } });
  return {
    alerts,
    start: () => {
      if (config.governance.mode === 'compat') return;
      watching.ensure().then(
        () => runner.start(),
        (error: unknown) => log.warn({ err: error }, 'nobody watches for cards that end'),
      );
    },
    stop: () => runner.stop(WATCH_PATIENCE),
  };
}

function watchesOf(config: Config, database: Database, now: Clock) {
  const store = new WatchedStore(database);
  const audit = new AuditStore(database);
  const policies = new PolicyService({
    ...{ database, store: new PolicyStore(), config: config.governance, trail: noTrail, now },
  });
  const profileOf = async (reader: Reader, model: string) =>
    (await policies.profileOf(model, reader)).profile;
  const { facts } = evidenceSlices(config, {
    ...{ database, now, trail: noTrail, profiles: { profileOf } },
    places: new ArtifactPlaces(config.artifacts),
    models: new ModelStore(database),
  });
  const verify = async () => {
    const { ok, problems } = await verifyDatabase(audit, database.scan, {});
    return { ok, problems: problems.map(({ seq, problem }) => `${seq}: ${problem}`) };
  };
  return [
    cardWatch({ database, store, facts, profileOf, now }),
    emergencyWatch(database, store, now),
    // The log is one for all workspaces.
    ...(database.workspace === DEFAULT_WORKSPACE ? [auditWatch(verify)] : []),
  ];
}

/** Where nobody signs in everybody may read everything. */
function mayReadOf(config: Config, database: Database): MayRead {
  if (!config.auth.enabled) return async () => true;
  const readers = new Map<string, Promise<(userId: number, model: string) => Promise<boolean>>>();
  const readersOf = (workspace: string) => {
    const known = readers.get(workspace);
    if (known !== undefined) return known;
    const made = import('./access/readers.slices.js').then(({ openReaders }) =>
      openReaders(config, inWorkspace(database, workspace)),
    );
    readers.set(workspace, made);
    return made;
  };
  return async ({ ownerId, workspace }, model) => {
    // What was set up before anybody had to sign in is the server's own.
    if (ownerId === null) return true;
    const mayRead = await readersOf(workspace);
    return mayRead(ownerId, model);
  };
}
