import type { Database } from './database.js';
import type { ReadTurn } from './replica.js';
import type { Durability } from './sqlite-connection.js';
import type { DatabaseLocation } from './uri.js';

export interface DatabaseSettings {
  readonly location: DatabaseLocation;
  readonly durability: Durability;
  /** Threads for long reads on SQLite; 0 runs them on the event loop. */
  readonly scanThreads: number;
  /** Connections that this process holds to PostgreSQL. */
  readonly poolSize: number;
  /** A streaming replica of a PostgreSQL that takes the reads. */
  readonly replica?: string | undefined;
  /** Told when reads begin to go to the other of the two. */
  readonly onReadTurn?: (turn: ReadTurn) => void;
  /** Seconds after which a connection to PostgreSQL is replaced; 0 for never. */
  readonly poolRecycle?: number;
  /** A new SQLite file that is thrown away unless all of it is written. */
  readonly isDraft?: boolean;
}

/** Opens a migrated database. The driver that is not needed is not loaded. */
export async function openDatabase(settings: DatabaseSettings): Promise<Database> {
  const { location } = settings;
  if (location.kind === 'sqlite') {
    const { openSqlite } = await import('./sqlite.js');
    return openSqlite({ ...settings, file: location.file });
  }
  const { openPostgres } = await import('./postgres.js');
  const { connectionString } = location;
  if (settings.replica !== undefined) {
    const { checkReplica } = await import('./replica-identity.js');
    await checkReplica(connectionString, settings.replica);
  }
  return openPostgres({ ...settings, connectionString, replica: settings.replica });
}
