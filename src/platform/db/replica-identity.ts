import pg from 'pg';
import { startError } from '../start-error.js';
import { describeLocation } from './uri.js';

const IDENTITY =
  'select (select system_identifier from pg_control_system())::text as system, oid::text as database ' +
  'from pg_database where datname = current_database()';
const CONNECT_TIMEOUT = 5_000;

/**
 * Compares what two connection strings lead to. A replica that can't be reached is no error: reads
 * go to the primary until it can.
 *
 * @throws Error with one sentence when the second is no copy of the first
 */
export async function checkReplica(primary: string, replica: string): Promise<void> {
  const copy = await identityOf(replica).catch(() => undefined);
  if (copy === undefined) return;
  const own = await identityOf(primary).catch((error: unknown) => {
    const location = { kind: 'postgres', connectionString: primary } as const;
    throw startError(`Can't use the database ${describeLocation(location)}`, error);
  });
  if (copy === own) return;
  throw new Error(
    '--backend-store-read-uri is no streaming replica of the database in --backend-store-uri',
  );
}

async function identityOf(connectionString: string): Promise<string> {
  const client = new pg.Client({ connectionString, connectionTimeoutMillis: CONNECT_TIMEOUT });
  client.on('error', () => undefined);
  try {
    await client.connect();
    const { rows } = await client.query<{ system: string; database: string }>(IDENTITY);
    return `${rows[0]?.system}/${rows[0]?.database}`;
  } finally {
    await client.end().catch(() => undefined);
  }
}
