import type { Value } from '../family.js';

/** The schema of MLflow that what a server says is laid out in: that of 3.17, as far as it is read. */
export const STAGED_REVISION = 'dc11669786a5';

const LINK = ['source_type', 'source_id', 'destination_type', 'destination_id'] as const;

/** The tables, each with its key in front and the other columns behind. */
export const TABLES = {
  workspaces: [
    ['name'],
    ['description', 'default_artifact_root', 'trace_archival_location', 'trace_archival_retention'],
  ],
  experiments: [
    ['experiment_id'],
    [
      ...['name', 'artifact_location', 'lifecycle_stage', 'creation_time', 'last_update_time'],
      'workspace',
    ],
  ],
  experiment_tags: [['key', 'experiment_id'], ['value']],
  runs: [
    ['run_uuid'],
    [
      ...['name', 'user_id', 'status', 'start_time', 'end_time', 'lifecycle_stage'],
      ...['artifact_uri', 'experiment_id', 'deleted_time'],
    ],
  ],
  params: [['key', 'run_uuid'], ['value']],
  tags: [['key', 'run_uuid'], ['value']],
  latest_metrics: [
    ['key', 'run_uuid'],
    ['value', 'timestamp', 'step', 'is_nan'],
  ],
  metrics: [['key', 'timestamp', 'step', 'run_uuid', 'value', 'is_nan'], []],
  datasets: [
    ['experiment_id', 'name', 'digest'],
    [
      ...['dataset_uuid', 'dataset_source_type', 'dataset_source'],
      ...['dataset_schema', 'dataset_profile'],
    ],
  ],
  inputs: [LINK, ['input_uuid', 'step']],
  input_tags: [['input_uuid', 'name'], ['value']],
  logged_models: [
    ['model_id'],
    [
      ...['experiment_id', 'name', 'artifact_location', 'creation_timestamp_ms'],
      ...['last_updated_timestamp_ms', 'status', 'model_type', 'source_run_id', 'status_message'],
      'lifecycle_stage',
    ],
  ],
  logged_model_params: [['model_id', 'param_key'], ['param_value']],
  logged_model_tags: [['model_id', 'tag_key'], ['tag_value']],
  logged_model_metrics: [
    ['model_id', 'metric_name', 'metric_timestamp_ms', 'metric_step', 'run_id'],
    ['metric_value', 'dataset_name', 'dataset_digest'],
  ],
  registered_models: [
    ['workspace', 'name'],
    ['creation_time', 'last_updated_time', 'description'],
  ],
  registered_model_tags: [['workspace', 'key', 'name'], ['value']],
  registered_model_aliases: [['workspace', 'alias', 'name'], ['version']],
  model_versions: [
    ['workspace', 'name', 'version'],
    [
      ...['creation_time', 'last_updated_time', 'current_stage', 'description', 'source'],
      ...['storage_location', 'run_id', 'run_link', 'status', 'status_message'],
    ],
  ],
  model_version_tags: [['workspace', 'key', 'name', 'version'], ['value']],
  webhooks: [
    ['webhook_id'],
    [
      ...['name', 'description', 'url', 'status', 'secret', 'creation_timestamp'],
      ...['last_updated_timestamp', 'deleted_timestamp', 'workspace'],
    ],
  ],
  webhook_events: [['webhook_id', 'entity', 'action'], []],
  trace_info: [
    ['request_id'],
    [
      ...['experiment_id', 'timestamp_ms', 'execution_time_ms', 'status', 'client_request_id'],
      ...['request_preview', 'response_preview'],
    ],
  ],
  trace_tags: [['key', 'request_id'], ['value']],
  trace_request_metadata: [['key', 'request_id'], ['value']],
  trace_metrics: [['request_id', 'key'], ['value']],
  spans: [
    ['trace_id', 'span_id'],
    [
      ...['parent_span_id', 'name', 'type', 'status', 'start_time_unix_nano'],
      ...['end_time_unix_nano', 'model_name', 'model_provider', 'content'],
    ],
  ],
  span_metrics: [['trace_id', 'span_id', 'key'], ['value']],
  assessments: [
    // The order in which they were made is that in which they are shown.
    ['created_timestamp', 'assessment_id'],
    [
      ...['trace_id', 'name', 'assessment_type', 'value', 'error', 'assessment_metadata'],
      ...['aggregate_value', 'is_numeric_value', 'source_type', 'source_id', 'rationale'],
      ...['span_id', 'run_id', 'overrides', 'valid', 'last_updated_timestamp'],
    ],
  ],
  entity_associations: [LINK, []],
  evaluation_datasets: [
    ['dataset_id'],
    [
      ...['workspace', 'name', 'schema', 'digest', 'created_time', 'last_update_time'],
      ...['created_by', 'last_updated_by'],
    ],
  ],
  evaluation_dataset_tags: [['dataset_id', 'key'], ['value']],
  evaluation_dataset_records: [
    ['dataset_record_id'],
    [
      ...['dataset_id', 'input_hash', 'inputs', 'outputs', 'expectations', 'tags', 'source'],
      ...['source_id', 'source_type', 'created_time', 'last_update_time'],
      ...['created_by', 'last_updated_by'],
    ],
  ],
  scorers: [['scorer_id'], ['experiment_id', 'scorer_name']],
  scorer_versions: [
    ['scorer_id', 'scorer_version'],
    ['serialized_scorer', 'creation_time'],
  ],
  online_scoring_configs: [
    ['online_scoring_config_id'],
    ['scorer_id', 'sample_rate', 'filter_string'],
  ],
} as const satisfies Record<string, readonly [readonly string[], readonly string[]]>;

/** Rows are read in the order of their keys, in which a second reading lays them out alike. */
export const stagedOrder = (table: string): readonly string[] | undefined =>
  Object.hasOwn(TABLES, table) ? TABLES[table as TableName][0] : undefined;

export type TableName = keyof typeof TABLES;
type ColumnsOf<Table extends TableName> =
  | (typeof TABLES)[Table][0][number]
  | (typeof TABLES)[Table][1][number];

/** Rows for some tables. Columns that are not told of are null. */
export type StagedRows = {
  readonly [Table in TableName]?: readonly {
    readonly [Column in ColumnsOf<Table>]?: Value | undefined;
  }[];
};
