import { DATASETS } from '../tracking/inputs/inputs.store.js';
import { POINTS } from '../tracking/logged-models/logged-models.metrics.js';
import type { Family, Reference } from './family.js';
import { RUN } from './tracking.families.store.js';

const DATASET: Reference = {
  table: 'datasets',
  by: { experiment_id: 'experiment_id', name: 'name', digest: 'digest' },
};
const MODEL: Reference = { table: 'logged_models', by: { model_id: 'model_id' } };

const LINK_SOURCE = {
  run_id: 'run_id',
  experiment_id: 'd.experiment_id',
  name: 'd.name',
  digest: 'd.digest',
};
const LINK_JOINS = 'join runs r on r.id = t.run join datasets d on d.id = t.dataset';
const LINK_READ = {
  run_id: 'r.run_id',
  experiment_id: 'd.experiment_id',
  name: 'd.name',
  digest: 'd.digest',
};
const INPUT_KEY = ['source_type', 'source_id', 'destination_type', 'destination_id'];

const pairsOfModel = (title: string, table: string, prefix: string): Family => ({
  title,
  source: {
    table,
    key: ['model_id', `${prefix}_key`],
    columns: {
      model_id: 'model_id',
      key: `s.${prefix}_key`,
      value: `coalesce(s.${prefix}_value, '')`,
    },
  },
  references: { model: MODEL },
  target: {
    table,
    key: ['model', 'key'],
    columns: { model: 'bigint', key: 'text', value: 'text' },
    joins: 'join logged_models m on m.id = t.model',
    read: { model_id: 'm.model_id' },
  },
});

/** Datasets and logged models, and how runs are tied to them. */
export const INPUTS: readonly Family[] = [
  {
    title: 'datasets',
    source: {
      table: 'datasets',
      key: ['experiment_id', 'name', 'digest'],
      columns: {
        experiment_id: 'experiment_id',
        name: 'name',
        digest: 'digest',
        source_type: 'dataset_source_type',
        source: 'dataset_source',
        schema: "nullif(s.dataset_schema, '')",
        profile: "nullif(s.dataset_profile, '')",
      },
    },
    target: {
      table: 'datasets',
      key: ['id'],
      columns: DATASETS.columns,
    },
  },
  {
    title: 'run datasets',
    source: {
      table: 'inputs',
      key: INPUT_KEY,
      joins: 'join datasets d on d.dataset_uuid = s.source_id',
      where: "s.source_type = 'DATASET' and s.destination_type = 'RUN'",
      columns: { ...LINK_SOURCE, run_id: 's.destination_id' },
    },
    references: { run: RUN, dataset: DATASET },
    target: {
      table: 'run_datasets',
      key: ['run', 'dataset'],
      columns: { run: 'bigint', dataset: 'bigint' },
      ...{ joins: LINK_JOINS, read: LINK_READ },
    },
  },
  {
    title: 'run dataset tags',
    source: {
      table: 'input_tags',
      key: ['input_uuid', 'name'],
      joins:
        'join inputs i on i.input_uuid = s.input_uuid ' +
        "and i.source_type = 'DATASET' and i.destination_type = 'RUN' " +
        'join datasets d on d.dataset_uuid = i.source_id',
      columns: { ...LINK_SOURCE, run_id: 'i.destination_id', key: 's.name', value: 's.value' },
    },
    references: { run: RUN, dataset: DATASET },
    target: {
      table: 'run_dataset_tags',
      key: ['run', 'dataset', 'key'],
      columns: { run: 'bigint', dataset: 'bigint', key: 'text', value: 'text' },
      ...{ joins: LINK_JOINS, read: LINK_READ },
    },
  },
  {
    title: 'logged models',
    source: {
      table: 'logged_models',
      key: ['model_id'],
      columns: {
        model_id: 'model_id',
        experiment_id: 'experiment_id',
        name: 'name',
        artifact_uri: 'artifact_location',
        creation_timestamp: 'creation_timestamp_ms',
        last_updated_timestamp: 'last_updated_timestamp_ms',
        status: 'status',
        model_type: "coalesce(s.model_type, '')",
        source_run_id: "coalesce(s.source_run_id, '')",
        status_message: 'status_message',
        lifecycle_stage: "coalesce(s.lifecycle_stage, 'active')",
      },
    },
    target: {
      table: 'logged_models',
      key: ['id'],
      columns: {
        model_id: 'text',
        experiment_id: 'bigint',
        name: 'text',
        artifact_uri: 'text',
        creation_timestamp: 'bigint',
        last_updated_timestamp: 'bigint',
        status: 'bigint',
        model_type: 'text',
        source_run_id: 'text',
        status_message: 'text',
        lifecycle_stage: 'text',
      },
    },
  },
  pairsOfModel('logged model params', 'logged_model_params', 'param'),
  pairsOfModel('logged model tags', 'logged_model_tags', 'tag'),
  {
    title: 'logged model metrics',
    source: {
      table: 'logged_model_metrics',
      key: ['model_id', 'metric_name', 'metric_timestamp_ms', 'metric_step', 'run_id'],
      columns: {
        model_id: 'model_id',
        key: 'metric_name',
        timestamp: 'metric_timestamp_ms',
        step: 'metric_step',
        run_id: 'run_id',
        value: 'coalesce(s.metric_value, 0)',
        dataset_name: 'dataset_name',
        dataset_digest: 'dataset_digest',
      },
    },
    references: { model: MODEL },
    target: {
      table: 'logged_model_metrics',
      key: ['model', 'key', 'timestamp', 'step', 'run_id'],
      columns: POINTS.columns,
      joins: 'join logged_models m on m.id = t.model',
      read: { model_id: 'm.model_id' },
    },
  },
  {
    title: 'model inputs of runs',
    source: {
      table: 'inputs',
      key: INPUT_KEY,
      where: "s.source_type = 'RUN_INPUT' and s.destination_type = 'MODEL_INPUT'",
      columns: { run_id: 'source_id', model_id: 'destination_id' },
    },
    references: { run: RUN },
    target: {
      table: 'run_input_models',
      key: ['run', 'model_id'],
      columns: { run: 'bigint', model_id: 'text' },
      joins: 'join runs r on r.id = t.run',
      read: { run_id: 'r.run_id' },
    },
  },
  {
    title: 'model outputs of runs',
    source: {
      table: 'inputs',
      key: INPUT_KEY,
      where: "s.source_type = 'RUN_OUTPUT' and s.destination_type = 'MODEL_OUTPUT'",
      columns: { run_id: 'source_id', model_id: 'destination_id', step: 'step' },
    },
    references: { run: RUN },
    target: {
      table: 'run_output_models',
      key: ['run', 'model_id'],
      columns: { run: 'bigint', model_id: 'text', step: 'bigint' },
      joins: 'join runs r on r.id = t.run',
      read: { run_id: 'r.run_id' },
    },
  },
];
