import { stat } from 'node:fs/promises';
import pg from 'pg';
import { SqliteConnection } from '../platform/db/sqlite-connection.js';
import { type DatabaseLocation, describeLocation } from '../platform/db/uri.js';

/**
 * Gives space back: a SQLite file is written anew, and its journal emptied; of PostgreSQL's tables
 * what is free gets used again, and its planner learns what is in them.
 *
 * @returns bytes of the database before and after
 */
export async function vacuum(location: DatabaseLocation) {
  if (location.kind === 'postgres') return vacuumPostgres(location.connectionString);
  const { file } = location;
  const before = await sizeOf(file);
  if (before === 0) throw new Error(`there is no database ${describeLocation(location)}`);
  const connection = new SqliteConnection({ file, durability: 'full' });
  try {
    connection.exec('vacuum');
    connection.exec('analyze');
    connection.all({ sql: 'pragma wal_checkpoint(truncate)', bindings: [] });
  } finally {
    connection.close();
  }
  return { before, after: await sizeOf(file) };
}

async function sizeOf(file: string): Promise<number> {
  const sizes = [file, `${file}-wal`].map((path) =>
    stat(path).then(
      ({ size }) => size,
      () => 0,
    ),
  );
  const [main = 0, journal = 0] = await Promise.all(sizes);
  return main + journal;
}

async function vacuumPostgres(connectionString: string) {
  const client = new pg.Client({ connectionString });
  client.on('error', () => undefined);
  await client.connect();
  const size = async () => {
    const { rows } = await client.query<{ size: string }>(
      'select pg_database_size(current_database()) as size',
    );
    return Number(rows[0]?.size ?? 0);
  };
  try {
    const before = await size();
    await client.query('vacuum (analyze)');
    return { before, after: await size() };
  } finally {
    await client.end();
  }
}
