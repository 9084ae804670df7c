import type { Connection, FieldPacket, RowDataPacket } from 'mysql2/promise';
import type { Binding } from './database.js';
import { type MysqlLocation, tlsOf } from './mysql-location.js';
import type { ReadOnlySource } from './read-only-source.js';

type Row = Readonly<Record<string, unknown>>;

const BIGINT = 8;

/** Opens a database of MySQL or MariaDB. All reads are of one transaction that writes nothing. */
export async function openMysql(location: MysqlLocation): Promise<ReadOnlySource> {
  const { host, port, user, password, database, socket } = location;
  // The driver is loaded by the few who have such a source.
  const { createConnection } = await import('mysql2/promise');
  const connection = await createConnection({
    ...(socket === undefined ? { host, port } : { socketPath: socket }),
    ...{ user, password, database },
    ...tlsOf(location),
    charset: 'utf8mb4',
    connectTimeout: 10_000,
    enableKeepAlive: true,
    supportBigNumbers: true,
    jsonStrings: true,
    dateStrings: true,
    maxPreparedStatements: 50,
  });
  // What breaks fails the query that is under way; without a listener it would end the process.
  connection.on('error', () => undefined);
  try {
    await prepare(connection);
  } catch (error) {
    connection.destroy();
    throw error;
  }
  const rows = async (sql: string, bindings: readonly Binding[] = []): Promise<readonly Row[]> => {
    const [found, fields] = await connection.execute<RowDataPacket[]>(
      translated(withNumbers(sql, bindings)),
      bindings.filter((value) => !isNumber(value)) as string[],
    );
    return withBigints(found, fields);
  };
  return {
    rows,
    order: () => undefined,
    isBehind,
    columns: async (table) =>
      (
        await rows(
          'select column_name as name from information_schema.columns ' +
            'where table_schema = database() and table_name = ?',
          [table],
        )
      ).map(({ name }) => String(name)),
    close: async () => {
      await connection.query('commit');
      await connection.end();
    },
  };
}

async function prepare(connection: Connection): Promise<void> {
  await connection.query("set session sql_mode = 'ANSI_QUOTES'");
  await connection.query('set session transaction isolation level repeatable read');
  // Batches are written between reads, and the server hangs up on those that idle.
  await connection.query('set session wait_timeout = 86400, net_write_timeout = 3600');
  await connection.query('start transaction with consistent snapshot, read only');
}

/** The two types that casts name otherwise here. */
const translated = (sql: string): string =>
  sql.replaceAll(' as text)', ' as char)').replaceAll(' as bigint)', ' as signed)');

const isNumber = (value: unknown): boolean =>
  typeof value === 'number' || typeof value === 'bigint';

/**
 * The driver sends all numbers as doubles, which integers beyond 2^53 do not survive: so they
 * stand in the text, a double with an exponent.
 */
function withNumbers(sql: string, bindings: readonly Binding[]): string {
  let at = 0;
  return sql.replace(/\?/g, () => {
    const value = bindings[at++];
    if (!isNumber(value)) return '?';
    return typeof value === 'bigint' || Number.isSafeInteger(value)
      ? String(value)
      : Number(value).toExponential();
  });
}

/** Integers that a number would round come as texts. */
function withBigints(rows: readonly RowDataPacket[], fields: readonly FieldPacket[]): Row[] {
  const integers = fields.filter(({ columnType }) => columnType === BIGINT);
  for (const row of rows) {
    for (const { name } of integers) {
      if (typeof row[name] === 'string') row[name] = BigInt(row[name] as string);
    }
  }
  return rows as Row[];
}

/** A comparison of rows would not use the index; this one does. */
function isBehind(keys: readonly string[], values: readonly Binding[]) {
  const [key, ...more] = keys;
  const [value = null, ...rest] = values;
  if (more.length === 0) return { sql: `${key} > ?`, bindings: [value] };
  const next: { sql: string; bindings: Binding[] } = isBehind(more, rest);
  return {
    sql: `${key} >= ? and (${key} > ? or (${next.sql}))`,
    bindings: [value, value, ...next.bindings],
  };
}
