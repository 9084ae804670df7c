import { statSync } from 'node:fs';
import pg from 'pg';

/** @returns what a database takes on the disk, with its indices */
export async function databaseBytes(uri: string): Promise<number> {
  if (uri.startsWith('sqlite:')) return statSync(uri.replace(/^sqlite:\/{3}/, '')).size;
  const client = new pg.Client({ connectionString: uri });
  await client.connect();
  try {
    const { rows } = await client.query('select pg_database_size(current_database()) as bytes');
    return Number(rows[0].bytes);
  } finally {
    await client.end();
  }
}
