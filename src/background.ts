import type { AuditBells } from './audit-slices.js';
import { createCardExpiry } from './card-expiry-work.js';
import { createCheckpoints } from './checkpoints.js';
import { createDeliveries } from './deliveries.js';
import { createDrillWork } from './drill-work.js';
import { createEmergencyWatch } from './emergencies.js';
import { createEvidenceWork } from './evidence-jobs.js';
import { createMarkingWork } from './marking-work.js';
import { createNotificationWork } from './notification-work.js';
import { systemClock } from './platform/clock.js';
import type { Config } from './platform/config/config.js';
import type { Database } from './platform/db/database.js';
import type { Log } from './platform/log.js';
import { OwnReceivers } from './platform/outgoing/own-receivers.js';
import { createRetention } from './retention-work.js';
import { createServingWork, type ServingWork } from './serving-work.js';
import { createWorkspaceWork } from './workspace-background.js';

/** Work that a server does by itself, beside answering. */
export interface BackgroundWork {
  start(): void;
  /** Resolves when what is under way has ended; what is left is done after a restart. */
  stop(): Promise<void>;
}

/** All that the server does by itself, and how the rest of it says that there is something to do. */
export interface Background {
  start(): void;
  /** Ends all work; the audit log is signed once the last request has been `answered`. */
  stop(answered: Promise<void>): Promise<void>;
  /** There will be something to deliver. */
  readonly wake: () => void;
  readonly audit: AuditBells;
  /** Who waits for changes of models, and who loads which. */
  readonly serving: ServingWork;
}

export function createBackground(config: Config, database: Database, log: Log): Background {
  const checkpoints = createCheckpoints(config, database, log);
  const notifications = createNotificationWork(config, database, log);
  const evidence = createEvidenceWork(config, database, log, notifications.alerts);
  const receivers = new OwnReceivers();
  const serving = createServingWork(database, log, systemClock, receivers);
  const deliveries = createDeliveries(config, database, log, receivers);
  const works: readonly BackgroundWork[] = [
    serving,
    deliveries,
    notifications,
    evidence,
    createCardExpiry(config, database, log),
    createEmergencyWatch(config, database, log),
    createRetention(config, database, log),
    createWorkspaceWork(config, database, log),
    createDrillWork(config, database, log),
    createMarkingWork(database, log),
  ];
  return {
    wake: () => {
      deliveries.wake();
      notifications.wake();
    },
    audit: checkpoints,
    serving,
    start: () => {
      for (const work of [...works, checkpoints]) work.start();
    },
    stop: async (answered) => {
      await Promise.all([answered, ...works.map((work) => work.stop())]);
      await checkpoints.stop();
    },
  };
}
