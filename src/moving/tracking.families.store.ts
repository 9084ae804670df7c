import type { BulkRow } from '../platform/db/database.js';
import { notice } from '../tracking/metrics/growth.store.js';
import type { Family, Reference, Row } from './family.js';
import { inItsWorkspace } from './workspaces.families.store.js';

export const RUN: Reference = { table: 'runs', by: { run_id: 'run_id' } };
const OF_RUN = 'join runs r on r.id = t.run';
const READ_RUN = { run_id: 'r.run_id' };

/** Points hold 0 where they are not a number, whatever a database has put there. */
const plainNan = (row: Row): Row => (row.is_nan === 1 ? { ...row, value: 0 } : row);

/** Of so many points one says whose history may be a long one: the server marks those. */
const NOTICED = 5_000;
const noticed = (rows: readonly BulkRow[]) =>
  rows.flatMap(([run, key], at) =>
    at % NOTICED === 0 ? [notice({ run: Number(run), key: String(key) }, Date.now())] : [],
  );

const pairsOfRun = (title: string, source: string, target: string): Family => ({
  title,
  source: {
    table: source,
    key: ['key', 'run_uuid'],
    columns: { run_id: 'run_uuid', key: 'key', value: "coalesce(s.value, '')" },
  },
  references: { run: RUN },
  target: {
    table: target,
    key: ['run', 'key'],
    columns: { run: 'bigint', key: 'text', value: 'text' },
    ...{ joins: OF_RUN, read: READ_RUN },
  },
});

/** Experiments, runs and their data. */
export const TRACKING: readonly Family[] = [
  {
    title: 'experiments',
    source: {
      table: 'experiments',
      key: ['experiment_id'],
      columns: {
        experiment_id: 'experiment_id',
        workspace: 'workspace',
        name: 'name',
        artifact_location: "coalesce(s.artifact_location, '')",
        lifecycle_stage: "coalesce(s.lifecycle_stage, 'active')",
        creation_time: 'coalesce(s.creation_time, 0)',
        last_update_time: 'coalesce(s.last_update_time, 0)',
      },
    },
    adapt: inItsWorkspace,
    target: {
      table: 'experiments',
      key: ['experiment_id'],
      columns: {
        experiment_id: 'bigint',
        workspace: 'text',
        name: 'text',
        artifact_location: 'text',
        lifecycle_stage: 'text',
        creation_time: 'bigint',
        last_update_time: 'bigint',
      },
      // Experiment 0 is there as soon as a server has run.
      conflict:
        'on conflict (experiment_id) do update set name = excluded.name, ' +
        'artifact_location = excluded.artifact_location, ' +
        'lifecycle_stage = excluded.lifecycle_stage, creation_time = excluded.creation_time, ' +
        'last_update_time = excluded.last_update_time',
      numbered: 'experiment_id',
    },
  },
  {
    title: 'experiment tags',
    source: {
      table: 'experiment_tags',
      key: ['key', 'experiment_id'],
      columns: { experiment_id: 'experiment_id', key: 'key', value: "coalesce(s.value, '')" },
    },
    target: {
      table: 'experiment_tags',
      key: ['experiment_id', 'key'],
      columns: { experiment_id: 'bigint', key: 'text', value: 'text' },
    },
  },
  {
    title: 'runs',
    source: {
      table: 'runs',
      key: ['run_uuid'],
      columns: {
        run_id: 'run_uuid',
        experiment_id: 'experiment_id',
        name: "coalesce(s.name, '')",
        user_id: "coalesce(s.user_id, '')",
        status: "coalesce(s.status, 'RUNNING')",
        start_time: 'coalesce(s.start_time, 0)',
        end_time: 'end_time',
        artifact_uri: "coalesce(s.artifact_uri, '')",
        lifecycle_stage: "coalesce(s.lifecycle_stage, 'active')",
        deleted_time: 'deleted_time',
      },
    },
    target: {
      table: 'runs',
      key: ['id'],
      columns: {
        run_id: 'text',
        experiment_id: 'bigint',
        name: 'text',
        user_id: 'text',
        status: 'text',
        start_time: 'bigint',
        end_time: 'bigint',
        artifact_uri: 'text',
        lifecycle_stage: 'text',
        deleted_time: 'bigint',
      },
    },
  },
  pairsOfRun('params', 'params', 'run_params'),
  pairsOfRun('run tags', 'tags', 'run_tags'),
  {
    title: 'latest metrics',
    source: {
      table: 'latest_metrics',
      key: ['key', 'run_uuid'],
      joins: 'join runs r on r.run_uuid = s.run_uuid',
      columns: {
        run_id: 's.run_uuid',
        experiment_id: 'r.experiment_id',
        key: 's.key',
        value: 'coalesce(s.value, 0)',
        is_nan: 's.is_nan',
        step: 's.step',
        timestamp: 'coalesce(s.timestamp, 0)',
      },
    },
    adapt: plainNan,
    references: { run: RUN },
    target: {
      table: 'latest_metrics',
      key: ['run', 'key'],
      columns: {
        run: 'bigint',
        key: 'text',
        value: 'double precision',
        is_nan: 'smallint',
        step: 'bigint',
        timestamp: 'bigint',
        experiment_id: 'bigint',
      },
      ...{ joins: OF_RUN, read: READ_RUN },
    },
  },
  {
    title: 'metric points',
    source: {
      table: 'metrics',
      key: ['key', 'timestamp', 'step', 'run_uuid', 'value', 'is_nan'],
      columns: {
        run_id: 'run_uuid',
        key: 'key',
        timestamp: 'timestamp',
        step: 'step',
        value: 'value',
        is_nan: 'is_nan',
      },
    },
    adapt: plainNan,
    references: { run: RUN },
    target: {
      table: 'metrics',
      key: ['run', 'key', 'timestamp', 'step', 'value', 'is_nan'],
      columns: {
        run: 'bigint',
        key: 'text',
        timestamp: 'bigint',
        step: 'bigint',
        value: 'double precision',
        is_nan: 'smallint',
      },
      ...{ joins: OF_RUN, read: READ_RUN, also: noticed },
    },
  },
];
