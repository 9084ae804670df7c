import { expect, it, onTestFinished } from 'vitest';
import type { Database } from '../../platform/db/database.js';
import { foreignDialect } from '../../platform/db/foreign-dialect.js';
import { migrateUp } from '../../platform/db/migrate.js';
import { openDatabase } from '../../platform/db/open.js';
import { openReadOnly } from '../../platform/db/read-only-source.js';
import type { DatabaseLocation } from '../../platform/db/uri.js';
import {
  type DatabaseKind,
  forEachDatabase,
  newLocation,
  openLocation,
} from '../../testing/for-each-database.js';
import { families } from '../families.js';
import { isSame, type Report } from '../report.js';
import { SourceStore } from '../source.store.js';
import { Exporter } from './export.service.js';
import { KINDS } from './kinds.js';
import { MlflowTarget } from './mlflow-target.store.js';
import { OursStore } from './ours.store.js';

const LONG = 'ü'.repeat(700);

/** Rows that are hard to move. */
const ROWS = [
  `insert into experiments (experiment_id, name, artifact_location, lifecycle_stage,
    creation_time, last_update_time) values (0, 'Default', '', 'active', 1, 1),
    (7, 'ü', 'mlflow-artifacts:/7', 'deleted', 1, 2)`,
  `insert into runs (id, run_id, experiment_id, name, user_id, status, start_time, end_time,
    artifact_uri, lifecycle_stage, deleted_time) values
    (1, 'r1', 7, '', '', 'FINISHED', 5, null, 'a', 'active', null),
    (2, 'r2', 0, 'two', 'ann', 'FAILED', 1, 6, '${LONG}', 'deleted', 9)`,
  `insert into metrics (run, key, timestamp, step, value, is_nan) values
    (1, 'big', 9007199254740993, -9007199254740993, 0.1, 0), (1, 'nan', 1, 1, 0, 1),
    (1, 'inf', 1, 1, 1.7976931348623157e308, 0), (99, 'of nobody', 1, 1, 1, 0)`,
  `insert into logged_models (id, model_id, experiment_id, name, artifact_uri,
    creation_timestamp, last_updated_timestamp, status, model_type, source_run_id,
    lifecycle_stage) values (1, 'm-1', 7, 'm', 'a', 1, 1, 2, '', '', 'active')`,
  `insert into logged_model_metrics (model, key, timestamp, step, run_id, value) values
    (1, 'acc', 1, 1, 'r1', 0.5), (1, 'acc', 1, 1, 'gone', 0.5)`,
  `insert into registered_models (id, name, creation_timestamp, last_updated_timestamp)
    values (1, 'm', 1, 1)`,
  `insert into workspaces (name, description) values ('default', 'D'), ('team', 'T')`,
  `insert into experiments (experiment_id, workspace, name, artifact_location, lifecycle_stage,
    creation_time, last_update_time)
    values (8, 'team', 'ü', 'mlflow-artifacts:/workspaces/team/8', 'active', 1, 2)`,
  `insert into registered_models (id, workspace, name, creation_timestamp, last_updated_timestamp)
    values (2, 'team', 'm', 3, 3)`,
  `insert into registered_model_tags (model, key, value) values (1, 'k', 'one'), (2, 'k', 'two')`,
  `insert into model_versions (model, version, creation_timestamp, last_updated_timestamp,
    current_stage, source, storage_location, run_id, run_link, status)
    values (2, 1, 1, 1, 'Staging', 's', 's', '', '', 'READY')`,
  `insert into registered_model_aliases (model, alias, version) values (2, 'a', 1)`,
  `insert into model_versions (model, version, creation_timestamp, last_updated_timestamp,
    current_stage, source, storage_location, run_id, run_link, status)
    values (1, 3, 1, 1, 'Canary', 's', 's', '', '', 'READY')`,
  `insert into webhooks (id, webhook_id, name, url, secret, status, creation_timestamp,
    last_updated_timestamp) values (1, 'w1', 'sealed', 'https://h', 'v1.x', 'ACTIVE', 1, 1)`,
  `insert into issues (issue_id, experiment_id, name, description, status, severity, severity_rank,
    root_causes, categories, source_run_id, created_timestamp, last_updated_timestamp, created_by)
    values ('iss-1', 7, 'slow', 'd', 'pending', 'high', 4, '["ü"]', null, 'r1', 1, 2, 'ann'),
    ('iss-2', 7, 'n', '', 'resolved', null, 0, null, '["a", "b"]', null, 3, 3, null)`,
  `insert into label_schemas (schema_id, experiment_id, name, type, instruction, enable_comment,
    input_type, input_config, created_by, created_time, last_update_time, is_default) values
    ('ls-1', 7, 'Feedback', 'FEEDBACK', null, 0, 'text', '{"max_length":null}', null, 1, 1, 1),
    ('ls-2', 7, 'n', 'EXPECTATION', 'x', 1, 'numeric', '{"min_value":1.5,"max_value":null}', null,
    1, 2, 0),
    ('ls-3', 7, 'o', 'FEEDBACK', null, 0, 'numeric', '{"min_value":"NaN","max_value":"-Infinity"}',
    null, 1, 2, 0),
    ('ls-4', 7, 'p', 'FEEDBACK', null, 0, 'text', '{"max_length":"9223372036854775807"}', null, 1, 2, 0)`,
  `insert into review_queues (id, queue_id, experiment_id, name, name_key, queue_type, created_by,
    creation_time_ms, last_update_time_ms) values (1, 'rq-1', 7, 'Team', 'team', 'CUSTOM', 'ann', 1, 2),
    (2, 'rq-2', 7, 'ann', 'ann', 'USER', null, 3, 3)`,
  `insert into review_queue_users (queue, user_id) values (1, 'ann'), (1, 'bob'), (2, 'ann')`,
  `insert into review_queue_label_schemas (queue, schema_id) values (1, 'ls-2'), (1, 'gone')`,
  `insert into review_queue_items (queue, item_type, item_id, status, completed_by,
    completed_time_ms, creation_time_ms, last_update_time_ms) values
    (1, 'TRACE', 'tr-1', 'COMPLETE', 'ann', 9, 1, 9), (1, 'TRACE', 'tr-2', 'PENDING', null, null, 1, 1)`,
  `insert into traces (id, trace_id, experiment_id, timestamp_ms, state) values
    (1, 'tr-1', 7, 5, 'OK'), (2, 'tr-2', 7, 6, 'OK')`,
  `insert into trace_tags (trace, key, value) values (1, 'mlflow.traceName', 'named'),
    (1, 'k', 'v'), (88, 'k', 'of nothing')`,
  `insert into trace_metadata (trace, key, value) values (1, 'mlflow.trace.session', 's'),
    (1, 'mlflow.trace.tokenUsage', '{"total_tokens":7, "input_tokens": 3, "x": 1}'),
    (1, 'mlflow.trace.cost', '{"total_cost": 2}'), (2, 'mlflow.trace.tokenUsage', 'no JSON')`,
  `insert into trace_metrics (trace, key, value) values (1, 'input_tokens', 3),
    (1, 'total_tokens', 7), (1, 'total_cost', 2), (2, 'output_tokens', 4)`,
  `insert into spans (trace, span_id, name, type, status, start_time_ns, content) values
    (1, 'a', 'n', '', 'OK', 1, '{}')`,
  `insert into span_metrics (trace, span_id, key, value) values (1, 'a', 'total_cost', 0.5),
    (1, 'a', 'input_tokens', 3), (1, 'gone', 'input_tokens', 3)`,
  `insert into assessments (id, assessment_id, trace, name, kind, value, is_number, in_session,
    source_type, valid, create_time_ms, last_update_time_ms)
    values (1, 'a-1', 1, 'good', 'feedback', 'true', 0, 0, 'HUMAN', 1, 1, 1)`,
  `insert into evaluation_datasets (id, dataset_id, name, num_records, digest, created_time,
    last_update_time) values (1, 'd-1', 'd', 1, 'x', 1, 1)`,
  `insert into evaluation_dataset_records (id, dataset_record_id, dataset, input_hash, inputs,
    outputs, tags, created_time, last_update_time)
    values (1, 'dr-1', 1, 'h', '{"q": "ü"}', '"two"', '{}', 1, 1)`,
];

async function exported(
  ours: DatabaseLocation,
  to: DatabaseLocation,
  stopAt?: string,
): Promise<Report> {
  const source = await openReadOnly(ours);
  const database = await openDatabase({
    ...{ location: to, durability: 'relaxed', scanThreads: 0, poolSize: 2, isDraft: true },
  });
  const ends: (() => Promise<void>)[] = [() => source.close(), () => database.close()];
  try {
    return await new Exporter({
      ...{ ours: new OursStore(source), now: () => 1_000 },
      target: new MlflowTarget(database, foreignDialect(to.kind)),
      written: async () => {
        const written = await openReadOnly(to);
        return { store: new SourceStore(written), close: () => written.close() };
      },
      told: (what) => {
        if (what === stopAt) throw new Error('stopped');
      },
    }).run();
  } finally {
    for (const end of ends) await end();
  }
}

it('has a kind for each family that can be moved in', () => {
  expect(KINDS.map(({ title }) => title).sort()).toEqual(
    families(true)
      .map(({ title }) => title)
      .sort(),
  );
});

forEachDatabase((_open, kind) => {
  const place = async (where: DatabaseKind): Promise<DatabaseLocation> => {
    const ends: (() => Promise<unknown>)[] = [];
    onTestFinished(async () => {
      for (const end of ends) await end();
    });
    return newLocation(where, ends);
  };

  async function filled(): Promise<DatabaseLocation> {
    const location = await place(kind);
    await migrateUp(location);
    const database = await openLocation(location);
    await database.write(async (tx) => {
      for (const sql of ROWS) await tx.run({ sql, bindings: [] });
    });
    await database.close();
    return location;
  }

  it.each(['SQLite', 'PostgreSQL'] as const)(
    'moves rows that are hard to move to %s',
    async (to) => {
      const target = await place(to);
      const report = await exported(await filled(), target);
      expect(report.families.filter((family) => !isSame(family))).toEqual([]);
      const of = (title: string) => report.families.find((family) => family.title === title);
      expect(of('logged model metrics')).toMatchObject({ source: 2, orphans: 1, target: 1 });
      expect(of('span metrics')).toMatchObject({ source: 3, orphans: 1, target: 2 });
      expect(report.notes).toEqual([
        expect.stringMatching(
          /^2 runs keep artifacts outside of mlflow-artifacts:\/ \(such as a\)/,
        ),
        expect.stringMatching(/^1 logged models keep artifacts outside/),
        expect.stringContaining('1 webhooks had secrets'),
        expect.stringContaining("'Canary' (1)"),
        ...(to === 'SQLite' ? [] : [expect.stringMatching(/longer than .*: runs.artifact_uri\./)]),
        expect.stringContaining('1 token counts or costs'),
      ]);

      expect(await nextExperiment(target)).toBe(9);
      const written = await openReadOnly(target);
      onTestFinished(() => written.close());
      expect(await written.rows('select version_num from alembic_version')).toEqual([
        { version_num: 'dc11669786a5' },
      ]);
      expect(
        await written.rows(
          'select request_id, trace_name, session_id, input_tokens, output_tokens, total_tokens, ' +
            'total_cost from trace_info order by request_id',
        ),
      ).toEqual([
        {
          ...{ request_id: 'tr-1', trace_name: 'named', session_id: 's', input_tokens: 3 },
          ...{ output_tokens: null, total_tokens: 7, total_cost: 2 },
        },
        {
          ...{ request_id: 'tr-2', trace_name: null, session_id: null, input_tokens: null },
          ...{ output_tokens: null, total_tokens: null, total_cost: null },
        },
      ]);
      expect(await written.rows('select key, value from trace_request_metadata')).toEqual([
        { key: 'mlflow.trace.tokenUsage', value: 'no JSON' },
      ]);
      expect(await written.rows('select request_id, key, value from trace_metrics')).toEqual([
        { request_id: 'tr-2', key: 'output_tokens', value: 4 },
      ]);
      expect(await written.rows('select key, timestamp, step from metrics order by key')).toEqual([
        { key: 'big', timestamp: 9007199254740993n, step: -9007199254740993n },
        { key: 'inf', timestamp: 1, step: 1 },
        { key: 'nan', timestamp: 1, step: 1 },
      ]);
      expect(await written.rows('select status, secret from webhooks')).toEqual([
        { status: 'DISABLED', secret: null },
      ]);
      expect(
        await written.rows('select cast(outputs as text) as told from evaluation_dataset_records'),
      ).toEqual([{ told: '{"mlflow_wrapped": "two"}' }]);
    },
  );

  it('begins anew what was stopped, and adds to nothing', async () => {
    const ours = await filled();
    const target = await place(kind);
    await expect(exported(ours, target, 'copying spans')).rejects.toThrow('stopped');
    const report = await exported(ours, target);
    expect(report.families.filter((family) => !isSame(family))).toEqual([]);
    await expect(exported(ours, target)).rejects.toThrow('The target is not empty: it has 6');
  });
});

/** Number of an experiment that MLflow's server would make. */
async function nextExperiment(location: DatabaseLocation): Promise<unknown> {
  const database: Database = await openLocation(location);
  try {
    const row = await database.write((tx) =>
      tx.first<{ experiment_id: number }>({
        sql: "insert into experiments (name) values ('next') returning experiment_id",
        bindings: [],
      }),
    );
    return row?.experiment_id;
  } finally {
    await database.close();
  }
}
