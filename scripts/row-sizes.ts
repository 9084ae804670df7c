/**
 * Fills a scratch database of each kind and prints the bytes of a row, indices included:
 * `npx tsx scripts/row-sizes.ts [runs] [points of each of 10 metrics]`. Runs log at the same time,
 * step by step, so that the pages of indices are as full as they become in use.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Database } from '../src/platform/db/database.js';
import { migrateUp } from '../src/platform/db/migrate.js';
import { openDatabase } from '../src/platform/db/open.js';
import type { DatabaseLocation } from '../src/platform/db/uri.js';
import { PostgresServer } from '../src/testing/postgres-server.js';

const RUNS = Number(process.argv[2] ?? 20_000);
const POINTS = Number(process.argv[3] ?? 10);
/** A run's params, tags and metrics: ten of each. */
const KEYS = 10;
const GROUP = 1_000;
const TABLES = ['runs', 'run_params', 'run_tags', 'latest_metrics', 'metrics'] as const;

const SIZES = {
  sqlite:
    "select sum(pgsize) as bytes from dbstat where name = ? or name in (select name from sqlite_schema where tbl_name = ? and type = 'index')",
  postgres:
    'select pg_total_relation_size(cast(? as regclass)) as bytes where cast(? as text) is not null',
};

async function fill(database: Database): Promise<void> {
  const now = Date.now();
  for (let first = 0; first < RUNS; first += GROUP) {
    await database.write(async (tx) => {
      const columns = {
        id: 'bigint',
        run_id: 'text',
        experiment_id: 'bigint',
        name: 'text',
      } as const;
      const more = {
        user_id: 'text',
        status: 'text',
        start_time: 'bigint',
        artifact_uri: 'text',
      } as const;
      const runs = {
        table: 'runs',
        columns: { ...columns, ...more, lifecycle_stage: 'text' },
      } as const;
      const values = { run: 'bigint', key: 'text', value: 'text' } as const;
      const ids = Array.from({ length: GROUP }, (_, index) => first + index + 1);
      await tx.insert(
        runs,
        ids.map((id) => {
          const hex = id.toString(16).padStart(8, '0').split('').reverse().join('').repeat(4);
          const uri = `mlflow-artifacts:/${id % 100}/${hex}/artifacts`;
          return [
            id,
            hex,
            id % 100,
            `amusing-fish-${id % 997}`,
            'anna',
            'FINISHED',
            now + id,
            uri,
            'active',
          ];
        }),
      );
      for (const table of ['run_params', 'run_tags']) {
        const rows = ids.flatMap((id) =>
          range(KEYS).map((k) => [id, `some_key_${k}`, `value-${id % 9_973}`]),
        );
        await tx.insert({ table, columns: values }, rows);
      }
      const latest = {
        run: 'bigint',
        key: 'text',
        value: 'double precision',
        is_nan: 'smallint',
        step: 'bigint',
        timestamp: 'bigint',
      } as const;
      await tx.insert(
        { table: 'latest_metrics', columns: latest },
        ids.flatMap((id) =>
          range(KEYS).map((k) => [id, `metric_${k}`, Math.sin(id + k), 0, POINTS, now]),
        ),
      );
    });
  }
  const point = {
    run: 'bigint',
    key: 'text',
    timestamp: 'bigint',
    step: 'bigint',
    value: 'double precision',
    is_nan: 'smallint',
  } as const;
  for (const step of range(POINTS)) {
    for (let first = 0; first < RUNS; first += GROUP) {
      const ids = range(GROUP).map((index) => first + index + 1);
      const rows = ids.flatMap((id) =>
        range(KEYS).map((k) => [
          id,
          `metric_${k}`,
          now + step * 1_000 + id,
          step,
          Math.sin(id + k + step),
          0,
        ]),
      );
      await database.write((tx) => tx.insert({ table: 'metrics', columns: point }, rows));
    }
  }
}

const range = (count: number): number[] => Array.from({ length: count }, (_, index) => index);

async function measure(location: DatabaseLocation): Promise<void> {
  await migrateUp(location);
  const database = await openDatabase({
    location,
    durability: 'relaxed',
    scanThreads: 0,
    poolSize: 2,
  });
  await fill(database);
  for (const table of TABLES) {
    const sizes = await database.read.first<{ bytes: number }>({
      sql: SIZES[location.kind],
      bindings: [table, table],
    });
    const rows = await database.read.first<{ rows: number }>({
      sql: `select count(*) as rows from ${table}`,
      bindings: [],
    });
    const each = (sizes?.bytes ?? 0) / (rows?.rows ?? 1);
    console.log(`${location.kind} ${table}: ${rows?.rows} rows, ${each.toFixed(0)} bytes each`);
  }
  await database.close();
}

const folder = await mkdtemp(join(tmpdir(), 'runledger-sizes-'));
const postgres = await PostgresServer.create();
try {
  await measure({ kind: 'sqlite', file: join(folder, 'sizes.db') });
  await postgres.start();
  await measure({ kind: 'postgres', connectionString: postgres.uri });
} finally {
  await postgres.remove();
  await rm(folder, { recursive: true, force: true });
}
