import { existsSync } from 'node:fs';
import { startError } from '../start-error.js';
import type { Binding, Statement } from './database.js';
import { describeMysql, isMysqlUri, type MysqlLocation, parseMysqlUri } from './mysql-location.js';
import { openPool, readerOn } from './postgres-pool.js';
import { SqliteConnection } from './sqlite-connection.js';
import { type DatabaseLocation, describeLocation, parseDatabaseUri } from './uri.js';

type Row = Readonly<Record<string, unknown>>;

/** Another program's database. All reads see one state of it, and nothing can be written. */
export interface ReadOnlySource {
  /** @returns the columns that tell in which order rows lie, if any do: the fastest to read in */
  order(table: string): readonly string[] | undefined;
  /** @returns the condition of rows whose key is greater */
  isBehind(
    keys: readonly string[],
    values: readonly Binding[],
  ): { readonly sql: string; readonly bindings: readonly Binding[] };
  rows(sql: string, bindings?: readonly Binding[]): Promise<readonly Row[]>;
  /** @returns the names of the columns; none for a table that is not there */
  columns(table: string): Promise<readonly string[]>;
  close(): Promise<void>;
}

/** A database that is read, of a kind that is also served from or not. */
export type SourceLocation = DatabaseLocation | MysqlLocation;

/** @throws Error with one sentence for the user when the URI names no database that can be read */
export const parseSourceUri = (uri: string): SourceLocation =>
  isMysqlUri(uri) ? parseMysqlUri(uri) : parseDatabaseUri(uri);

/** Names a database without its password. */
export const describeSource = (location: SourceLocation): string =>
  location.kind === 'mysql' ? describeMysql(location) : describeLocation(location);

/** @throws Error with one sentence when the database can't be read */
export async function openReadOnly(location: SourceLocation): Promise<ReadOnlySource> {
  try {
    switch (location.kind) {
      case 'sqlite':
        return openSqlite(location.file);
      case 'postgres':
        return await openPostgres(location.connectionString);
      case 'mysql':
        return await (await import('./mysql-source.js')).openMysql(location);
    }
  } catch (error) {
    throw startError(`Can't read the database ${describeSource(location)}`, error);
  }
}

function openSqlite(file: string): ReadOnlySource {
  if (!existsSync(file)) throw new Error('there is no such file');
  const connection = new SqliteConnection({ file, durability: 'relaxed', readonly: true });
  connection.exec('begin');
  const rows = async (sql: string, bindings: readonly Binding[] = []): Promise<readonly Row[]> =>
    connection.all<Row>({ sql, bindings });
  return {
    order: () => ['rowid'],
    ...{ isBehind: compareRows, rows },
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
    order: () => undefined,
    ...{ isBehind: compareRows, rows },
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

const compareRows: ReadOnlySource['isBehind'] = (keys, values) => ({
  sql: `(${keys.join(', ')}) > (${keys.map(() => '?').join(', ')})`,
  bindings: values,
});
