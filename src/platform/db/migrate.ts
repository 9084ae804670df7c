import { existsSync } from 'node:fs';
import knex, { type Knex } from 'knex';
import { startError } from '../start-error.js';
import { migration, migrationNames } from './migrations.js';
import { SqliteConnection } from './sqlite-connection.js';
import { type DatabaseLocation, describeLocation } from './uri.js';

/** What has been applied. */
const TABLE = 'runledger_migrations';
/** The table by which a database of `mlflow server` is known. */
const MLFLOW_TABLE = 'alembic_version';
/** Names the advisory lock under which PostgreSQL is migrated; any constant of our own does. */
const LOCK = 7_205_759;
const CONNECT_TIMEOUT = 10_000;

export interface MigrationStatus {
  readonly applied: readonly string[];
  readonly pending: readonly string[];
  /** Applied steps that this version does not know: the schema is newer. */
  readonly unknown: readonly string[];
}

/**
 * @returns what has been applied to the database and what is left to do
 * @throws Error with one sentence when it can't be reached, or is MLflow's own
 */
export async function migrationStatus(location: DatabaseLocation): Promise<MigrationStatus> {
  return statusOf(await explained(location, () => appliedNames(location)));
}

/**
 * Brings the schema up to date; does nothing, and loads nothing, when it is. Servers that start
 * together wait for each other. All steps are one transaction.
 *
 * @throws Error with one sentence when the schema is newer than this version
 */
export async function migrateUp(
  location: DatabaseLocation,
  { last, tell = toStderr }: UpOptions = {},
): Promise<MigrationStatus> {
  const status = await migrationStatus(location);
  refuseNewer(status);
  if (status.pending.length === 0) return status;
  const copy = await copied(location, status, tell);
  try {
    return await change(location, async (connection, { pending }) => {
      for (const name of pending) {
        if (last !== undefined && name > last) break;
        await migration(name).up(connection);
        await connection(TABLE).insert({ name, batch: 1, migration_time: new Date() });
      }
    });
  } catch (error) {
    if (copy !== undefined && location.kind === 'sqlite') {
      const { file } = location;
      tell(
        `The database is as it was. Should it not be: stop all servers, remove ${file}-wal and ` +
          `${file}-shm, and copy ${copy} to ${file}.`,
      );
    }
    throw error;
  }
}

export interface UpOptions {
  /** Where to stop; by default after the newest step. */
  readonly last?: string;
  /** Is told where a copy lies, and what to do with it if a step fails. */
  readonly tell?: (line: string) => void;
}

const toStderr = (line: string): void => void process.stderr.write(`${line}\n`);

/** A SQLite database that holds something is copied first. @returns where the copy lies */
async function copied(
  location: DatabaseLocation,
  { applied }: MigrationStatus,
  tell: (line: string) => void,
): Promise<string | undefined> {
  const version = applied.at(-1);
  if (location.kind !== 'sqlite' || version === undefined) return undefined;
  return explained(location, async () => {
    const { copyBefore } = await import('./copy-before.js');
    const copy = await copyBefore(location.file, version, new Date());
    tell(`The schema of the database is renewed; a copy of it as it was is ${copy}`);
    return copy;
  });
}

/** Takes back the last step, or all of them. Data of the tables that go is lost. */
export async function migrateDown(
  location: DatabaseLocation,
  all = false,
): Promise<MigrationStatus> {
  const status = await migrationStatus(location);
  refuseNewer(status);
  if (status.applied.length === 0) return status;
  return change(location, async (connection, { applied }) => {
    for (const name of [...applied].reverse().slice(0, all ? applied.length : 1)) {
      await migration(name).down?.(connection);
      await connection(TABLE).where({ name }).delete();
    }
  });
}

function statusOf(applied: readonly string[]): MigrationStatus {
  return {
    applied,
    pending: migrationNames.filter((name) => !applied.includes(name)),
    unknown: applied.filter((name) => !migrationNames.includes(name)),
  };
}

function refuseNewer({ unknown }: MigrationStatus): void {
  if (unknown.length === 0) return;
  throw new Error(
    `The database has a newer schema (${unknown.join(', ')}) than this version of Runledger knows; start a newer version`,
  );
}

/** Only looks: a database that is not ours stays as it is, byte for byte. */
async function appliedNames(location: DatabaseLocation): Promise<string[]> {
  const select = `select name from ${TABLE} order by id`;
  if (location.kind === 'sqlite') {
    if (!existsSync(location.file)) return [];
    const connection = new SqliteConnection({ ...location, durability: 'full', readonly: true });
    try {
      const sql = `select name from sqlite_master where type = 'table' and name in (?, ?)`;
      const tables = connection.all<{ name: string }>({ sql, bindings: [TABLE, MLFLOW_TABLE] });
      if (!isOurs(tables.map(({ name }) => name))) return [];
      return connection.all<{ name: string }>({ sql: select, bindings: [] }).map((r) => r.name);
    } finally {
      connection.close();
    }
  }
  const { default: pg } = await import('pg');
  const client = new pg.Client({ ...location, connectionTimeoutMillis: CONNECT_TIMEOUT });
  // A connection that breaks fails the query; without a listener it would end the process as well.
  client.on('error', () => undefined);
  await client.connect();
  try {
    const tables = await client.query<{ name: string }>(
      'select name from unnest($1::text[]) as name where to_regclass(name) is not null',
      [[TABLE, MLFLOW_TABLE]],
    );
    if (!isOurs(tables.rows.map(({ name }) => name))) return [];
    return (await client.query<{ name: string }>(select)).rows.map((row) => row.name);
  } finally {
    await client.end();
  }
}

/** @throws Error for a database of `mlflow server`, whose tables have the names of ours */
function isOurs(tables: readonly string[]): boolean {
  if (tables.includes(TABLE)) return true;
  if (!tables.includes(MLFLOW_TABLE)) return false;
  throw new Error(
    `it is MLflow's own database (it has the table ${MLFLOW_TABLE}), and Runledger needs one of its own`,
  );
}

/** Changes the schema in one transaction that no other server can be in at the same time. */
function change(
  location: DatabaseLocation,
  work: (connection: Knex, status: MigrationStatus) => Promise<void>,
): Promise<MigrationStatus> {
  return explained(location, async () => {
    const connection = connect(location);
    try {
      if (location.kind === 'sqlite') await connection.raw('begin immediate');
      else {
        await connection.raw('begin');
        await connection.raw('select pg_advisory_xact_lock(?)', [LOCK]);
      }
      await makeTable(connection);
      const before = statusOf(await namesIn(connection));
      refuseNewer(before);
      await work(connection, before);
      const after = statusOf(await namesIn(connection));
      await connection.raw('commit');
      return after;
    } finally {
      // Whatever is not committed goes with the connection.
      await connection.destroy();
    }
  });
}

/** One connection, so that `begin` and `commit` hold for all that is done between them. */
function connect(location: DatabaseLocation): Knex {
  if (location.kind === 'postgres') {
    const { connectionString } = location;
    return knex({ client: 'pg', connection: connectionString, pool: { min: 0, max: 1 } });
  }
  // Sets the journal of a new file: that can't be done in a transaction.
  new SqliteConnection({ ...location, durability: 'full' }).close();
  return knex({
    client: 'better-sqlite3',
    connection: { filename: location.file },
    useNullAsDefault: true,
  });
}

async function makeTable(connection: Knex): Promise<void> {
  if (await connection.schema.hasTable(TABLE)) return;
  await connection.schema.createTable(TABLE, (t) => {
    t.increments('id');
    t.string('name').notNullable();
    t.integer('batch').notNullable();
    t.timestamp('migration_time').notNullable();
  });
}

const namesIn = (connection: Knex): Promise<string[]> =>
  connection(TABLE).orderBy('id').pluck<string[]>('name');

async function explained<Result>(
  location: DatabaseLocation,
  work: () => Promise<Result>,
): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    throw startError(`Can't use the database ${describeLocation(location)}`, error);
  }
}
