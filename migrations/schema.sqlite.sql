-- The schema after all migrations; for reading and comparing, not for running.
-- Written by: npx tsx scripts/schema-snapshot.ts --write

CREATE TABLE `assessments` (
  `id` integer primary key,
  `assessment_id` text not null,
  `trace` bigint not null,
  `name` text not null,
  `kind` text not null,
  `value` text not null,
  `error` text,
  `metadata` text,
  `number` double precision,
  `is_number` integer not null,
  `in_session` integer not null,
  `source_type` text not null,
  `source_id` text,
  `rationale` text,
  `span_id` text,
  `run_id` text,
  `overrides` text,
  `valid` integer not null,
  `create_time_ms` bigint not null,
  `last_update_time_ms` bigint not null
);

CREATE UNIQUE INDEX `assessments_assessment_id_unique` on `assessments` (`assessment_id`);

CREATE INDEX assessments_by_run on assessments (run_id);

CREATE INDEX assessments_by_trace on assessments (trace, name);

CREATE INDEX assessments_of_sessions on assessments (name, kind) where in_session = 1;

CREATE TABLE `datasets` (
  `id` integer primary key,
  `experiment_id` bigint not null,
  `name` text not null,
  `digest` text not null,
  `source_type` text not null,
  `source` text not null,
  `schema` text,
  `profile` text
);

CREATE UNIQUE INDEX `datasets_experiment_id_name_digest_unique` on `datasets` (`experiment_id`, `name`, `digest`);

CREATE TABLE `evaluation_dataset_experiments` (
  `experiment_id` bigint not null,
  `dataset` bigint not null,
  foreign key(`experiment_id`) references `experiments`(`experiment_id`) on delete CASCADE,
  foreign key(`dataset`) references `evaluation_datasets`(`id`) on delete CASCADE,
  primary key (`dataset`, `experiment_id`)
) without rowid;

CREATE INDEX evaluation_dataset_experiments_by_experiment on evaluation_dataset_experiments (experiment_id, dataset);

CREATE TABLE `evaluation_dataset_records` (
  `id` integer primary key,
  `dataset_record_id` text not null,
  `dataset` bigint not null,
  `input_hash` text not null,
  `inputs` text not null,
  `outputs` text,
  `expectations` text,
  `tags` text not null,
  `source` text,
  `source_id` text,
  `source_type` text,
  `created_time` bigint not null,
  `last_update_time` bigint not null,
  `created_by` text,
  `last_updated_by` text,
  foreign key(`dataset`) references `evaluation_datasets`(`id`) on delete CASCADE
);

CREATE UNIQUE INDEX `evaluation_dataset_records_dataset_input_hash_unique` on `evaluation_dataset_records` (`dataset`, `input_hash`);

CREATE UNIQUE INDEX `evaluation_dataset_records_dataset_record_id_unique` on `evaluation_dataset_records` (`dataset_record_id`);

CREATE INDEX `evaluation_dataset_records_in_order` on `evaluation_dataset_records` (`dataset`, `created_time`, `dataset_record_id`);

CREATE TABLE `evaluation_dataset_tags` (
  `dataset` bigint not null,
  `key` text not null,
  `value` text not null,
  foreign key(`dataset`) references `evaluation_datasets`(`id`) on delete CASCADE,
  primary key (`dataset`, `key`)
) without rowid;

CREATE TABLE `evaluation_datasets` (
  `id` integer primary key,
  `dataset_id` text not null,
  `name` text not null,
  `schema` text,
  `num_records` bigint,
  `digest` text not null,
  `created_time` bigint not null,
  `last_update_time` bigint not null,
  `created_by` text,
  `last_updated_by` text
);

CREATE INDEX evaluation_datasets_by_time on evaluation_datasets (created_time desc, dataset_id desc);

CREATE UNIQUE INDEX `evaluation_datasets_dataset_id_unique` on `evaluation_datasets` (`dataset_id`);

CREATE INDEX `evaluation_datasets_name_index` on `evaluation_datasets` (`name`);

CREATE TABLE `experiment_tags` (
  `experiment_id` bigint not null,
  `key` text not null,
  `value` text not null,
  primary key (`experiment_id`, `key`)
) without rowid;

CREATE TABLE `experiments` (
  `experiment_id` integer not null primary key autoincrement,
  `name` text not null,
  `artifact_location` text not null,
  `lifecycle_stage` text not null,
  `creation_time` bigint not null,
  `last_update_time` bigint not null
);

CREATE UNIQUE INDEX `experiments_name_unique` on `experiments` (`name`);

CREATE TABLE `idempotency_keys` (
  `scope` text not null,
  `key` text not null,
  `request` text not null,
  `result` text not null,
  `created_time` bigint not null,
  primary key (`scope`, `key`)
);

CREATE INDEX `idempotency_keys_created_time_index` on `idempotency_keys` (`created_time`);

CREATE TABLE `jobs` (
  `id` integer primary key,
  `kind` text not null,
  `reference` bigint not null,
  `lane` bigint not null,
  `due_time` bigint not null,
  `claims` bigint not null
);

CREATE INDEX jobs_by_due_time on jobs (kind, due_time, id);

CREATE INDEX jobs_by_lane on jobs (kind, lane);

CREATE UNIQUE INDEX `jobs_kind_reference_unique` on `jobs` (`kind`, `reference`);

CREATE TABLE `latest_metrics` (
  `run` bigint not null,
  `key` text not null,
  `value` double precision not null,
  `is_nan` integer not null,
  `step` bigint not null,
  `timestamp` bigint not null,
  `experiment_id` bigint not null,
  marks bigint,
  marked_timestamp bigint,
  marked_step bigint,
  primary key (`run`, `key`)
) without rowid;

CREATE INDEX latest_metrics_by_value on latest_metrics (experiment_id, key, value, run) where is_nan = 0;

CREATE TABLE `logged_model_metrics` (
  `model` bigint not null,
  `key` text not null,
  `timestamp` bigint not null,
  `step` bigint not null,
  `run_id` text not null,
  `value` double precision not null,
  `dataset_name` text,
  `dataset_digest` text,
  primary key (`model`, `key`, `timestamp`, `step`, `run_id`)
) without rowid;

CREATE TABLE `logged_model_params` (
  `model` bigint not null,
  `key` text not null,
  `value` text not null,
  primary key (`model`, `key`)
) without rowid;

CREATE TABLE `logged_model_tags` (
  `model` bigint not null,
  `key` text not null,
  `value` text not null,
  primary key (`model`, `key`)
) without rowid;

CREATE TABLE `logged_models` (
  `id` integer primary key,
  `model_id` text not null,
  `experiment_id` bigint not null,
  `name` text not null,
  `artifact_uri` text not null,
  `creation_timestamp` bigint not null,
  `last_updated_timestamp` bigint not null,
  `status` integer not null,
  `model_type` text not null,
  `source_run_id` text not null,
  `status_message` text,
  `lifecycle_stage` text not null
);

CREATE INDEX logged_models_by_creation on logged_models (experiment_id, lifecycle_stage, creation_timestamp desc, model_id);

CREATE UNIQUE INDEX `logged_models_model_id_unique` on `logged_models` (`model_id`);

CREATE TABLE `metric_marks` (
  `marks` bigint not null,
  `place` bigint not null,
  `timestamp` bigint not null,
  `step` bigint not null,
  `value` double precision not null,
  `is_nan` integer not null,
  primary key (`marks`, `place`)
) without rowid;

CREATE TABLE `metrics` (
  `run` bigint not null,
  `key` text not null,
  `timestamp` bigint not null,
  `step` bigint not null,
  `value` double precision not null,
  `is_nan` integer not null,
  primary key (`run`, `key`, `timestamp`, `step`, `value`, `is_nan`)
) without rowid;

CREATE TABLE `model_version_tags` (
  `model` bigint not null,
  `version` bigint not null,
  `key` text not null,
  `value` text not null,
  foreign key(`model`, `version`) references `model_versions`(`model`, `version`) on delete cascade,
  primary key (`model`, `version`, `key`)
) without rowid;

CREATE INDEX model_version_tags_of_prompts on model_version_tags (model) where key = 'mlflow.prompt.is_prompt' and value = 'true';

CREATE TABLE `model_versions` (
  `model` bigint not null,
  `version` bigint not null,
  `creation_timestamp` bigint not null,
  `last_updated_timestamp` bigint not null,
  `current_stage` text not null,
  `description` text,
  `source` text not null,
  `storage_location` text not null,
  `run_id` text not null,
  `run_link` text not null,
  `status` text not null,
  `status_message` text,
  foreign key(`model`) references `registered_models`(`id`) on delete cascade,
  primary key (`model`, `version`)
) without rowid;

CREATE INDEX model_versions_by_run on model_versions (run_id);

CREATE INDEX model_versions_by_stage on model_versions (model, current_stage, version);

CREATE INDEX model_versions_by_update on model_versions (last_updated_timestamp desc);

CREATE TABLE `online_scoring_configs` (
  `scorer` bigint,
  `online_scoring_config_id` text not null,
  `sample_rate` float not null,
  `filter_string` text,
  foreign key(`scorer`) references `scorers`(`id`) on delete CASCADE,
  primary key (`scorer`)
);

CREATE TABLE `registered_model_aliases` (
  `model` bigint not null,
  `alias` text not null,
  `version` bigint not null,
  foreign key(`model`) references `registered_models`(`id`) on delete cascade,
  primary key (`model`, `alias`)
) without rowid;

CREATE TABLE `registered_model_tags` (
  `model` bigint not null,
  `key` text not null,
  `value` text not null,
  foreign key(`model`) references `registered_models`(`id`) on delete cascade,
  primary key (`model`, `key`)
) without rowid;

CREATE INDEX registered_model_tags_of_prompts on registered_model_tags (model) where key = 'mlflow.prompt.is_prompt' and value = 'true';

CREATE TABLE `registered_models` (
  `id` integer primary key,
  `name` text not null,
  `creation_timestamp` bigint not null,
  `last_updated_timestamp` bigint not null,
  `description` text
);

CREATE UNIQUE INDEX `registered_models_name_unique` on `registered_models` (`name`);

CREATE TABLE `run_dataset_tags` (
  `run` bigint not null,
  `dataset` bigint not null,
  `key` text not null,
  `value` text not null,
  primary key (`run`, `dataset`, `key`)
) without rowid;

CREATE TABLE `run_datasets` (
  `run` bigint not null,
  `dataset` bigint not null,
  primary key (`run`, `dataset`)
) without rowid;

CREATE INDEX run_datasets_by_dataset on run_datasets (dataset);

CREATE TABLE `run_input_models` (
  `run` bigint not null,
  `model_id` text not null,
  primary key (`run`, `model_id`)
) without rowid;

CREATE TABLE `run_output_models` (
  `run` bigint not null,
  `model_id` text not null,
  `step` bigint not null,
  primary key (`run`, `model_id`)
) without rowid;

CREATE TABLE `run_params` (
  `run` bigint not null,
  `key` text not null,
  `value` text not null,
  primary key (`run`, `key`)
) without rowid;

CREATE TABLE `run_tags` (
  `run` bigint not null,
  `key` text not null,
  `value` text not null,
  primary key (`run`, `key`)
) without rowid;

CREATE TABLE `runs` (
  `id` integer primary key,
  `run_id` text not null,
  `experiment_id` bigint not null,
  `name` text not null,
  `user_id` text not null,
  `status` text not null,
  `start_time` bigint not null,
  `end_time` bigint,
  `artifact_uri` text not null,
  `lifecycle_stage` text not null,
  `deleted_time` bigint
);

CREATE INDEX runs_by_start on runs (experiment_id, lifecycle_stage, start_time desc);

CREATE UNIQUE INDEX `runs_run_id_unique` on `runs` (`run_id`);

CREATE TABLE `scorer_versions` (
  `scorer` bigint not null,
  `version` bigint not null,
  `serialized_scorer` text not null,
  `creation_time` bigint not null,
  foreign key(`scorer`) references `scorers`(`id`) on delete CASCADE,
  primary key (`scorer`, `version`)
) without rowid;

CREATE TABLE `scorers` (
  `id` integer primary key,
  `scorer_id` text not null,
  `experiment_id` bigint not null,
  `name` text not null,
  foreign key(`experiment_id`) references `experiments`(`experiment_id`) on delete CASCADE
);

CREATE UNIQUE INDEX `scorers_experiment_id_name_unique` on `scorers` (`experiment_id`, `name`);

CREATE UNIQUE INDEX `scorers_scorer_id_unique` on `scorers` (`scorer_id`);

CREATE TABLE `span_metrics` (
  `trace` bigint not null,
  `span_id` text not null,
  `key` text not null,
  `value` double precision not null,
  primary key (`trace`, `span_id`, `key`)
) without rowid;

CREATE TABLE `spans` (
  `trace` bigint not null,
  `span_id` text not null,
  `parent_span_id` text,
  `name` text not null,
  `type` text not null,
  `status` text not null,
  `start_time_ns` bigint not null,
  `end_time_ns` bigint,
  `model_name` text,
  `model_provider` text,
  `content` text not null,
  primary key (`trace`, `span_id`)
) without rowid;

CREATE TABLE `trace_metadata` (
  `trace` bigint not null,
  `key` text not null,
  `value` text not null,
  primary key (`trace`, `key`)
) without rowid;

CREATE TABLE `trace_metrics` (
  `trace` bigint not null,
  `key` text not null,
  `value` double precision not null,
  primary key (`trace`, `key`)
) without rowid;

CREATE TABLE `trace_prompt_links` (
  `trace_id` text not null,
  `name` text not null,
  `version` text not null,
  primary key (`trace_id`, `name`, `version`)
) without rowid;

CREATE INDEX trace_prompt_links_by_prompt on trace_prompt_links (name, version);

CREATE TABLE `trace_run_links` (
  `run_id` text not null,
  `trace_id` text not null,
  primary key (`run_id`, `trace_id`)
) without rowid;

CREATE INDEX trace_run_links_by_trace on trace_run_links (trace_id);

CREATE TABLE `trace_tags` (
  `trace` bigint not null,
  `key` text not null,
  `value` text not null,
  primary key (`trace`, `key`)
) without rowid;

CREATE TABLE `traces` (
  `id` integer primary key,
  `trace_id` text not null,
  `experiment_id` bigint not null,
  `timestamp_ms` bigint not null,
  `execution_time_ms` bigint,
  `state` text not null,
  `client_request_id` text,
  `request_preview` text,
  `response_preview` text
);

CREATE INDEX traces_by_time on traces (experiment_id, timestamp_ms desc, trace_id);

CREATE UNIQUE INDEX `traces_trace_id_unique` on `traces` (`trace_id`);

CREATE TABLE `webhook_deliveries` (
  `id` integer primary key,
  `delivery_id` text not null,
  `webhook` bigint not null,
  `entity` text not null,
  `action` text not null,
  `payload` text not null,
  `status` text not null,
  `attempts` bigint not null,
  `creation_timestamp` bigint not null,
  `queued_time` bigint not null,
  `last_attempt_time` bigint,
  `next_attempt_time` bigint,
  `finished_time` bigint,
  `response_status` bigint,
  `error_message` text
);

CREATE INDEX webhook_deliveries_by_webhook on webhook_deliveries (webhook, id desc);

CREATE UNIQUE INDEX `webhook_deliveries_delivery_id_unique` on `webhook_deliveries` (`delivery_id`);

CREATE INDEX `webhook_deliveries_finished_time_index` on `webhook_deliveries` (`finished_time`);

CREATE TABLE `webhook_events` (
  `entity` text not null,
  `action` text not null,
  `webhook` bigint not null,
  foreign key(`webhook`) references `webhooks`(`id`) on delete CASCADE,
  primary key (`entity`, `action`, `webhook`)
) without rowid;

CREATE INDEX webhook_events_by_webhook on webhook_events (webhook);

CREATE TABLE `webhooks` (
  `id` integer primary key,
  `webhook_id` text not null,
  `name` text not null,
  `description` text,
  `url` text not null,
  `secret` text,
  `status` text not null,
  `creation_timestamp` bigint not null,
  `last_updated_timestamp` bigint not null
);

CREATE UNIQUE INDEX `webhooks_webhook_id_unique` on `webhooks` (`webhook_id`);

