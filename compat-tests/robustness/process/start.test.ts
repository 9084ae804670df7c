import { createHash } from 'node:crypto';
import { chmod, mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import Sqlite from 'better-sqlite3';
import pg from 'pg';
import { describe, expect, it } from 'vitest';
import { freePort } from '../../../src/testing/postgres-setup.js';
import { Client } from '../support/client.js';
import { onBothDatabases, type Place, places } from '../support/place.js';
import { type Ended, runProgram, serverFlags, startServer } from '../support/server.js';

/** A user of this machine who owns nothing; the superuser's permissions can't be taken away. */
const NOBODY = process.getuid?.() === 0 ? { uid: 65_534 } : {};

const newPlace = places();

async function start(place: Place, flags: readonly string[] = []): Promise<Ended> {
  return runProgram(['server', ...serverFlags(place, await freePort()), ...flags]);
}

/** It ended by itself, and told why in one line that is no developer's business. */
function expectSentence(ended: Ended, text: RegExp): void {
  expect({ code: ended.code, signal: ended.signal }, ended.stderr).toEqual({
    code: 1,
    signal: null,
  });
  const lines = ended.stderr.trim().split('\n');
  expect(lines).toHaveLength(1);
  expect(lines[0]).toMatch(text);
  expect(lines[0]).toMatch(/^(runledger|error): .{10,}/);
  expect(lines[0]).not.toMatch(/node:|\bat .*\.js|Error:|undefined|\[object/);
}

describe('refuses to start', () => {
  it('on a port that is taken', async () => {
    const place = await newPlace();
    const server = await startServer(place);
    const again = await runProgram(['server', ...serverFlags(await newPlace(), server.port)]);
    expectSentence(again, new RegExp(`Port ${server.port} .* in use`));
    const onPostgres = await newPlace('PostgreSQL');
    expectSentence(await runProgram(['server', ...serverFlags(onPostgres, server.port)]), /in use/);
  });

  it.each([
    ['a database below a file', 'sqlite:////dev/null/folder/x.db', /database .*file, not a folder/],
    ['a database that is a folder', 'sqlite:////dev', /database '\/dev'/],
    ['a database that is none', 'mysql://user:secret@127.0.0.1/x', /mysql:.* not supported/],
    ['a file without a scheme', './runledger.db', /not supported/],
    ['a server that is not there', 'postgresql://user:secret@127.0.0.1:1/x', /ECONNREFUSED/],
    ['a host with two addresses', 'postgresql://user:secret@localhost:1/x', /ECONNREFUSED/],
    ['a database where no folder can be made', 'sqlite:////proc/none/x.db', /could not be made/],
    ['a bad port', 'postgresql://user:secret@127.0.0.1:99999999/x', /database/],
  ])('on %s', async (_, databaseUri, text) => {
    const ended = await start({ ...(await newPlace()), databaseUri });
    expectSentence(ended, text);
    expect(ended.stderr).not.toContain('secret');
  });

  it('with a wrong password or an unknown database', async () => {
    const { databaseUri } = await newPlace('PostgreSQL');
    const other = { ...(await newPlace()), databaseUri: `${databaseUri}_missing` };
    expectSentence(await start(other), /does not exist/);
    const wrong = databaseUri.replace(/:[^:/@]+@/, ':wrong-secret@');
    const ended = await start({ ...other, databaseUri: wrong });
    expectSentence(ended, /password/);
    expect(ended.stderr).not.toContain('wrong-secret');
  });

  it('on a file that is no database', async () => {
    const place = await newPlace();
    await writeFile(place.databaseFile ?? '', 'This is text, and not a database. '.repeat(100));
    expectSentence(await start(place), /no SQLite database/);
  });

  it('where it may not write', async () => {
    const place = await newPlace();
    const closed = join(place.folder, 'closed');
    await mkdir(closed);
    await chmod(place.folder, 0o755);
    await chmod(closed, 0o555);
    const open = join(place.folder, 'open');
    await mkdir(open);
    await chmod(open, 0o777);
    const inClosed = { ...place, databaseUri: `sqlite:///${closed}/x.db`, artifacts: open };
    const below = { ...place, databaseUri: `sqlite:///${closed}/folder/x.db`, artifacts: open };
    const files = { ...place, databaseUri: `sqlite:///${open}/x.db`, artifacts: closed };
    const filesBelow = { ...files, artifacts: join(closed, 'folder') };
    const run = async (other: Place) =>
      runProgram(['server', ...serverFlags(other, await freePort())], NOBODY);
    expectSentence(await run(inClosed), /database .* may not be written/);
    expectSentence(await run(below), /database .*permission/);
    expectSentence(await run(files), /artifact folder .*permission/);
    expectSentence(await run(filesBelow), /artifact folder .*permission/);
    expectSentence(await start({ ...place, artifacts: '/dev/null/x' }), /artifact folder/);
    expectSentence(await start({ ...place, artifacts: '/dev/null' }), /artifact folder/);
    // Of /proc nobody is told that it may not be written, and it never comes to an end in some.
    expectSentence(await start({ ...place, artifacts: '/proc' }), /artifact folder/);
    expectSentence(await start({ ...place, artifacts: '/proc/none/below' }), /artifact folder/);
    expectSentence(await start({ ...place, artifacts: 'hdfs://name/x' }), /serve .*'hdfs:/);
  });

  it.each([
    [['--port', 'many'], /--port/],
    [['--port', '65536'], /--port/],
    [['--pool-size', '-1'], /--pool-size/],
    [['--scan-threads', '-1'], /--scan-threads/],
    [['--durability', 'some'], /--durability/],
    [['--log-level', 'loud'], /--log-level/],
    [['--body-limit', '1e9'], /--body-limit/],
    [['--body-timeout', '0'], /--body-timeout/],
    [['--headers-timeout', 'x'], /--headers-timeout/],
    [['--static-prefix', 'pre'], /--static-prefix/],
    [['--static-prefix', '/pre/'], /--static-prefix/],
    [['--registry-store-uri', 'sqlite:///other.db'], /--registry-store-uri/],
    [['--host', '256.256.256.256'], /256/],
    [['--nonsense'], /--nonsense/],
    [['--port'], /argument missing/],
  ])('with %j', async (flags, text) => {
    expectSentence(await start(await newPlace(), flags), text);
  });

  it('with a bad value in the environment', async () => {
    const environment = { MLFLOW_TRUNCATE_LONG_VALUES: 'perhaps' };
    const args = ['server', ...serverFlags(await newPlace(), await freePort())];
    expectSentence(await runProgram(args, { environment }), /MLFLOW_TRUNCATE_LONG_VALUES/);
  });
});

describe("an MLflow server's own database", () => {
  it('is refused on SQLite, and not a byte of it changes', async () => {
    const place = await newPlace();
    const file = place.databaseFile ?? '';
    const database = new Sqlite(file);
    database.exec(
      "create table alembic_version (version_num text); insert into alembic_version values ('x');" +
        'create table experiments (experiment_id integer primary key, name text)',
    );
    database.close();
    const hash = async () =>
      createHash('sha256')
        .update(await readFile(file))
        .digest('hex');
    const before = await hash();
    expectSentence(await start(place), /MLflow's own database/);
    for (const step of ['status', 'up', 'down']) {
      const args = ['migrate', step, '--backend-store-uri', place.databaseUri];
      expectSentence(await runProgram(args), /MLflow's own database/);
    }
    expect(await hash()).toBe(before);
    expect(await readdir(dirname(file))).toHaveLength(1);
  });

  it('is refused on PostgreSQL, and gets no new table', async () => {
    const place = await newPlace('PostgreSQL');
    const client = new pg.Client(place.databaseUri);
    await client.connect();
    await client.query('create table alembic_version (version_num text)');
    expectSentence(await start(place), /MLflow's own database/);
    const tables = await client.query(
      "select tablename from pg_tables where schemaname = 'public' order by 1",
    );
    expect(tables.rows).toEqual([{ tablename: 'alembic_version' }]);
    await client.end();
  });
});

onBothDatabases((newPlaceHere) => {
  it('brings up servers that start together on an empty database', async () => {
    for (let round = 0; round < 3; round += 1) {
      const place = await newPlaceHere();
      const servers = await Promise.all([1, 2, 3].map(() => startServer(place)));
      for (const [index, { url }] of servers.entries()) {
        const client = new Client(url);
        await client.ok('POST', 'experiments/create', { name: `from ${index}` });
        await client.ok('GET', 'experiments/get', { experiment_id: '0' });
        client.close();
      }
      const ended = await Promise.all(servers.map((server) => server.stop()));
      expect(ended.map(({ code }) => code)).toEqual([0, 0, 0]);
    }
  });
});
