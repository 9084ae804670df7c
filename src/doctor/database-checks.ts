import { existsSync } from 'node:fs';
import { access, constants, statfs } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import type { Config } from '../platform/config/config.js';
import { inspectPostgres, inspectSqlite, type PostgresFacts } from '../platform/db/inspect.js';
import { migrationStatus } from '../platform/db/migrate.js';
import { describeLocation } from '../platform/db/uri.js';
import { type Finding, fail, ok, reasonOf, warn } from './finding.js';

const OLDEST_POSTGRES = 14;
/** Connections that are to be left for others than this server. */
const SPARE = 5;
const GIGABYTE = 1_073_741_824;
/** Milliseconds that two clocks may differ by. */
const CLOCK_TOLERANCE = 5_000;

/** Looks at the database and changes nothing of it. */
export async function checkDatabase(config: Config): Promise<Finding[]> {
  const { database } = config;
  return database.kind === 'sqlite'
    ? checkSqlite(config, database.file)
    : checkPostgres(config, database.connectionString);
}

async function checkSqlite(config: Config, file: string): Promise<Finding[]> {
  const folder = dirname(resolve(file));
  const findings: Finding[] = [await checkSpace('disk of the database', folder)];
  if (!existsSync(file)) {
    const nearest = nearestFolder(folder);
    const writable = await access(nearest, constants.W_OK).then(
      () => true,
      () => false,
    );
    findings.push(
      writable
        ? warn('database', `${file} is not there yet`, 'The first start makes it.')
        : fail('database', `${nearest} can't be written`, 'Give the folder to this user.'),
    );
    return findings;
  }
  try {
    const { journal, check } = inspectSqlite(file);
    findings.push(
      check === 'ok'
        ? ok('database', `${file} can be read and written`)
        : fail('database', `${file} is damaged: ${check}`, 'Restore the last backup.'),
      journal === 'wal'
        ? ok('journal', 'wal')
        : warn('journal', journal, 'The next start of the server turns it to wal.'),
    );
  } catch (error) {
    return [
      ...findings,
      fail(
        'database',
        `${file}: ${reasonOf(error)}`,
        'The file and its folder must belong to this user, on a local disk.',
      ),
    ];
  }
  findings.push(durability(config.durability === 'full'), await checkSchema(config));
  return findings;
}

async function checkPostgres(config: Config, connectionString: string): Promise<Finding[]> {
  const name = describeLocation(config.database);
  try {
    const facts = await inspectPostgres(connectionString);
    const schema = await checkSchema(config);
    return [...postgresFindings(name, config, facts), schema];
  } catch (error) {
    const advice = 'Check host, port, user and password of --backend-store-uri, and pg_hba.conf.';
    return [fail('database', `${name}: ${reasonOf(error)}`, advice)];
  }
}

/** What settings of a PostgreSQL mean for this server. */
export function postgresFindings(
  name: string,
  config: Pick<Config, 'durability' | 'poolSize' | 'workers'>,
  facts: PostgresFacts,
): Finding[] {
  const major = Math.floor(facts.version / 10_000);
  const wanted = config.poolSize * config.workers;
  const free = facts.maxConnections - SPARE;
  const drift = Math.abs(facts.now - Date.now());
  return [
    facts.isReadOnly || !facts.mayCreate
      ? fail(
          'database',
          facts.isReadOnly ? `${name} takes no writes` : `${name}: no right to make tables`,
          facts.isReadOnly
            ? 'Name the primary in --backend-store-uri, and a replica in --backend-store-read-uri.'
            : 'grant create on its schema to the user, or let it own the database.',
        )
      : ok('database', `${name} can be read and written`),
    major >= OLDEST_POSTGRES
      ? ok('PostgreSQL', `version ${major}`)
      : fail('PostgreSQL', `version ${major}`, `Use version ${OLDEST_POSTGRES} or newer.`),
    durability(
      config.durability === 'full' && facts.fsync === 'on' && facts.synchronousCommit !== 'off',
      `synchronous_commit ${facts.synchronousCommit}, fsync ${facts.fsync}`,
    ),
    wanted <= free
      ? ok('connections', `${wanted} of ${facts.maxConnections}`)
      : warn(
          'connections',
          `${wanted} wanted, max_connections is ${facts.maxConnections}`,
          'Lower --pool-size or --workers, or raise max_connections.',
        ),
    drift < CLOCK_TOLERANCE
      ? ok('clock', 'agrees with that of the database')
      : warn(
          'clock',
          `differs from that of the database by ${Math.round(drift / 1_000)} s`,
          'Set both by NTP.',
        ),
  ];
}

const durability = (isFull: boolean, what = isFull ? 'full' : 'relaxed'): Finding =>
  isFull
    ? ok('durability', what)
    : warn(
        'durability',
        what,
        'A power cut may lose acknowledged writes. Use --durability full, fsync and synchronous_commit on.',
      );

async function checkSchema({ database }: Config): Promise<Finding> {
  try {
    const { pending, unknown } = await migrationStatus(database);
    if (unknown.length > 0) {
      const found = `newer than this version: ${unknown.join(', ')}`;
      return fail('schema', found, 'Start a newer version of Runledger.');
    }
    return pending.length === 0
      ? ok('schema', 'up to date')
      : warn(
          'schema',
          `${pending.length} steps are left`,
          "The next start takes them; 'runledger migrate up' does it now. Back up first.",
        );
  } catch (error) {
    return fail('schema', reasonOf(error), 'Name a database of Runledger, or an empty one.');
  }
}

/** How much a disk has left. */
export async function checkSpace(check: string, folder: string): Promise<Finding> {
  const { bavail, bsize } = await statfs(nearestFolder(folder));
  const left = (bavail * bsize) / GIGABYTE;
  const found = `${left.toFixed(1)} GB free`;
  if (left >= 5) return ok(check, found);
  const advice = 'Make room: writes are refused when the disk is full.';
  return left >= 0.5 ? warn(check, found, advice) : fail(check, found, advice);
}

function nearestFolder(folder: string): string {
  let nearest = resolve(folder);
  while (!existsSync(nearest) && dirname(nearest) !== nearest) nearest = dirname(nearest);
  return nearest;
}
