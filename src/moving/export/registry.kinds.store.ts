import { idOf, type Kind } from './kind.js';

const OF_MODEL = 'join registered_models m on m.id = t.model';
const WORKSPACE = { workspace: 't.workspace' };
const MODELS_WORKSPACE = { workspace: 'm.workspace' };

const tags = (title: string, table: string, version: Readonly<Record<string, string>>): Kind => ({
  title,
  from: {
    table,
    key: ['model', ...Object.keys(version), 'key'],
    joins: OF_MODEL,
    columns: { key: 't.key', value: 't.value', name: 'm.name', ...version, ...MODELS_WORKSPACE },
  },
  into: table,
});

/** Registered models and prompts with their versions, and webhooks. */
export const REGISTRY_KINDS: readonly Kind[] = [
  {
    title: 'registered models and prompts',
    from: {
      table: 'registered_models',
      key: ['id'],
      columns: {
        name: 't.name',
        creation_time: 't.creation_timestamp',
        last_updated_time: 't.last_updated_timestamp',
        description: 't.description',
        ...WORKSPACE,
      },
    },
    into: 'registered_models',
  },
  tags('tags of registered models', 'registered_model_tags', {}),
  {
    title: 'versions',
    from: {
      table: 'model_versions',
      key: ['model', 'version'],
      joins: OF_MODEL,
      columns: {
        name: 'm.name',
        version: 't.version',
        creation_time: 't.creation_timestamp',
        last_updated_time: 't.last_updated_timestamp',
        description: 't.description',
        current_stage: 't.current_stage',
        source: 't.source',
        run_id: 't.run_id',
        status: 't.status',
        status_message: 't.status_message',
        run_link: 't.run_link',
        storage_location: 't.storage_location',
        ...MODELS_WORKSPACE,
      },
    },
    into: 'model_versions',
  },
  tags('tags of versions', 'model_version_tags', { version: 't.version' }),
  {
    title: 'aliases',
    from: {
      table: 'registered_model_aliases',
      key: ['model', 'alias'],
      joins: OF_MODEL,
      columns: { alias: 't.alias', version: 't.version', name: 'm.name', ...MODELS_WORKSPACE },
    },
    into: 'registered_model_aliases',
  },
  {
    title: 'webhooks',
    from: {
      table: 'webhooks',
      key: ['id'],
      columns: {
        webhook_id: 't.webhook_id',
        name: 't.name',
        description: 't.description',
        url: 't.url',
        // Without its secret it would sign nothing, and its receiver would refuse what comes.
        status: "case when t.secret is null then t.status else 'DISABLED' end",
        creation_timestamp: 't.creation_timestamp',
        last_updated_timestamp: 't.last_updated_timestamp',
        ...WORKSPACE,
      },
    },
    into: 'webhooks',
  },
  {
    title: 'events of webhooks',
    from: {
      table: 'webhook_events',
      key: ['entity', 'action', 'webhook'],
      joins: 'join webhooks w on w.id = t.webhook',
      columns: { webhook_id: 'w.webhook_id', entity: 't.entity', action: 't.action' },
    },
    into: 'webhook_events',
  },
];

const OF_DATASET = 'join evaluation_datasets d on d.id = t.dataset';
const OF_SCORER = 'join scorers c on c.id = t.scorer';

/** Evaluation datasets and scorers. */
export const EVALUATION_KINDS: readonly Kind[] = [
  {
    title: 'evaluation datasets',
    from: {
      table: 'evaluation_datasets',
      key: ['id'],
      columns: {
        dataset_id: 't.dataset_id',
        name: 't.name',
        schema: 't.schema',
        digest: 't.digest',
        created_time: 't.created_time',
        last_update_time: 't.last_update_time',
        created_by: 't.created_by',
        last_updated_by: 't.last_updated_by',
        _records: 't.num_records',
        ...WORKSPACE,
      },
    },
    makes: {
      profile: ({ _records = null }) => (_records === null ? null : `{"num_records": ${_records}}`),
    },
    into: 'evaluation_datasets',
    isWide: true,
  },
  {
    title: 'tags of evaluation datasets',
    from: {
      table: 'evaluation_dataset_tags',
      key: ['dataset', 'key'],
      joins: OF_DATASET,
      columns: { dataset_id: 'd.dataset_id', key: 't.key', value: 't.value' },
    },
    into: 'evaluation_dataset_tags',
  },
  {
    title: 'experiments of evaluation datasets',
    from: {
      table: 'evaluation_dataset_experiments',
      key: ['dataset', 'experiment_id'],
      joins: OF_DATASET,
      columns: {
        source_type: "'evaluation_dataset'",
        source_id: 'd.dataset_id',
        destination_type: "'experiment'",
        destination_id: 'cast(t.experiment_id as text)',
        created_time: 'd.created_time',
      },
    },
    makes: { association_id: (row) => idOf('dataset', row.source_id, row.destination_id) },
    into: 'entity_associations',
  },
  {
    title: 'records of evaluation datasets',
    from: {
      table: 'evaluation_dataset_records',
      key: ['id'],
      joins: OF_DATASET,
      columns: {
        dataset_record_id: 't.dataset_record_id',
        dataset_id: 'd.dataset_id',
        inputs: 't.inputs',
        expectations: "coalesce(t.expectations, 'null')",
        tags: 't.tags',
        source: "coalesce(t.source, 'null')",
        source_id: 't.source_id',
        source_type: 't.source_type',
        created_time: 't.created_time',
        last_update_time: 't.last_update_time',
        created_by: 't.created_by',
        last_updated_by: 't.last_updated_by',
        input_hash: 't.input_hash',
        _outputs: 't.outputs',
      },
    },
    makes: {
      // Outputs, which may be no object, lie inside of one.
      outputs: ({ _outputs = null }) =>
        _outputs === null ? 'null' : `{"mlflow_wrapped": ${_outputs}}`,
    },
    into: 'evaluation_dataset_records',
    isWide: true,
  },
  {
    title: 'scorers',
    from: {
      table: 'scorers',
      key: ['id'],
      columns: {
        scorer_id: 't.scorer_id',
        experiment_id: 't.experiment_id',
        scorer_name: 't.name',
      },
    },
    into: 'scorers',
  },
  {
    title: 'versions of scorers',
    from: {
      table: 'scorer_versions',
      key: ['scorer', 'version'],
      joins: OF_SCORER,
      columns: {
        scorer_id: 'c.scorer_id',
        scorer_version: 't.version',
        serialized_scorer: 't.serialized_scorer',
        creation_time: 't.creation_time',
      },
    },
    into: 'scorer_versions',
    isWide: true,
  },
  {
    title: 'online scoring settings',
    from: {
      table: 'online_scoring_configs',
      key: ['scorer'],
      joins: OF_SCORER,
      columns: {
        scorer_id: 'c.scorer_id',
        online_scoring_config_id: 't.online_scoring_config_id',
        sample_rate: 't.sample_rate',
        experiment_id: 'c.experiment_id',
        filter_string: 't.filter_string',
      },
    },
    into: 'online_scoring_configs',
  },
];
