import { RECORDS } from '../evaluation/datasets/records.store.js';
import type { Family, Reference } from './family.js';
import { inItsWorkspace } from './workspaces.families.store.js';

const DATASET: Reference = { table: 'evaluation_datasets', by: { dataset_id: 'dataset_id' } };
const OF_DATASET = {
  joins: 'join evaluation_datasets d on d.id = t.dataset',
  read: { dataset_id: 'd.dataset_id' },
};
/** Members of the JSON that both servers read alike, as the text it is stored as. */
const json = (column: string): string => `cast(s.${column} as text)`;

/** Evaluation datasets and scorers. */
export const EVALUATION: readonly Family[] = [
  {
    title: 'evaluation datasets',
    source: {
      table: 'evaluation_datasets',
      key: ['dataset_id'],
      columns: {
        workspace: 'workspace',
        dataset_id: 'dataset_id',
        name: 'name',
        schema: "nullif(s.schema, '')",
        num_records:
          '(select nullif(count(*), 0) from evaluation_dataset_records e ' +
          'where e.dataset_id = s.dataset_id)',
        digest: "coalesce(s.digest, '')",
        created_time: 'coalesce(s.created_time, 0)',
        last_update_time: 'coalesce(s.last_update_time, s.created_time, 0)',
        created_by: 'created_by',
        last_updated_by: 'last_updated_by',
      },
    },
    adapt: inItsWorkspace,
    target: {
      table: 'evaluation_datasets',
      key: ['id'],
      columns: {
        workspace: 'text',
        dataset_id: 'text',
        name: 'text',
        schema: 'text',
        num_records: 'bigint',
        digest: 'text',
        created_time: 'bigint',
        last_update_time: 'bigint',
        created_by: 'text',
        last_updated_by: 'text',
      },
    },
  },
  {
    title: 'tags of evaluation datasets',
    source: {
      table: 'evaluation_dataset_tags',
      key: ['dataset_id', 'key'],
      columns: { dataset_id: 'dataset_id', key: 'key', value: "coalesce(s.value, '')" },
    },
    references: { dataset: DATASET },
    target: {
      table: 'evaluation_dataset_tags',
      key: ['dataset', 'key'],
      columns: { dataset: 'bigint', key: 'text', value: 'text' },
      ...OF_DATASET,
    },
  },
  {
    title: 'experiments of evaluation datasets',
    source: {
      table: 'entity_associations',
      key: ['source_type', 'source_id', 'destination_type', 'destination_id'],
      where: "s.source_type = 'evaluation_dataset' and s.destination_type = 'experiment'",
      columns: { dataset_id: 'source_id', experiment_id: 'cast(s.destination_id as bigint)' },
    },
    references: { dataset: DATASET },
    target: {
      table: 'evaluation_dataset_experiments',
      key: ['dataset', 'experiment_id'],
      columns: { dataset: 'bigint', experiment_id: 'bigint' },
      ...OF_DATASET,
    },
  },
  {
    title: 'records of evaluation datasets',
    source: {
      table: 'evaluation_dataset_records',
      key: ['dataset_record_id'],
      columns: {
        dataset_id: 'dataset_id',
        dataset_record_id: 'dataset_record_id',
        input_hash: 'input_hash',
        inputs: json('inputs'),
        outputs: json('outputs'),
        expectations: json('expectations'),
        tags: `coalesce(${json('tags')}, '{}')`,
        source: json('source'),
        source_id: 'source_id',
        source_type: 'source_type',
        created_time: 'coalesce(s.created_time, 0)',
        last_update_time: 'coalesce(s.last_update_time, s.created_time, 0)',
        created_by: 'created_by',
        last_updated_by: 'last_updated_by',
      },
    },
    adapt: (row) => ({
      ...row,
      outputs: unwrapped(row.outputs),
      expectations: row.expectations === 'null' ? null : (row.expectations ?? null),
      tags: row.tags === 'null' ? '{}' : (row.tags ?? '{}'),
      source: row.source === 'null' ? null : (row.source ?? null),
    }),
    references: { dataset: DATASET },
    target: {
      table: 'evaluation_dataset_records',
      key: ['id'],
      columns: RECORDS.columns,
      ...OF_DATASET,
    },
  },
  {
    title: 'scorers',
    source: {
      table: 'scorers',
      key: ['scorer_id'],
      columns: { scorer_id: 'scorer_id', experiment_id: 'experiment_id', name: 'scorer_name' },
    },
    target: {
      table: 'scorers',
      key: ['id'],
      columns: { scorer_id: 'text', experiment_id: 'bigint', name: 'text' },
    },
  },
  {
    title: 'versions of scorers',
    source: {
      table: 'scorer_versions',
      key: ['scorer_id', 'scorer_version'],
      columns: {
        scorer_id: 'scorer_id',
        version: 'scorer_version',
        serialized_scorer: 'serialized_scorer',
        creation_time: 'coalesce(s.creation_time, 0)',
      },
    },
    references: { scorer: { table: 'scorers', by: { scorer_id: 'scorer_id' } } },
    target: {
      table: 'scorer_versions',
      key: ['scorer', 'version'],
      columns: {
        scorer: 'bigint',
        version: 'bigint',
        serialized_scorer: 'text',
        creation_time: 'bigint',
      },
      joins: 'join scorers c on c.id = t.scorer',
      read: { scorer_id: 'c.scorer_id' },
    },
  },
  {
    title: 'online scoring settings',
    source: {
      table: 'online_scoring_configs',
      key: ['online_scoring_config_id'],
      columns: {
        scorer_id: 'scorer_id',
        online_scoring_config_id: 'online_scoring_config_id',
        sample_rate: 'sample_rate',
        filter_string: 'filter_string',
      },
    },
    references: { scorer: { table: 'scorers', by: { scorer_id: 'scorer_id' } } },
    target: {
      table: 'online_scoring_configs',
      key: ['scorer'],
      columns: {
        scorer: 'bigint',
        online_scoring_config_id: 'text',
        sample_rate: 'double precision',
        filter_string: 'text',
      },
      joins: 'join scorers c on c.id = t.scorer',
      read: { scorer_id: 'c.scorer_id' },
    },
  },
];

/** MLflow keeps outputs, which may be no object, inside of one. */
function unwrapped(outputs: string | number | bigint | null | undefined): string | null {
  if (typeof outputs !== 'string' || outputs === 'null') return null;
  const inner = /^\{"mlflow_wrapped": (.*)\}$/s.exec(outputs)?.[1];
  return inner ?? outputs;
}
