import { readdirSync } from 'node:fs';
import { basename, dirname } from 'node:path';
import Sqlite from 'better-sqlite3';
import pg from 'pg';
import { afterAll, describe, expect, it } from 'vitest';
import { createApp } from './app.js';
import { toConfig } from './platform/config/config.js';
import { migrateDown, migrateUp } from './platform/db/migrate.js';
import { migrationNames } from './platform/db/migrations.js';
import type { DatabaseLocation } from './platform/db/uri.js';
import { serve } from './platform/http/testing/serve.js';
import { createLog } from './platform/log.js';
import { type DatabaseKind, newLocation, openLocation } from './testing/for-each-database.js';
import { newFolder } from './testing/new-folder.js';

const RUN = 'a'.repeat(32);
/** What somebody had, by the first schema that could hold it. */
const DATA: readonly (readonly [step: string, sql: string])[] = [
  [
    '0001',
    "insert into experiments (experiment_id, name, artifact_location, lifecycle_stage, creation_time, last_update_time) values (7, 'old', '/tmp/old', 'active', 1, 1)",
  ],
  [
    '0001',
    `insert into runs (id, run_id, experiment_id, name, user_id, status, start_time, artifact_uri, lifecycle_stage) values (1, '${RUN}', 7, 'first', 'somebody', 'RUNNING', 1, '/tmp/old/${RUN}/artifacts', 'active')`,
  ],
  ['0001', "insert into run_params (run, key, value) values (1, 'rate', '0.1')"],
  ['0001', "insert into run_tags (run, key, value) values (1, 'team', 'blue')"],
  [
    '0001',
    "insert into metrics (run, key, timestamp, step, value, is_nan) values (1, 'loss', 5, 2, 0.5, 0)",
  ],
  [
    '0001',
    "insert into latest_metrics (run, key, value, is_nan, step, timestamp, experiment_id) values (1, 'loss', 0.5, 0, 2, 5, 7)",
  ],
  [
    '0003',
    "insert into registered_models (id, name, creation_timestamp, last_updated_timestamp) values (1, 'kept', 1, 1)",
  ],
  [
    '0003',
    `insert into model_versions (model, version, creation_timestamp, last_updated_timestamp, current_stage, source, storage_location, run_id, run_link, status) values (1, 1, 1, 1, 'Staging', '/tmp/old/m', '/tmp/old/m', '${RUN}', '', 'READY')`,
  ],
  ['0003', "insert into registered_model_aliases (model, alias, version) values (1, 'best', 1)"],
];

describe.each(['SQLite', 'PostgreSQL'] as const)('an upgrade on %s', (kind: DatabaseKind) => {
  const ends: (() => Promise<unknown>)[] = [];
  afterAll(async () => {
    for (const end of ends.reverse()) await end();
  });
  const quiet = { tell: () => undefined };

  it.each(migrationNames)('answers what was stored under %s', async (last) => {
    const location = await newLocation(kind, ends);
    await migrateUp(location, { last, ...quiet });
    const stored = DATA.filter(([step]) => step <= last.slice(0, 4)).map(([, sql]) => sql);
    await execute(location, stored);
    await migrateUp(location, quiet);
    // Only what came after goes with a step that is taken back.
    if (last !== migrationNames.at(-1)) {
      await migrateDown(location);
      await migrateUp(location, quiet);
    }
    await answers(location, last >= '0003');
  });

  async function answers(location: DatabaseLocation, hasModels: boolean) {
    const database = await openLocation(location);
    try {
      const config = toConfig({ artifactsDestination: newFolder(), logLevel: 'silent' });
      const ask = await serve(await createApp(config, database, createLog('silent')));
      const get = async (path: string) => (await ask(`/api/2.0/mlflow/${path}`)).json;
      const { run } = await get(`runs/get?run_id=${RUN}`);
      expect(run).toMatchObject({
        info: { run_id: RUN, experiment_id: '7', status: 'RUNNING' },
        data: {
          metrics: [{ key: 'loss', value: 0.5, step: 2 }],
          params: [{ key: 'rate', value: '0.1' }],
          tags: [{ key: 'team', value: 'blue' }],
        },
      });
      const history = await get(`metrics/get-history?run_id=${RUN}&metric_key=loss`);
      expect(history.metrics).toHaveLength(1);
      if (!hasModels) return;
      const version = await get('registered-models/alias?name=kept&alias=best');
      expect(version.model_version).toMatchObject({ version: '1', current_stage: 'Staging' });
    } finally {
      await database.close();
    }
  }
});

describe('a copy before the schema changes', () => {
  const ends: (() => Promise<unknown>)[] = [];
  afterAll(async () => {
    for (const end of ends) await end();
  });

  it('lies beside the database, holds what was there, and the three newest are kept', async () => {
    const location = await newLocation('SQLite', ends);
    if (location.kind !== 'sqlite') return;
    const told: string[] = [];
    const tell = (line: string) => void told.push(line);
    const [first = ''] = migrationNames;
    await migrateUp(location, { last: first, tell });
    expect(told).toEqual([]);
    await execute(location, [DATA[0]?.[1] ?? '']);
    await migrateUp(location, { tell });
    const [said = ''] = told;
    const copy = said.slice(said.indexOf('/'));
    expect(basename(copy)).toMatch(/^test\.db\.before-0001_tracking-\d{8}T\d{6}Z$/);
    const held = new Sqlite(copy, { readonly: true });
    expect(held.prepare('select name from experiments').all()).toEqual([{ name: 'old' }]);
    held.close();
    for (let step = 0; step < 5; step += 1) await migrateDown(location);
    for (const last of migrationNames.slice(-5)) await migrateUp(location, { last, tell });
    const copies = readdirSync(dirname(copy)).filter((name) => name.includes('.before-'));
    expect(copies).toHaveLength(3);
  });
});

async function execute(location: DatabaseLocation, statements: readonly string[]): Promise<void> {
  if (location.kind === 'sqlite') {
    const database = new Sqlite(location.file);
    for (const sql of statements) database.exec(sql);
    database.close();
    return;
  }
  const client = new pg.Client(location);
  await client.connect();
  for (const sql of statements) await client.query(sql);
  await client.end();
}
