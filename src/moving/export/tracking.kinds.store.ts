import type { Row } from '../family.js';
import { idOf, type Kind } from './kind.js';

const OF_RUN = 'join runs r on r.id = t.run';

const pairsOfRun = (title: string, table: string, into: string): Kind => ({
  title,
  from: {
    table,
    key: ['run', 'key'],
    joins: OF_RUN,
    columns: { key: 't.key', value: 't.value', run_uuid: 'r.run_id' },
  },
  into,
});

const POINT = {
  key: 't.key',
  value: 't.value',
  timestamp: 't.timestamp',
  run_uuid: 'r.run_id',
  step: 't.step',
  is_nan: 't.is_nan',
};

/** Experiments, runs and their data. */
export const TRACKING_KINDS: readonly Kind[] = [
  {
    title: 'experiments',
    from: {
      table: 'experiments',
      key: ['experiment_id'],
      columns: {
        experiment_id: 't.experiment_id',
        name: 't.name',
        artifact_location: 't.artifact_location',
        lifecycle_stage: 't.lifecycle_stage',
        creation_time: 't.creation_time',
        last_update_time: 't.last_update_time',
        workspace: 't.workspace',
      },
    },
    into: 'experiments',
  },
  {
    title: 'experiment tags',
    from: {
      table: 'experiment_tags',
      key: ['experiment_id', 'key'],
      columns: { key: 't.key', value: 't.value', experiment_id: 't.experiment_id' },
    },
    into: 'experiment_tags',
  },
  {
    title: 'runs',
    from: {
      table: 'runs',
      key: ['id'],
      columns: {
        run_uuid: 't.run_id',
        name: 't.name',
        source_type: "'UNKNOWN'",
        source_name: "''",
        entry_point_name: "''",
        source_version: "''",
        user_id: 't.user_id',
        status: 't.status',
        start_time: 't.start_time',
        end_time: 't.end_time',
        lifecycle_stage: 't.lifecycle_stage',
        artifact_uri: 't.artifact_uri',
        experiment_id: 't.experiment_id',
        deleted_time: 't.deleted_time',
      },
    },
    into: 'runs',
  },
  pairsOfRun('params', 'run_params', 'params'),
  pairsOfRun('run tags', 'run_tags', 'tags'),
  {
    title: 'latest metrics',
    from: { table: 'latest_metrics', key: ['run', 'key'], joins: OF_RUN, columns: POINT },
    into: 'latest_metrics',
  },
  {
    title: 'metric points',
    from: {
      table: 'metrics',
      key: ['run', 'key', 'timestamp', 'step', 'value', 'is_nan'],
      joins: OF_RUN,
      columns: POINT,
    },
    into: 'metrics',
  },
];

const LINK_JOINS = 'join runs r on r.id = t.run join datasets d on d.id = t.dataset';
const LINK = {
  _run_id: 'r.run_id',
  _experiment_id: 'd.experiment_id',
  _name: 'd.name',
  _digest: 'd.digest',
};
const datasetId = (row: Row) => idOf('dataset', row._experiment_id, row._name, row._digest);
const linkId = (row: Row) => idOf('input', row._run_id, datasetId(row));

const OF_MODEL = 'join logged_models m on m.id = t.model';

const pairsOfModel = (title: string, table: string, prefix: string): Kind => ({
  title,
  from: {
    table,
    key: ['model', 'key'],
    joins: OF_MODEL,
    columns: {
      model_id: 'm.model_id',
      experiment_id: 'm.experiment_id',
      [`${prefix}_key`]: 't.key',
      [`${prefix}_value`]: 't.value',
    },
  },
  into: table,
});

const modelLink = (title: string, table: string, words: string, step: string): Kind => ({
  title,
  from: {
    table,
    key: ['run', 'model_id'],
    joins: OF_RUN,
    columns: {
      source_type: `'RUN_${words}'`,
      source_id: 'r.run_id',
      destination_type: `'MODEL_${words}'`,
      destination_id: 't.model_id',
      step,
    },
  },
  makes: { input_uuid: (row) => idOf(words, row.source_id, row.destination_id) },
  into: 'inputs',
});

/** Datasets and logged models, and how runs are tied to them. */
export const INPUT_KINDS: readonly Kind[] = [
  {
    title: 'datasets',
    from: {
      table: 'datasets',
      key: ['id'],
      columns: {
        _experiment_id: 't.experiment_id',
        _name: 't.name',
        _digest: 't.digest',
        experiment_id: 't.experiment_id',
        name: 't.name',
        digest: 't.digest',
        dataset_source_type: 't.source_type',
        dataset_source: 't.source',
        dataset_schema: 't.schema',
        dataset_profile: 't.profile',
      },
    },
    makes: { dataset_uuid: datasetId },
    into: 'datasets',
    isWide: true,
  },
  {
    title: 'run datasets',
    from: {
      table: 'run_datasets',
      key: ['run', 'dataset'],
      joins: LINK_JOINS,
      columns: {
        ...LINK,
        source_type: "'DATASET'",
        destination_type: "'RUN'",
        destination_id: 'r.run_id',
        step: '0',
      },
    },
    makes: { input_uuid: linkId, source_id: datasetId },
    into: 'inputs',
  },
  {
    title: 'run dataset tags',
    from: {
      table: 'run_dataset_tags',
      key: ['run', 'dataset', 'key'],
      joins: LINK_JOINS,
      columns: { ...LINK, name: 't.key', value: 't.value' },
    },
    makes: { input_uuid: linkId },
    into: 'input_tags',
  },
  {
    title: 'logged models',
    from: {
      table: 'logged_models',
      key: ['id'],
      columns: {
        model_id: 't.model_id',
        experiment_id: 't.experiment_id',
        name: 't.name',
        artifact_location: 't.artifact_uri',
        creation_timestamp_ms: 't.creation_timestamp',
        last_updated_timestamp_ms: 't.last_updated_timestamp',
        status: 't.status',
        lifecycle_stage: 't.lifecycle_stage',
        model_type: 't.model_type',
        source_run_id: 't.source_run_id',
        status_message: 't.status_message',
      },
    },
    into: 'logged_models',
  },
  pairsOfModel('logged model params', 'logged_model_params', 'param'),
  pairsOfModel('logged model tags', 'logged_model_tags', 'tag'),
  {
    title: 'logged model metrics',
    from: {
      table: 'logged_model_metrics',
      key: ['model', 'key', 'timestamp', 'step', 'run_id'],
      // MLflow's refer to runs that there are.
      joins:
        `${OF_MODEL} join runs r on r.run_id = t.run_id left join datasets d on ` +
        'd.experiment_id = r.experiment_id and d.name = t.dataset_name and ' +
        'd.digest = t.dataset_digest',
      columns: {
        model_id: 'm.model_id',
        metric_name: 't.key',
        metric_timestamp_ms: 't.timestamp',
        metric_step: 't.step',
        metric_value: 't.value',
        experiment_id: 'r.experiment_id',
        run_id: 't.run_id',
        dataset_name: 't.dataset_name',
        dataset_digest: 't.dataset_digest',
        ...{ _experiment_id: 'd.experiment_id', _name: 'd.name', _digest: 'd.digest' },
      },
    },
    makes: { dataset_uuid: (row) => (row._digest === null ? null : datasetId(row)) },
    into: 'logged_model_metrics',
  },
  modelLink('model inputs of runs', 'run_input_models', 'INPUT', '0'),
  modelLink('model outputs of runs', 'run_output_models', 'OUTPUT', 't.step'),
];
