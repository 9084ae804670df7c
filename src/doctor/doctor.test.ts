import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Sqlite from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { auditSlices } from '../audit-slices.js';
import { systemClock } from '../platform/clock.js';
import { toConfig } from '../platform/config/config.js';
import type { PostgresFacts } from '../platform/db/inspect.js';
import { migrateUp } from '../platform/db/migrate.js';
import { openDatabase } from '../platform/db/open.js';
import { BY_TESTER } from '../testing/tester.js';
import { postgresFindings } from './database-checks.js';
import { asTable, examine, hasFailed } from './doctor.js';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'runledger-doctor-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const configIn = (settings: Record<string, string> = {}) =>
  toConfig({
    backendStoreUri: `sqlite:///${folder}/x.db`,
    artifactsDestination: join(folder, 'artifacts'),
    ...settings,
  });

const verdicts = async (settings: Record<string, string> = {}) =>
  Object.fromEntries(
    (await examine(configIn(settings))).map(({ check, verdict }) => [check, verdict]),
  );

describe('a look at a server on SQLite', () => {
  it('finds all well once the database is there', async () => {
    expect(await verdicts()).toMatchObject({ database: 'warn', artifacts: 'ok', Node: 'ok' });
    await migrateUp(configIn().database);
    const findings = await examine(configIn());
    expect(hasFailed(findings)).toBe(false);
    expect(await verdicts()).toMatchObject({ database: 'ok', schema: 'ok', durability: 'ok' });
    expect(asTable(findings)).toMatch(/^ok {4}schema +up to date$/m);
  });

  it('looks into an audit log that somebody has edited, and for half of an import', async () => {
    await migrateUp(configIn().database);
    const database = await openDatabase({ ...configIn(), location: configIn().database });
    const { trail } = auditSlices(configIn(), database, systemClock);
    const deed = { action: 'server.import', object: { kind: 'server', id: 'import' } } as const;
    await database.write((tx) => trail.record(tx, BY_TESTER, deed));
    await database.close();
    expect(await verdicts()).toMatchObject({ schema: 'ok', 'audit log': 'ok' });

    const file = new Sqlite(join(folder, 'x.db'));
    for (const { name } of file
      .prepare("select name from sqlite_master where type = 'trigger' and tbl_name = 'audit_log'")
      .all() as { name: string }[]) {
      file.exec(`drop trigger ${name}`);
    }
    file.exec("update audit_log set entry = replace(entry, 'tester', 'nobody')");
    file.exec("insert into imports (source, revision, started_time) values ('there', 'x', 1)");
    file.close();
    expect(await verdicts()).toMatchObject({ 'audit log': 'fail', import: 'fail' });
  });

  it('says what is wrong, and what to do about it', async () => {
    await writeFile(join(folder, 'x.db'), 'no database, but a text that is long enough to be read');
    await writeFile(join(folder, 'artifacts'), 'a file');
    const found = await verdicts({ host: '0.0.0.0', durability: 'relaxed' });
    expect(found).toMatchObject({ database: 'fail', artifacts: 'fail', 'sign-in': 'fail' });
    const findings = await examine(configIn());
    for (const { verdict, advice } of findings) {
      if (verdict !== 'ok') expect(advice).toMatch(/\w{3,}/);
    }
  });
});

describe('settings of a PostgreSQL', () => {
  const FACTS: PostgresFacts = {
    ...{ version: 180_000, synchronousCommit: 'on', fsync: 'on', maxConnections: 100 },
    ...{ isReadOnly: false, mayCreate: true, now: Date.now() },
  };
  const CONFIG = { durability: 'full', poolSize: 10, workers: 2 } as const;
  const of = (facts: Partial<PostgresFacts>, config: Partial<typeof CONFIG> | object = {}) =>
    Object.fromEntries(
      postgresFindings('db', { ...CONFIG, ...config }, { ...FACTS, now: Date.now(), ...facts }).map(
        ({ check, verdict }) => [check, verdict],
      ),
    );

  it.each([
    ['all is well', {}, {}, {}],
    ['a replica', { isReadOnly: true }, {}, { database: 'fail' }],
    ['no right to make tables', { mayCreate: false }, {}, { database: 'fail' }],
    ['an old release', { version: 130_004 }, {}, { PostgreSQL: 'fail' }],
    ['commits that do not wait', { synchronousCommit: 'off' }, {}, { durability: 'warn' }],
    ['more connections than there are', {}, { workers: 12 }, { connections: 'warn' }],
    ['another time', { now: 0 }, {}, { clock: 'warn' }],
  ])('%s', (_, facts, config, wrong) => {
    const well = ['database', 'PostgreSQL', 'durability', 'connections', 'clock'];
    expect(of(facts, config)).toEqual({
      ...Object.fromEntries(well.map((check) => [check, 'ok'])),
      ...wrong,
    });
  });
});
