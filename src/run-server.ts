import { mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import { createApp } from './app.js';
import { createDeliveries, type Deliveries } from './deliveries.js';
import { type Listening, listen } from './listen.js';
import type { Config } from './platform/config/config.js';
import type { Database } from './platform/db/database.js';
import { migrateUp } from './platform/db/migrate.js';
import { openDatabase } from './platform/db/open.js';
import { createLog, type Log } from './platform/log.js';
import { startError } from './platform/start-error.js';

/**
 * Migrates, opens and serves until SIGTERM or SIGINT. The first signal finishes what is under
 * way, the second one ends the process at once.
 *
 * @throws Error with one sentence when the server can't start
 */
export async function runServer(config: Config): Promise<void> {
  const log = createLog(config.logLevel);
  const database = await openMigrated(config);
  const deliveries = createDeliveries(config, database, log);
  let listening: Listening;
  try {
    listening = await listen(await createApp(config, database, log, deliveries.wake), config);
  } catch (error) {
    // What stays open would keep the process from ending.
    await database.close();
    throw error;
  }
  process.stdout.write(`Runledger listens on ${listening.url(config.staticPrefix)}\n`);
  if (!config.artifactsOnly) deliveries.start();
  stopAtSignals(listening, deliveries, database, log);
}

async function openMigrated(config: Config): Promise<Database> {
  const { database: location } = config;
  if (location.kind === 'sqlite') {
    await mkdir(dirname(location.file), { recursive: true }).catch((error: unknown) => {
      throw startError(`Can't make the folder of the database '${location.file}'`, error);
    });
  }
  await migrateUp(location);
  return openDatabase({ ...config, location });
}

function stopAtSignals(
  listening: Listening,
  deliveries: Deliveries,
  database: Database,
  log: Log,
): void {
  let stopping = false;
  const stop = async (signal: string): Promise<void> => {
    if (stopping) process.exit(1);
    stopping = true;
    log.info({ signal }, 'stopping');
    // What the last answers leave to be delivered is stored, and waits for the next start.
    await Promise.all([listening.stop(), deliveries.stop()]);
    await database.close();
    process.exit(0);
  };
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    process.on(signal, () => {
      void stop(signal);
    });
  }
}
