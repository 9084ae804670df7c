/** Experiments, runs and logged models, in the notation of {@link readTables}. */
export const TRACKING_TABLES = `
experiments
  experiment_id serial!, name varchar(256)!, artifact_location varchar(256),
  lifecycle_stage varchar(32), creation_time bigint, last_update_time bigint,
  workspace varchar(63)! = 'default'
  key experiment_pk (experiment_id)
  unique uq_experiments_workspace_name (workspace, name)
  check experiments_lifecycle_stage lifecycle_stage in ('active', 'deleted')
  index idx_experiments_workspace (workspace)
  index idx_experiments_workspace_creation_time (workspace, creation_time)
experiment_tags
  key varchar(250)!, value text, experiment_id int!
  key experiment_tag_pk (key, experiment_id)
  refers experiment_tags_experiment_id_fkey (experiment_id) experiments (experiment_id)
runs
  run_uuid varchar(32)!, name varchar(250), source_type varchar(20), source_name varchar(500),
  entry_point_name varchar(50), user_id varchar(256), status varchar(9), start_time bigint,
  end_time bigint, source_version varchar(50), lifecycle_stage varchar(20),
  artifact_uri varchar(200), experiment_id int, deleted_time bigint
  key run_pk (run_uuid)
  check runs_lifecycle_stage lifecycle_stage in ('active', 'deleted')
  check runs_status_check status in ('SCHEDULED', 'FAILED', 'FINISHED', 'RUNNING', 'KILLED')
  check source_type source_type in ('NOTEBOOK', 'JOB', 'LOCAL', 'UNKNOWN', 'PROJECT')
  refers runs_experiment_id_fkey (experiment_id) experiments (experiment_id)
params
  key varchar(250)!, value varchar(8000)!, run_uuid varchar(32)!
  key param_pk (key, run_uuid)
  refers params_run_uuid_fkey (run_uuid) runs (run_uuid)
  index index_params_run_uuid (run_uuid)
tags
  key varchar(250)!, value varchar(8000), run_uuid varchar(32)!
  key tag_pk (key, run_uuid)
  refers tags_run_uuid_fkey (run_uuid) runs (run_uuid)
  index index_tags_run_uuid (run_uuid)
metrics
  key varchar(250)!, value double!, timestamp bigint!, run_uuid varchar(32)!, step bigint! = 0,
  is_nan boolean! = false
  key metric_pk (key, timestamp, step, run_uuid, value, is_nan)
  refers metrics_run_uuid_fkey (run_uuid) runs (run_uuid)
  index index_metrics_run_uuid (run_uuid)
  index index_metrics_run_uuid_key_step (run_uuid, key, step)
latest_metrics
  key varchar(250)!, value double!, timestamp bigint, step bigint!, is_nan boolean!,
  run_uuid varchar(32)!
  key latest_metric_pk (key, run_uuid)
  refers latest_metrics_run_uuid_fkey (run_uuid) runs (run_uuid)
  index index_latest_metrics_run_uuid (run_uuid)
datasets
  dataset_uuid varchar(36)!, experiment_id int!, name varchar(500)!, digest varchar(36)!,
  dataset_source_type varchar(36)!, dataset_source text!, dataset_schema text,
  dataset_profile text
  key dataset_pk (experiment_id, name, digest)
  refers fk_datasets_experiment_id_experiments (experiment_id) experiments (experiment_id) on delete cascade
  index index_datasets_dataset_uuid (dataset_uuid)
  index index_datasets_experiment_id_dataset_source_type (experiment_id, dataset_source_type)
inputs
  input_uuid varchar(36)!, source_type varchar(36)!, source_id varchar(36)!,
  destination_type varchar(36)!, destination_id varchar(36)!, step bigint! = 0
  key inputs_pk (source_type, source_id, destination_type, destination_id)
  index index_inputs_destination_type_destination_id_source_type (destination_type, destination_id, source_type)
  index index_inputs_input_uuid (input_uuid)
input_tags
  input_uuid varchar(36)!, name varchar(255)!, value varchar(500)!
  key input_tags_pk (input_uuid, name)
logged_models
  model_id varchar(36)!, experiment_id int!, name varchar(500)!,
  artifact_location varchar(1000)!, creation_timestamp_ms bigint!,
  last_updated_timestamp_ms bigint!, status int!, lifecycle_stage varchar(32),
  model_type varchar(500), source_run_id varchar(32), status_message varchar(1000)
  key logged_models_pk (model_id)
  check logged_models_lifecycle_stage_check lifecycle_stage in ('active', 'deleted')
  refers fk_logged_models_experiment_id (experiment_id) experiments (experiment_id) on delete cascade
logged_model_params
  model_id varchar(36)!, experiment_id int!, param_key varchar(255)!, param_value text!
  key logged_model_params_pk (model_id, param_key)
  refers fk_logged_model_params_experiment_id (experiment_id) experiments (experiment_id)
  refers fk_logged_model_params_model_id (model_id) logged_models (model_id) on delete cascade
logged_model_tags
  model_id varchar(36)!, experiment_id int!, tag_key varchar(255)!, tag_value text!
  key logged_model_tags_pk (model_id, tag_key)
  refers fk_logged_model_tags_experiment_id (experiment_id) experiments (experiment_id)
  refers fk_logged_model_tags_model_id (model_id) logged_models (model_id) on delete cascade
logged_model_metrics
  model_id varchar(36)!, metric_name varchar(500)!, metric_timestamp_ms bigint!,
  metric_step bigint!, metric_value double, experiment_id int!, run_id varchar(32)!,
  dataset_uuid varchar(36), dataset_name varchar(500), dataset_digest varchar(36)
  key logged_model_metrics_pk (model_id, metric_name, metric_timestamp_ms, metric_step, run_id)
  refers fk_logged_model_metrics_experiment_id (experiment_id) experiments (experiment_id)
  refers fk_logged_model_metrics_model_id (model_id) logged_models (model_id) on delete cascade
  refers fk_logged_model_metrics_run_id (run_id) runs (run_uuid) on delete cascade
  index index_logged_model_metrics_model_id (model_id)
entity_associations
  association_id varchar(36)!, source_type varchar(36)!, source_id varchar(36)!,
  destination_type varchar(36)!, destination_id varchar(36)!, created_time bigint
  key entity_associations_pk (source_type, source_id, destination_type, destination_id)
  index index_entity_associations_association_id (association_id)
  index index_entity_associations_reverse_lookup (destination_type, destination_id, source_type, source_id)
`;
