import { unavailable } from './errors.js';
import type { Database } from './platform/db/database.js';
import { inTime } from './platform/in-time.js';

/** Milliseconds in which the database must answer. */
const TIMEOUT = 2_000;

/** Where the server is between its start and its end. */
export interface Lifecycle {
  isStopping: boolean;
}

/**
 * Tells a load balancer whether to send requests here.
 *
 * @returns a check that throws MlflowError 503 while the server stops or its database is gone
 */
export function readiness(database: Database, lifecycle: Lifecycle): () => Promise<void> {
  return async () => {
    if (lifecycle.isStopping) throw unavailable('The server is stopping');
    try {
      await inTime(TIMEOUT, database.alive(), () => {
        throw new Error('it does not answer');
      });
    } catch (error) {
      throw unavailable('The database is not available', error);
    }
  };
}
