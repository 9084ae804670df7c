import { startError } from '../start-error.js';
import type { Binding, Statement } from './database.js';
import { openPool, readerOn } from './postgres-pool.js';
import { SqliteConnection } from './sqlite-connection.js';
import { type DatabaseLocation, describeLocation } from './uri.js';

type Row = Readonly<Record<string, unknown>>;

/** Another program's database. All reads see one state of it, and nothing can be written. */
export interface ReadOnlySource {
  readonly kind: DatabaseLocation['kind'];
  rows(sql: string, bindings?: readonly Binding[]): Promise<readonly Row[]>;
  /** @returns the names of the columns; none for a table that is not there */
  columns(table: string): Promise<readonly string[]>;
  close(): Promise<void>;
}

/** @throws Error with one sentence when the database can't be read */
export async function openReadOnly(location: DatabaseLocation): Promise<ReadOnlySource> {
  try {
    return location.kind === 'sqlite'
      ? openSqlite(location.file)
      : await openPostgres(location.connectionString);
  } catch (error) {
    throw startError(`Can't read the database ${describeLocation(location)}`, error);
  }
}

function openSqlite(file: string): ReadOnlySource {
  const connection = new SqliteConnection({ file, durability: 'relaxed', readonly: true });
  connection.exec('begin');
  const rows = async (sql: string, bindings: readonly Binding[] = []): Promise<readonly Row[]> =>
    connection.all<Row>({ sql, bindings });
  return {
    ...{ kind: 'sqlite', rows },
    columns: async (table) =>
      (await rows('select name from pragma_table_info(?)', [table])).map(({ name }) =>
        String(name),
      ),
    close: async () => {
      connection.exec('commit');
      connection.close();
    },
  };
}

async function openPostgres(connectionString: string): Promise<ReadOnlySource> {
  const pool = openPool({ connectionString, max: 1, connectTimeout: 10_000 });
  const client = await pool.connect().catch(async (error: unknown) => {
    await pool.end();
    throw error;
  });
  const reader = readerOn(client);
  await client.query('begin transaction isolation level repeatable read, read only');
  const rows = (sql: string, bindings: readonly Binding[] = []): Promise<readonly Row[]> =>
    reader.all<Row>({ sql, bindings } satisfies Statement);
  return {
    ...{ kind: 'postgres', rows },
    columns: async (table) =>
      (
        await rows(
          'select column_name from information_schema.columns ' +
            'where table_schema = current_schema() and table_name = ?',
          [table],
        )
      ).map(({ column_name }) => String(column_name)),
    close: async () => {
      await client.query('commit');
      client.release();
      await pool.end();
    },
  };
}
