/** Evaluation and its reviews, in the notation of {@link readTables}. */
export const EVALUATION_TABLES = `
evaluation_datasets
  dataset_id varchar(36)!, name varchar(255)!, schema text, profile text, digest varchar(64),
  created_time bigint, last_update_time bigint, created_by varchar(255),
  last_updated_by varchar(255), workspace varchar(63)! = 'default'
  key evaluation_datasets_pk (dataset_id)
  index idx_evaluation_datasets_workspace (workspace)
  index index_evaluation_datasets_created_time (created_time)
  index index_evaluation_datasets_name (name)
evaluation_dataset_tags
  dataset_id varchar(36)!, key varchar(255)!, value varchar(5000)
  key evaluation_dataset_tags_pk (dataset_id, key)
  refers fk_evaluation_dataset_tags_dataset_id (dataset_id) evaluation_datasets (dataset_id) on delete cascade
  index index_evaluation_dataset_tags_dataset_id (dataset_id)
evaluation_dataset_records
  dataset_record_id varchar(36)!, dataset_id varchar(36)!, inputs json!, expectations json,
  tags json, source json, source_id varchar(36), source_type varchar(255), created_time bigint,
  last_update_time bigint, created_by varchar(255), last_updated_by varchar(255),
  input_hash varchar(64)!, outputs json
  key evaluation_dataset_records_pk (dataset_record_id)
  unique unique_dataset_input (dataset_id, input_hash)
  refers fk_evaluation_dataset_records_dataset_id (dataset_id) evaluation_datasets (dataset_id) on delete cascade
  index index_evaluation_dataset_records_dataset_id (dataset_id)
scorers
  experiment_id int!, scorer_name varchar(256)!, scorer_id varchar(36)!
  key scorer_pk (scorer_id)
  refers fk_scorers_experiment_id (experiment_id) experiments (experiment_id) on delete cascade
  unique-index index_scorers_experiment_id_scorer_name (experiment_id, scorer_name)
scorer_versions
  scorer_id varchar(36)!, scorer_version int!, serialized_scorer text!, creation_time bigint
  key scorer_version_pk (scorer_id, scorer_version)
  refers fk_scorer_versions_scorer_id (scorer_id) scorers (scorer_id) on delete cascade
  index index_scorer_versions_scorer_id (scorer_id)
online_scoring_configs
  online_scoring_config_id varchar(36)!, scorer_id varchar(36)!, sample_rate double!,
  experiment_id int!, filter_string text
  key online_scoring_config_pk (online_scoring_config_id)
  refers fk_online_scoring_configs_experiment_id (experiment_id) experiments (experiment_id)
  refers fk_online_scoring_configs_scorer_id (scorer_id) scorers (scorer_id) on delete cascade
label_schemas
  schema_id varchar(36)!, experiment_id int!, name varchar(250)!, type varchar(16)!,
  instruction text, enable_comment boolean! = false, input_type varchar(32)!,
  input_config text!, created_by varchar(255), created_time bigint!, last_update_time bigint!,
  is_default boolean! = false
  key label_schemas_pk (schema_id)
  unique uq_label_schemas_exp_name (experiment_id, name)
  refers fk_label_schemas_experiment_id (experiment_id) experiments (experiment_id) on delete cascade
  index index_label_schemas_experiment_id (experiment_id)
review_queues
  queue_id varchar(36)!, experiment_id int!, name varchar(250)!, queue_type varchar(16)!,
  created_by varchar(255), creation_time_ms bigint!, last_update_time_ms bigint!,
  name_key varchar(250)!
  key review_queues_pk (queue_id)
  unique uq_review_queues_experiment_name_key (experiment_id, name_key)
  refers fk_review_queues_experiment_id (experiment_id) experiments (experiment_id) on delete cascade
  index index_review_queues_experiment_id (experiment_id)
review_queue_users
  queue_id varchar(36)!, user_id varchar(250)!
  key review_queue_users_pk (queue_id, user_id)
  refers fk_review_queue_users_queue_id (queue_id) review_queues (queue_id) on delete cascade
  index index_review_queue_users_user_id (user_id)
review_queue_items
  queue_id varchar(36)!, item_type varchar(16)!, item_id varchar(50)!, status varchar(16)!,
  completed_by varchar(250), completed_time_ms bigint, creation_time_ms bigint!,
  last_update_time_ms bigint!
  key review_queue_items_pk (queue_id, item_id)
  refers fk_review_queue_items_queue_id (queue_id) review_queues (queue_id) on delete cascade
  index index_review_queue_items_item_id (item_id)
  index index_review_queue_items_queue_id_status (queue_id, status)
review_queue_label_schemas
  queue_id varchar(36)!, schema_id varchar(36)!
  key review_queue_label_schemas_pk (queue_id, schema_id)
  refers fk_review_queue_label_schemas_queue_id (queue_id) review_queues (queue_id) on delete cascade
  index index_review_queue_label_schemas_schema_id (schema_id)
`;
