import { dirname } from 'node:path';
import { createApp } from './app.js';
import { createBackground } from './background.js';
import { listen } from './listen.js';
import { webFolders } from './pages/web-app.js';
import { systemClock } from './platform/clock.js';
import type { Config } from './platform/config/config.js';
import { isOpenDoor } from './platform/config/open-door.js';
import type { Database } from './platform/db/database.js';
import { migrateUp } from './platform/db/migrate.js';
import { openDatabase } from './platform/db/open.js';
import { withSlowLog } from './platform/db/slow-log.js';
import { createLog, type Log } from './platform/log.js';
import { makeFolders } from './platform/make-folders.js';
import { slowLines } from './platform/slow-lines.js';
import { startError } from './platform/start-error.js';
import type { Lifecycle } from './readiness.js';

/** A server that answers. */
export interface RunningServer {
  /** Where it listens, with the port that was really taken. */
  readonly url: string;
  /** Takes nothing new, finishes what is under way and closes the database. */
  stop(): Promise<void>;
}

/**
 * Migrates, opens and serves until SIGTERM or SIGINT. The first signal finishes what is under
 * way, the second one ends the process at once.
 *
 * @throws Error with one sentence when the server can't start
 */
export async function runServer(config: Config): Promise<void> {
  const log = createLog(config.logLevel);
  await prepare(config);
  const server = await startServer(config, log);
  process.stdout.write(`Runledger listens on ${server.url}\n`);
  warnOfOpenDoor(config);
  stopAtSignals(server, log);
}

/** Says what of the settings leaves a door open. */
export function warnOfOpenDoor(config: Config): void {
  const { auth, audit, database, host, webhooks } = config;
  if (auth.enabled) {
    const hasKey = audit.keyFile !== undefined || webhooks.secretKeys.length > 0;
    if (database.kind === 'sqlite' || hasKey) return;
    process.stderr.write(
      'The audit log is chained but not signed: start all servers with the same --audit-key or ' +
        'MLFLOW_WEBHOOK_SECRET_ENCRYPTION_KEY.\n',
    );
    return;
  }
  if (!isOpenDoor(config)) return;
  process.stderr.write(
    `\nWARNING: Runledger listens on ${host}, beyond this machine, and asks nobody to sign in.\n` +
      'Everybody who reaches it may read, change and delete everything. Start it with --auth.\n\n',
  );
}

/** Brings the schema up to date and sees to the first administrator, once for all processes. */
export async function prepare(config: Config): Promise<void> {
  await migrate(config);
  if (!config.auth.enabled) return;
  const { firstStart } = await import('./access/setup/first-start.js');
  const { auditSlices } = await import('./audit-slices.js');
  const trailOf = (database: Database) => auditSlices(config, database, systemClock).trail;
  const shown = await firstStart(config, trailOf);
  if (shown !== undefined) process.stdout.write(shown);
}

/** Brings the schema up to date. */
export async function migrate({ database: location }: Config): Promise<void> {
  if (location.kind === 'sqlite') {
    await makeFolders(dirname(location.file)).catch((error: unknown) => {
      throw startError(`Can't make the folder of the database '${location.file}'`, error);
    });
  }
  await migrateUp(location);
}

/**
 * Opens a migrated database and listens.
 *
 * @throws Error with one sentence when it can't
 */
export async function startServer(config: Config, log: Log): Promise<RunningServer> {
  const opened = await openDatabase({
    ...config,
    location: config.database,
    onReadTurn: ({ to, reason }) => log.warn({ err: reason }, `reads go to the ${to} from now on`),
  });
  const { slowQuery } = config.observability;
  const tellSlow = slowLines(log, 'slow statement');
  const database =
    slowQuery === 0
      ? opened
      : withSlowLog(opened, slowQuery, ({ sql, milliseconds }) =>
          tellSlow({ sql, ms: Math.round(milliseconds) }),
        );
  const ends: (() => Promise<void>)[] = [];
  const lifecycle: Lifecycle = { isStopping: false };
  const background = createBackground(config, database, log);
  try {
    await refuseHalfMovedIn(database);
    const app = await createApp(config, database, log, {
      ...{ lifecycle, wake: background.wake, audit: background.audit },
      onStop: (end) => void ends.push(end),
      serving: background.serving,
      webFolders: webFolders(),
    });
    const listening = await listen(app, config);
    if (!config.artifactsOnly) background.start();
    return {
      url: listening.url(config.staticPrefix),
      stop: async () => {
        lifecycle.isStopping = true;
        // What the last answers leave to be delivered is stored, and waits for the next start.
        await background.stop(listening.stop());
        await Promise.allSettled(ends.map((end) => end()));
        await database.close();
      },
    };
  } catch (error) {
    // What stays open would keep the process from ending.
    await database.close();
    throw error;
  }
}

/**
 * Half of an import would be taken for all of it, and what is written meanwhile is lost where the
 * import has to begin anew.
 */
async function refuseHalfMovedIn(database: Database): Promise<void> {
  const { ImportStore } = await import('./moving/imports.store.js');
  const half = (await new ImportStore(database).all()).find((each) => each.finished_time === null);
  if (half === undefined) return;
  throw new Error(
    `The database holds a part of what is moved in from ${half.source}; run the import again ` +
      'until it is through',
  );
}

function stopAtSignals(server: RunningServer, log: Log): void {
  let stopping = false;
  const stop = async (signal: string): Promise<void> => {
    if (stopping) process.exit(1);
    stopping = true;
    log.info({ signal }, 'stopping');
    await server.stop();
    process.exit(0);
  };
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    process.on(signal, () => {
      void stop(signal);
    });
  }
}
