import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Sqlite from 'better-sqlite3';
import { expect, it, onTestFinished } from 'vitest';
import type { Database } from '../platform/db/database.js';
import { openReadOnly } from '../platform/db/read-only-source.js';
import type { Deed } from '../platform/trail.js';
import { forEachDatabase } from '../testing/for-each-database.js';
import { BY_TESTER } from '../testing/tester.js';
import { Importer } from './import.service.js';
import { ImportStore } from './imports.store.js';
import { isSame, type Report } from './report.js';
import { SourceStore } from './source.store.js';
import { TargetStore } from './target.store.js';

/** A part of the schema of MLflow 3.17, with the rows that are hard to move. */
const SCHEMA = `
  create table alembic_version (version_num varchar(32) not null);
  insert into alembic_version values ('dc11669786a5');
  create table experiments (experiment_id integer primary key, name text, artifact_location text,
    lifecycle_stage text, creation_time bigint, last_update_time bigint, workspace text);
  insert into experiments values (0, 'Default', '/mlruns/0', 'active', 1, 1, 'default'),
    (7, 'ü', null, 'deleted', null, null, 'default');
  create table runs (run_uuid text primary key, name text, user_id text, status text,
    start_time bigint, end_time bigint, lifecycle_stage text, artifact_uri text,
    experiment_id integer, deleted_time bigint);
  insert into runs values ('r1', null, null, 'FINISHED', 5, null, 'active', 'a', 7, null),
    ('r2', 'two', 'ann', 'FAILED', null, 6, 'deleted', 'b', 0, 9);
  create table tags (key text, value text, run_uuid text, primary key (key, run_uuid));
  insert into tags values ('k', 'v', 'r1'), ('k', 'of nobody', 'gone');
  create table metrics (key text, value float, timestamp bigint, run_uuid text, step bigint,
    is_nan boolean, primary key (key, timestamp, step, run_uuid, value, is_nan));
  create table webhooks (webhook_id text primary key, name text, description text, url text,
    status text, secret text, creation_timestamp bigint, last_updated_timestamp bigint,
    deleted_timestamp bigint, workspace text);
  insert into webhooks values ('w1', 'a', null, 'https://a.test', 'ACTIVE', 'x', 1, 1, null, 'default'),
    ('w2', 'b', null, 'https://a.test', 'ACTIVE', null, 1, 1, null, 'default'),
    ('w3', 'c', null, 'https://a.test', 'ACTIVE', null, 1, 1, 4, 'default');
  create table trace_info (request_id text primary key, experiment_id integer, timestamp_ms bigint,
    execution_time_ms bigint, status text, client_request_id text, request_preview text,
    response_preview text, trace_name text, session_id text, input_tokens bigint, total_cost float);
  insert into trace_info values ('t1', 7, 1, null, 'OK', null, null, null, 'f', 's', 3, 2.0),
    ('t2', 7, 1, null, 'OK', null, null, null, null, null, null, null);
  create table trace_tags (key text, value text, request_id text, primary key (key, request_id));
  insert into trace_tags values ('mlflow.traceName', 'old', 't1'), ('mlflow.traceName', 'g', 't2');
`;

async function made(also = ''): Promise<Sqlite.Database> {
  const folder = await mkdtemp(join(tmpdir(), 'runledger-import-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const source = new Sqlite(join(folder, 'mlflow.db'));
  onTestFinished(() => void source.close());
  source.exec(SCHEMA + also);
  const add = source.prepare('insert into metrics values (?, ?, ?, ?, ?, ?)');
  add.run('nan', 0, 1, 'r1', 1, 1);
  add.run('inf', Number.MAX_VALUE, 1, 'r1', 1, 0);
  add.run('big', 0.1, 9007199254740993n, 'r1', -9007199254740993n, 0);
  source.transaction(() => {
    for (let step = 0; step < 12_000; step += 1)
      add.run('loss', 1 / (step + 1), step, 'r2', step, 0);
  })();
  return source;
}

async function importFrom(
  file: string,
  database: Database,
  { name = 'here', deeds = [] as Deed[], stopAt = Number.POSITIVE_INFINITY } = {},
): Promise<Report> {
  const opened = await openReadOnly({ kind: 'sqlite', file });
  try {
    return await new Importer({
      ...{ database, now: () => 1_000, source: new SourceStore(opened) },
      target: new TargetStore(database),
      imports: new ImportStore(database),
      trail: {
        record: async (_tx, _by, deed) => {
          deeds.push(deed);
        },
      },
      told: (what, rows) => {
        if (what === 'copying metric points' && rows >= stopAt) throw new Error('stopped');
      },
    }).run(name, BY_TESTER);
  } finally {
    await opened.close();
  }
}

forEachDatabase((open) => {
  const rows = (database: Database, sql: string) => database.read.all({ sql, bindings: [] });

  it('moves rows that are hard to move, and says what stays behind', async () => {
    const database = await open();
    const deeds: Deed[] = [];
    const report = await importFrom((await made()).name, database, { deeds });
    expect(report.families.filter((family) => !isSame(family))).toEqual([]);
    expect(report.families.find(({ title }) => title === 'run tags')).toMatchObject({
      ...{ source: 2, orphans: 1, target: 1 },
    });
    expect(report.notes).toEqual([
      expect.stringContaining('2 runs keep artifacts outside'),
      expect.stringContaining('1 webhooks had secrets'),
    ]);
    expect(deeds.map(({ action }) => action)).toEqual(['server.import']);
    expect(
      await rows(
        database,
        "select key, value, is_nan, timestamp, step from metrics where key <> 'loss' order by key",
      ),
    ).toEqual([
      { key: 'big', value: 0.1, is_nan: 0, timestamp: 9007199254740993n, step: -9007199254740993n },
      { key: 'inf', value: Number.MAX_VALUE, is_nan: 0, timestamp: 1, step: 1 },
      { key: 'nan', value: 0, is_nan: 1, timestamp: 1, step: 1 },
    ]);
    expect(await rows(database, 'select webhook_id, status from webhooks order by 1')).toEqual([
      { webhook_id: 'w1', status: 'DISABLED' },
      { webhook_id: 'w2', status: 'ACTIVE' },
    ]);
    expect(await rows(database, 'select value from trace_tags order by value')).toEqual([
      { value: 'f' },
      { value: 'g' },
    ]);
    expect(await rows(database, 'select key, value from trace_metadata order by key')).toEqual([
      { key: 'mlflow.trace.cost', value: '{"total_cost": 2.0}' },
      { key: 'mlflow.trace.session', value: 's' },
      { key: 'mlflow.trace.tokenUsage', value: '{"input_tokens": 3}' },
    ]);
    expect(
      await database.write((tx) =>
        tx.first({
          sql:
            'insert into experiments (name, artifact_location, lifecycle_stage, creation_time, ' +
            "last_update_time) values ('n', '', 'active', 1, 1) returning experiment_id",
          bindings: [],
        }),
      ),
    ).toEqual({ experiment_id: 8 });
  });

  it('notes long histories, so that a server marks them', async () => {
    const database = await open();
    const { name: file } = await made(
      'create table latest_metrics (key text, value float, timestamp bigint, step bigint, ' +
        "is_nan boolean, run_uuid text); insert into latest_metrics values ('loss', 1, 1, 1, 0, 'r2')",
    );
    await importFrom(file, database);
    const noted = 'select key from latest_metrics where noticed_time is not null';
    expect(await rows(database, noted)).toEqual([{ key: 'loss' }]);
  });

  it('goes on where it was stopped, and changes nothing the second time', async () => {
    const database = await open();
    const { name: file } = await made();
    await expect(importFrom(file, database, { stopAt: 10_000 })).rejects.toThrow('stopped');
    expect(await rows(database, 'select count(*) as n from metrics')).toEqual([{ n: 10_000 }]);
    const report = await importFrom(file, database);
    expect(report.families.filter((family) => !isSame(family))).toEqual([]);
    expect(await rows(database, 'select count(*) as n from metrics')).toEqual([{ n: 12_003 }]);
    const deeds: Deed[] = [];
    const again = await importFrom(file, database, { deeds });
    expect(again.families).toEqual(report.families);
    expect(again.notes.at(-1)).toContain('nothing was written');
    expect(deeds).toEqual([]);
  });

  it.each([
    [
      'a new experiment with a run, and other points',
      "insert into experiments values (9, 'new', 'x', 'active', 1, 1, 'default');" +
        "insert into runs values ('a0', 'new', 'ann', 'RUNNING', 1, null, 'active', 'a', 9, null);" +
        "insert into metrics values ('loss', 1, 99999, 'a0', 1, 0);" +
        "update metrics set value = 7 where key = 'loss' and step = 5",
    ],
    [
      'names that have moved, a run that ended, one that went',
      "update experiments set name = 'old' where experiment_id = 7;" +
        "insert into experiments values (8, 'ü', 'x', 'active', 1, 1, 'default');" +
        "update runs set status = 'KILLED', end_time = 9 where run_uuid = 'r2';" +
        "delete from metrics where run_uuid = 'r1'; delete from tags where run_uuid = 'r1';" +
        "delete from runs where run_uuid = 'r1'",
    ],
  ])('holds one state where it was stopped and the source has by then %s', async (_, change) => {
    const database = await open();
    const source = await made();
    await expect(importFrom(source.name, database, { stopAt: 10_000 })).rejects.toThrow('stopped');
    source.exec(change);
    const deeds: Deed[] = [];
    const report = await importFrom(source.name, database, { deeds });
    expect(report.families.filter((family) => !isSame(family))).toEqual([]);
    expect(report.notes.at(-1)).toContain('copied anew');
    const [points] = source.prepare('select count(*) as n from metrics').all();
    expect(await rows(database, 'select count(*) as n from metrics')).toEqual([points]);
    const names = 'select experiment_id, name from experiments order by 1';
    expect(await rows(database, names)).toEqual(source.prepare(names).all());
    expect(deeds).toHaveLength(1);
    const again = await importFrom(source.name, database);
    expect(again.families).toEqual(report.families);
    expect(again.notes.at(-1)).toContain('nothing was written');
  });

  it('says what to do where a source has changed after it was moved in', async () => {
    const database = await open();
    const source = await made();
    await importFrom(source.name, database);
    source.exec("insert into metrics values ('aaa', 1, 1, 'r1', 1, 0)");
    const report = await importFrom(source.name, database);
    expect(report.families.filter((family) => !isSame(family))).toHaveLength(1);
    expect(report.notes.at(-1)).toContain('begin again with an empty target');
    expect(await rows(database, 'select count(*) as n from metrics')).toEqual([{ n: 12_003 }]);
  });

  it('takes workspaces with what lies in them, where both have a model of one name', async () => {
    const database = await open();
    const { name } = await made(`
      create table workspaces (name varchar(63) primary key, description text);
      insert into workspaces values ('default', 'D'), ('team', 'T');
      insert into experiments values (8, 'ü', 'mlflow-artifacts:/workspaces/team/8', 'active', 1, 1, 'team');
      create table registered_models (workspace varchar(63), name varchar(256), creation_time bigint,
        last_updated_time bigint, description text, primary key (workspace, name));
      insert into registered_models values ('default', 'm', 1, 1, 'ours'), ('team', 'm', 1, 1, 'theirs');
      create table registered_model_tags (workspace varchar(63), name varchar(256), key varchar(250),
        value text, primary key (workspace, name, key));
      insert into registered_model_tags values ('default', 'm', 'k', 'ours'), ('team', 'm', 'k', 'theirs');
    `);
    const report = await importFrom(name, database);
    expect(report.families.filter((family) => !isSame(family))).toEqual([]);
    expect(report.notes[0]).toContain('workspaces team: a server shows them');
    expect(
      await rows(
        database,
        'select m.workspace, m.description, t.value from registered_models m ' +
          'join registered_model_tags t on t.model = m.id order by 1',
      ),
    ).toEqual([
      { workspace: 'default', description: 'ours', value: 'ours' },
      { workspace: 'team', description: 'theirs', value: 'theirs' },
    ]);
    expect(
      await rows(database, 'select workspace, experiment_id as id from experiments order by 2'),
    ).toEqual([
      { workspace: 'default', id: 0 },
      { workspace: 'default', id: 7 },
      { workspace: 'team', id: 8 },
    ]);
    expect(await rows(database, 'select name, description from workspaces')).toEqual([
      { name: 'team', description: 'T' },
    ]);
  });

  it('refuses other sources, other schemas and targets in use', async () => {
    const database = await open();
    const { name: file } = await made();
    const newer = await made("update alembic_version set version_num = 'f00'");
    await expect(importFrom(newer.name, database)).rejects.toThrow("revision 'f00'");
    await importFrom(file, database);
    await expect(importFrom(file, database, { name: 'there' })).rejects.toThrow('came from here');
    const used = await open();
    await used.write((tx) =>
      tx.run({
        sql: "insert into registered_models (name, creation_timestamp, last_updated_timestamp) values ('m', 1, 1)",
        bindings: [],
      }),
    );
    await expect(importFrom(file, used)).rejects.toThrow('registered_models has rows');
    expect(await rows(used, 'select count(*) as n from experiments')).toEqual([{ n: 0 }]);
  });
});
