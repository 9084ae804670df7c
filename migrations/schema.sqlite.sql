-- The schema after all migrations; for reading and comparing, not for running.
-- Written by: npx tsx scripts/schema-snapshot.ts --write

CREATE TABLE `access_tokens` (
  `id` integer primary key,
  `token_id` text not null,
  `user_id` bigint not null,
  `name` text not null,
  `token_hash` text not null,
  `scopes` text not null,
  `creation_timestamp` bigint not null,
  `expiration_timestamp` bigint,
  `last_used_timestamp` bigint,
  `revocation_timestamp` bigint,
  foreign key(`user_id`) references `users`(`id`) on delete CASCADE
);

CREATE UNIQUE INDEX `access_tokens_token_hash_unique` on `access_tokens` (`token_hash`);

CREATE UNIQUE INDEX `access_tokens_token_id_unique` on `access_tokens` (`token_id`);

CREATE INDEX `access_tokens_user_id_index` on `access_tokens` (`user_id`);

CREATE TABLE `artifact_digests` (
  `place` text not null,
  `size` bigint not null,
  `sha256` text not null,
  `file_version` text not null,
  `recorded_time` bigint not null,
  primary key (`place`)
) without rowid;

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

CREATE INDEX assessments_of_issues on assessments (name, trace) where kind = 'issue';

CREATE INDEX assessments_of_sessions on assessments (name, kind) where in_session = 1;

CREATE TABLE `audit_checkpoints` (
  `size` bigint,
  `ts` bigint not null,
  `root` text not null,
  `note` text not null,
  primary key (`size`)
);

CREATE TRIGGER audit_checkpoints_no_delete before delete on audit_checkpoints begin select raise(abort, 'The audit log is append-only'); end;

CREATE TRIGGER audit_checkpoints_no_update before update on audit_checkpoints begin select raise(abort, 'The audit log is append-only'); end;

CREATE TABLE `audit_head` (
  `id` integer,
  `size` bigint not null,
  `leaf_hash` text not null,
  `frontier` text not null,
  primary key (`id`)
);

CREATE TABLE `audit_keys` (
  `public_key` text,
  `private_key` text not null,
  `creation_timestamp` bigint not null,
  primary key (`public_key`)
);

CREATE TABLE `audit_log` (
  `seq` bigint not null,
  `ts` bigint not null,
  `actor` text not null,
  `method` text not null,
  `address` text not null,
  `user_agent` text not null,
  `action` text not null,
  `object_kind` text not null,
  `object_id` text not null,
  `decision` text not null,
  `reason` text,
  `request_id` text not null,
  `policy_version` text,
  `prev_hash` text not null,
  `leaf_hash` text not null,
  `entry` text not null,
  primary key (`seq`)
) without rowid;

CREATE INDEX audit_log_by_action on audit_log (action, seq);

CREATE INDEX audit_log_by_actor on audit_log (actor, seq);

CREATE INDEX audit_log_by_object on audit_log (object_kind, object_id, seq);

CREATE INDEX audit_log_by_request on audit_log (request_id, seq);

CREATE INDEX audit_log_by_time on audit_log (ts, seq);

CREATE INDEX audit_log_denied on audit_log (seq) where decision = 'denied';

CREATE TRIGGER audit_log_no_delete before delete on audit_log begin select raise(abort, 'The audit log is append-only'); end;

CREATE TRIGGER audit_log_no_update before update on audit_log begin select raise(abort, 'The audit log is append-only'); end;

CREATE TABLE `audit_nodes` (
  `level` integer not null,
  `position` bigint not null,
  `hash` text not null,
  primary key (`level`, `position`)
) without rowid;

CREATE TRIGGER audit_nodes_no_delete before delete on audit_nodes begin select raise(abort, 'The audit log is append-only'); end;

CREATE TRIGGER audit_nodes_no_update before update on audit_nodes begin select raise(abort, 'The audit log is append-only'); end;

CREATE TABLE `audit_pending` (
  `id` integer primary key,
  `body` text not null
);

CREATE TABLE `break_glass_grants` (
  `id` integer primary key,
  `grant_id` text not null,
  `model_name` text not null,
  `principal` text not null,
  `reason` text not null,
  `ticket` text not null,
  `creation_timestamp` bigint not null,
  `expiration_timestamp` bigint not null,
  `used_timestamp` bigint,
  `review_due_timestamp` bigint,
  `reviewer` text,
  `review` text,
  `reviewed_timestamp` bigint,
  `alarm_timestamp` bigint
);

CREATE INDEX break_glass_grants_by_model on break_glass_grants (model_name, principal);

CREATE UNIQUE INDEX `break_glass_grants_grant_id_unique` on `break_glass_grants` (`grant_id`);

CREATE TABLE `break_glass_uses` (
  `grant_id` text not null,
  `model` bigint not null,
  `version` bigint not null,
  foreign key(`model`) references `registered_models`(`id`) on delete cascade,
  primary key (`grant_id`, `model`, `version`)
) without rowid;

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

CREATE TABLE `drills` (
  `id` integer primary key,
  `drill_id` text not null,
  `model_name` text not null,
  `started_by` text not null,
  `started_time` bigint not null,
  `within_budget` integer not null,
  `measured` text not null,
  workspace text not null default 'default'
);

CREATE UNIQUE INDEX `drills_drill_id_unique` on `drills` (`drill_id`);

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
  `last_updated_by` text,
  workspace text not null default 'default'
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
  `last_update_time` bigint not null,
  workspace text not null default 'default'
);

CREATE UNIQUE INDEX `experiments_workspace_name_unique` on `experiments` (`workspace`, `name`);

CREATE TABLE `frozen_prefixes` (
  `place` text not null,
  `model` bigint not null,
  `version` bigint not null,
  foreign key(`model`, `version`) references `model_versions`(`model`, `version`) on delete cascade,
  primary key (`place`, `model`, `version`)
) without rowid;

CREATE INDEX frozen_prefixes_by_version on frozen_prefixes (model, version);

CREATE TABLE `governance_alerts` (
  `id` integer primary key,
  `alert_id` text not null,
  `kind` text not null,
  `model` text,
  `version` bigint,
  `actor` text,
  `summary` text not null,
  `details` text not null,
  `sameness` text not null,
  `occurrences` bigint not null,
  `creation_timestamp` bigint not null,
  `last_timestamp` bigint not null,
  `acknowledged_by` text,
  `acknowledged_timestamp` bigint,
  `note` text,
  workspace text not null default 'default'
);

CREATE UNIQUE INDEX `governance_alerts_alert_id_unique` on `governance_alerts` (`alert_id`);

CREATE INDEX governance_alerts_by_model on governance_alerts (model, id);

CREATE INDEX governance_alerts_by_sameness on governance_alerts (sameness, id);

CREATE INDEX governance_alerts_open on governance_alerts (id) where acknowledged_by is null;

CREATE TABLE `governance_policies` (
  `id` integer primary key,
  `digest` text not null,
  `document` text not null,
  `source` text not null,
  `created_by` text not null,
  `creation_timestamp` bigint not null
);

CREATE TABLE `idempotency_keys` (
  `scope` text not null,
  `key` text not null,
  `request` text not null,
  `result` text not null,
  `created_time` bigint not null,
  primary key (`scope`, `key`)
);

CREATE INDEX `idempotency_keys_created_time_index` on `idempotency_keys` (`created_time`);

CREATE TABLE `import_progress` (
  `import` bigint not null,
  `family` text not null,
  `after_key` text not null,
  `copied` bigint not null,
  `is_done` smallint not null,
  foreign key(`import`) references `imports`(`id`) on delete CASCADE,
  primary key (`import`, `family`)
) without rowid;

CREATE TABLE `imports` (
  `id` integer primary key,
  `source` text not null,
  `revision` text not null,
  `started_time` bigint not null,
  `finished_time` bigint
);

CREATE UNIQUE INDEX `imports_source_unique` on `imports` (`source`);

CREATE TABLE `issues` (
  `id` integer primary key,
  `issue_id` text not null,
  `experiment_id` bigint not null,
  `name` text not null,
  `description` text not null,
  `status` text not null,
  `severity` text,
  `severity_rank` bigint not null,
  `root_causes` text,
  `categories` text,
  `source_run_id` text,
  `created_timestamp` bigint not null,
  `last_updated_timestamp` bigint not null,
  `created_by` text,
  foreign key(`experiment_id`) references `experiments`(`experiment_id`) on delete CASCADE
);

CREATE INDEX `issues_by_run` on `issues` (`source_run_id`);

CREATE INDEX issues_in_order on issues (severity_rank desc, created_timestamp desc, id desc);

CREATE UNIQUE INDEX `issues_issue_id_unique` on `issues` (`issue_id`);

CREATE INDEX issues_of_experiment_in_order on issues (experiment_id, severity_rank desc, created_timestamp desc, id desc);

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

CREATE TABLE `label_schemas` (
  `id` integer primary key,
  `schema_id` text not null,
  `experiment_id` bigint not null,
  `name` text not null,
  `type` text not null,
  `instruction` text,
  `enable_comment` integer not null,
  `input_type` text not null,
  `input_config` text not null,
  `created_by` text,
  `created_time` bigint not null,
  `last_update_time` bigint not null,
  `is_default` integer not null,
  foreign key(`experiment_id`) references `experiments`(`experiment_id`) on delete CASCADE
);

CREATE UNIQUE INDEX `label_schemas_experiment_id_name_unique` on `label_schemas` (`experiment_id`, `name`);

CREATE INDEX label_schemas_in_order on label_schemas (experiment_id, created_time desc, id desc);

CREATE UNIQUE INDEX `label_schemas_schema_id_unique` on `label_schemas` (`schema_id`);

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
  noticed_since bigint,
  noticed_time bigint,
  primary key (`run`, `key`)
) without rowid;

CREATE INDEX latest_metrics_by_value on latest_metrics (experiment_id, key, value, run) where is_nan = 0;

CREATE INDEX latest_metrics_noticed on latest_metrics (noticed_time) where noticed_time is not null;

CREATE TABLE `live_history` (
  `id` integer primary key,
  `model` bigint not null,
  `model_name` text not null,
  `version` bigint not null,
  `target` text not null,
  `from_time` bigint not null,
  `entered_by` text not null,
  `to_time` bigint,
  `left_by` text,
  `left_because` text
);

CREATE INDEX live_history_by_model on live_history (model_name, from_time);

CREATE INDEX live_history_by_place on live_history (model, target, version, id);

CREATE INDEX live_history_newest on live_history (model_name, id);

CREATE INDEX live_history_open on live_history (model, target, version) where to_time is null;

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

CREATE INDEX logged_models_by_run on logged_models (source_run_id);

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

CREATE TABLE `model_consumers` (
  `model` bigint not null,
  `version` bigint not null,
  `principal` text not null,
  `user_agent` text not null,
  `first_seen` bigint not null,
  `last_seen` bigint not null,
  `loads` bigint not null,
  foreign key(`model`, `version`) references `model_versions`(`model`, `version`) on delete cascade,
  primary key (`model`, `version`, `principal`)
) without rowid;

CREATE TABLE `model_generations` (
  `model` bigint not null,
  `generation` bigint not null,
  foreign key(`model`) references `registered_models`(`id`) on delete cascade,
  primary key (`model`)
) without rowid;

CREATE TABLE `model_version_manifests` (
  `model` bigint not null,
  `version` bigint not null,
  `location` text not null,
  `root_digest` text not null,
  `weights_digest` text not null,
  `files` text not null,
  `bundle` text,
  `creation_timestamp` bigint not null,
  foreign key(`model`, `version`) references `model_versions`(`model`, `version`) on delete cascade,
  primary key (`model`, `version`)
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

CREATE INDEX model_versions_by_location on model_versions (storage_location) where length(storage_location) <= 600;

CREATE INDEX model_versions_by_run on model_versions (run_id);

CREATE INDEX model_versions_by_stage on model_versions (model, current_stage, version);

CREATE INDEX model_versions_by_update on model_versions (last_updated_timestamp desc);

CREATE INDEX model_versions_far_away on model_versions (model) where length(storage_location) > 600;

CREATE TABLE `notification_deliveries` (
  `id` integer primary key,
  `delivery_id` text not null,
  `subscription` bigint not null,
  `stream` bigint not null,
  `event` bigint not null,
  `topic` text not null,
  `status` text not null,
  `attempts` bigint not null,
  `creation_timestamp` bigint not null,
  `queued_time` bigint not null,
  `last_attempt_time` bigint,
  `next_attempt_time` bigint,
  `finished_time` bigint,
  `response_status` bigint,
  `error_message` text,
  foreign key(`event`) references `notification_events`(`id`)
);

CREATE INDEX notification_deliveries_by_event on notification_deliveries (event);

CREATE INDEX notification_deliveries_by_subscription on notification_deliveries (subscription, id desc);

CREATE INDEX notification_deliveries_dead on notification_deliveries (id) where status = 'DEAD';

CREATE UNIQUE INDEX `notification_deliveries_delivery_id_unique` on `notification_deliveries` (`delivery_id`);

CREATE INDEX `notification_deliveries_finished_time_index` on `notification_deliveries` (`finished_time`);

CREATE INDEX notification_deliveries_pending on notification_deliveries (stream, id) where status = 'PENDING';

CREATE TABLE `notification_events` (
  `id` integer primary key,
  `event_id` text not null,
  `kind` text not null,
  `model` text,
  `version` bigint,
  `actor` text,
  `event_time` bigint not null,
  `summary` text not null,
  `data` text not null
);

CREATE UNIQUE INDEX `notification_events_event_id_unique` on `notification_events` (`event_id`);

CREATE INDEX `notification_events_event_time_index` on `notification_events` (`event_time`);

CREATE TABLE `notification_interests` (
  `topic` text not null,
  `model_key` text not null,
  `subscription` bigint not null,
  foreign key(`subscription`) references `notification_subscriptions`(`id`) on delete cascade,
  primary key (`topic`, `model_key`, `subscription`)
) without rowid;

CREATE INDEX notification_interests_by_subscription on notification_interests (subscription);

CREATE TABLE `notification_streams` (
  `id` integer primary key,
  `subscription` bigint not null,
  `object` text not null
);

CREATE UNIQUE INDEX `notification_streams_subscription_object_unique` on `notification_streams` (`subscription`, `object`);

CREATE TABLE `notification_subscriptions` (
  `id` integer primary key,
  `subscription_id` text not null,
  `channel` text not null,
  `owner` text not null,
  `owner_id` bigint,
  `description` text not null,
  `model_pattern` text not null,
  `preference` text,
  `status` text not null,
  `url` text,
  `recipients` text not null,
  `settings` text not null,
  `sealed` text,
  `creation_timestamp` bigint not null,
  `last_updated_timestamp` bigint not null,
  workspace text not null default 'default'
);

CREATE UNIQUE INDEX notification_preferences on notification_subscriptions (workspace, owner, model_pattern) where preference is not null;

CREATE INDEX notification_subscriptions_by_channel on notification_subscriptions (channel, model_pattern, id);

CREATE INDEX notification_subscriptions_by_owner on notification_subscriptions (owner, id);

CREATE UNIQUE INDEX `notification_subscriptions_subscription_id_unique` on `notification_subscriptions` (`subscription_id`);

CREATE TABLE `online_scoring_configs` (
  `scorer` bigint,
  `online_scoring_config_id` text not null,
  `sample_rate` float not null,
  `filter_string` text,
  foreign key(`scorer`) references `scorers`(`id`) on delete CASCADE,
  primary key (`scorer`)
);

CREATE TABLE `promotion_approvals` (
  `id` integer primary key,
  `request_id` text,
  `model` bigint not null,
  `version` bigint not null,
  `target` text not null,
  `approver` text not null,
  `roles` text not null,
  `artifacts_digest` text not null,
  `card_digest` text not null,
  `profile_digest` text not null,
  `comment` text not null,
  `creation_timestamp` bigint not null,
  `dismissed_timestamp` bigint,
  foreign key(`model`) references `registered_models`(`id`) on delete cascade
);

CREATE INDEX promotion_approvals_by_request on promotion_approvals (request_id);

CREATE INDEX promotion_approvals_by_version on promotion_approvals (model, version);

CREATE TABLE `promotion_requests` (
  `id` integer primary key,
  `request_id` text not null,
  `model` bigint not null,
  `version` bigint not null,
  `target` text not null,
  `creator` text not null,
  `comment` text not null,
  `status` text not null,
  `creation_timestamp` bigint not null,
  `expiration_timestamp` bigint not null,
  `last_updated_timestamp` bigint not null,
  `closed_by` text,
  foreign key(`model`) references `registered_models`(`id`) on delete cascade
);

CREATE INDEX promotion_requests_by_status on promotion_requests (status, id);

CREATE UNIQUE INDEX promotion_requests_open on promotion_requests (model, version, target, creator) where status = 'open';

CREATE UNIQUE INDEX `promotion_requests_request_id_unique` on `promotion_requests` (`request_id`);

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
  `description` text,
  workspace text not null default 'default'
);

CREATE UNIQUE INDEX `registered_models_workspace_name_unique` on `registered_models` (`workspace`, `name`);

CREATE TABLE `review_queue_items` (
  `queue` bigint not null,
  `item_type` text not null,
  `item_id` text not null,
  `status` text not null,
  `completed_by` text,
  `completed_time_ms` bigint,
  `creation_time_ms` bigint not null,
  `last_update_time_ms` bigint not null,
  foreign key(`queue`) references `review_queues`(`id`) on delete CASCADE,
  primary key (`queue`, `item_id`)
) without rowid;

CREATE INDEX `review_queue_items_by_item` on `review_queue_items` (`item_id`);

CREATE INDEX review_queue_items_by_status on review_queue_items (queue, status, creation_time_ms desc, item_id);

CREATE INDEX review_queue_items_in_order on review_queue_items (queue, creation_time_ms desc, item_id);

CREATE TABLE `review_queue_label_schemas` (
  `queue` bigint not null,
  `schema_id` text not null,
  foreign key(`queue`) references `review_queues`(`id`) on delete CASCADE,
  primary key (`queue`, `schema_id`)
) without rowid;

CREATE TABLE `review_queue_users` (
  `queue` bigint not null,
  `user_id` text not null,
  foreign key(`queue`) references `review_queues`(`id`) on delete CASCADE,
  primary key (`queue`, `user_id`)
) without rowid;

CREATE TABLE `review_queues` (
  `id` integer primary key,
  `queue_id` text not null,
  `experiment_id` bigint not null,
  `name` text not null,
  `name_key` text not null,
  `queue_type` text not null,
  `created_by` text,
  `creation_time_ms` bigint not null,
  `last_update_time_ms` bigint not null,
  foreign key(`experiment_id`) references `experiments`(`experiment_id`) on delete CASCADE
);

CREATE UNIQUE INDEX `review_queues_experiment_id_name_key_unique` on `review_queues` (`experiment_id`, `name_key`);

CREATE INDEX review_queues_in_order on review_queues (experiment_id, creation_time_ms desc, id desc);

CREATE UNIQUE INDEX `review_queues_queue_id_unique` on `review_queues` (`queue_id`);

CREATE TABLE `role_permissions` (
  `id` integer primary key,
  `role_id` bigint not null,
  `resource_type` text not null,
  `resource_pattern` text not null,
  `permission` text not null,
  foreign key(`role_id`) references `roles`(`id`) on delete CASCADE
);

CREATE INDEX role_permissions_by_resource on role_permissions (resource_type, resource_pattern);

CREATE UNIQUE INDEX `role_permissions_role_id_resource_type_resource_pattern_unique` on `role_permissions` (`role_id`, `resource_type`, `resource_pattern`);

CREATE TABLE `role_rights` (
  `id` integer primary key,
  `role_id` bigint not null,
  `action` text not null,
  `model_pattern` text not null,
  `from_stage` text not null,
  `to_stage` text not null,
  `alias_pattern` text not null,
  foreign key(`role_id`) references `roles`(`id`) on delete CASCADE
);

CREATE UNIQUE INDEX `role_rights_role_id_action_model_pattern_from_stage_to_stage_alias_pattern_unique` on `role_rights` (`role_id`, `action`, `model_pattern`, `from_stage`, `to_stage`, `alias_pattern`);

CREATE TABLE `roles` (
  `id` integer primary key,
  `workspace` text not null,
  `name` text not null,
  `description` text
);

CREATE UNIQUE INDEX `roles_workspace_name_unique` on `roles` (`workspace`, `name`);

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

CREATE INDEX run_tags_by_name on run_tags (substr(value, 1, 200), run) where key = 'mlflow.runName';

CREATE INDEX run_tags_of_models on run_tags (run) where key = 'mlflow.log-model.history';

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
  `deleted_time` bigint,
  created_by text,
  `is_promoted` smallint not null default '0'
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

CREATE TABLE `selector_changes` (
  `seq` bigint,
  `model_name` text not null,
  `generation` bigint not null,
  `kind` text not null,
  `version` bigint,
  `target` text,
  `changed_time` bigint not null,
  primary key (`seq`)
);

CREATE INDEX selector_changes_by_time on selector_changes (changed_time);

CREATE TABLE `selector_generations` (
  `model_name` text not null,
  `generation` bigint not null,
  primary key (`model_name`)
) without rowid;

CREATE TABLE `selector_head` (
  `id` integer,
  `seq` bigint not null,
  primary key (`id`)
);

CREATE TABLE `sessions` (
  `id` integer primary key,
  `session_hash` text not null,
  `user_id` bigint not null,
  `method` text not null,
  `creation_timestamp` bigint not null,
  `expiration_timestamp` bigint not null,
  foreign key(`user_id`) references `users`(`id`) on delete CASCADE
);

CREATE INDEX `sessions_expiration_timestamp_index` on `sessions` (`expiration_timestamp`);

CREATE UNIQUE INDEX `sessions_session_hash_unique` on `sessions` (`session_hash`);

CREATE INDEX `sessions_user_id_index` on `sessions` (`user_id`);

CREATE TABLE `setup_tokens` (
  `token_hash` text,
  `creation_timestamp` bigint not null,
  primary key (`token_hash`)
);

CREATE TABLE `shadow_loads` (
  `principal` text not null,
  `location` text not null,
  `user_agent` text not null,
  `first_seen` bigint not null,
  `last_seen` bigint not null,
  `loads` bigint not null,
  primary key (`principal`, `location`)
) without rowid;

CREATE TABLE `sign_in_failures` (
  `subject` text,
  `failures` bigint not null,
  `first_failure_timestamp` bigint not null,
  `locked_until` bigint not null,
  primary key (`subject`)
);

CREATE TABLE `signing_keys` (
  `hint` text not null,
  `purpose` text not null,
  `public_key` text not null,
  `private_key` text,
  `creation_timestamp` bigint not null,
  primary key (`hint`)
) without rowid;

CREATE UNIQUE INDEX signing_keys_of_the_server on signing_keys (purpose) where private_key is not null;

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

CREATE TABLE `user_identities` (
  `issuer` text not null,
  `subject` text not null,
  `user_id` bigint not null,
  `creation_timestamp` bigint not null,
  foreign key(`user_id`) references `users`(`id`) on delete cascade,
  primary key (`issuer`, `subject`)
);

CREATE INDEX user_identities_by_user on user_identities (user_id);

CREATE TABLE `user_roles` (
  `id` integer primary key,
  `user_id` bigint not null,
  `role_id` bigint not null,
  `source` text not null,
  foreign key(`user_id`) references `users`(`id`) on delete CASCADE,
  foreign key(`role_id`) references `roles`(`id`) on delete CASCADE
);

CREATE INDEX user_roles_by_role on user_roles (role_id);

CREATE UNIQUE INDEX `user_roles_user_id_role_id_unique` on `user_roles` (`user_id`, `role_id`);

CREATE TABLE `users` (
  `id` integer primary key,
  `username` text not null,
  `password_hash` text,
  `is_admin` integer not null default '0',
  `creation_timestamp` bigint not null,
  `last_updated_timestamp` bigint not null
);

CREATE UNIQUE INDEX `users_username_unique` on `users` (`username`);

CREATE TABLE `version_activities` (
  `id` integer primary key,
  `activity_id` text not null,
  `model` bigint not null,
  `version` bigint not null,
  `activity_type` text not null,
  `from_stage` text not null,
  `to_stage` text not null,
  `comment` text not null,
  `system_comment` text not null,
  `user_name` text not null,
  `creation_timestamp` bigint not null,
  foreign key(`model`) references `registered_models`(`id`) on delete cascade
);

CREATE UNIQUE INDEX `version_activities_activity_id_unique` on `version_activities` (`activity_id`);

CREATE INDEX version_activities_by_version on version_activities (model, version, id);

CREATE TABLE `version_card_notices` (
  `model` bigint not null,
  `version` bigint not null,
  `expires` bigint not null,
  `days` integer not null,
  `given_time` bigint not null,
  foreign key(`model`, `version`) references `model_versions`(`model`, `version`) on delete cascade,
  primary key (`model`, `version`, `expires`, `days`)
) without rowid;

CREATE TABLE `version_card_sightings` (
  `model` bigint not null,
  `version` bigint not null,
  `digest` text not null,
  `first_seen` bigint not null,
  foreign key(`model`, `version`) references `model_versions`(`model`, `version`) on delete cascade,
  primary key (`model`, `version`, `digest`)
) without rowid;

CREATE TABLE `version_cards` (
  `model` bigint not null,
  `version` bigint not null,
  `revision` bigint not null,
  `digest` text not null,
  `author` text not null,
  `card` text not null,
  `creation_timestamp` bigint not null,
  foreign key(`model`, `version`) references `model_versions`(`model`, `version`) on delete cascade,
  primary key (`model`, `version`, `revision`)
) without rowid;

CREATE TABLE `version_comments` (
  `id` integer primary key,
  `comment_id` text not null,
  `model` bigint not null,
  `version` bigint not null,
  `user_name` text not null,
  `comment` text not null,
  `creation_timestamp` bigint not null,
  `last_updated_timestamp` bigint not null,
  foreign key(`model`) references `registered_models`(`id`) on delete cascade
);

CREATE INDEX version_comments_by_version on version_comments (model, version);

CREATE UNIQUE INDEX `version_comments_comment_id_unique` on `version_comments` (`comment_id`);

CREATE TABLE `version_evidence` (
  `id` integer primary key,
  `model` bigint not null,
  `version` bigint not null,
  `registered_by` text not null,
  `creation_timestamp` bigint not null,
  `found` text,
  `integrity` text,
  `verified_time` bigint,
  `semver` text,
  `numbering` text,
  `description` text,
  `fingerprint` text,
  `semver_key` text,
  foreign key(`model`, `version`) references `model_versions`(`model`, `version`) on delete cascade
);

CREATE UNIQUE INDEX version_evidence_by_semver on version_evidence (model, semver) where semver is not null;

CREATE INDEX version_evidence_by_semver_key on version_evidence (model, semver_key) where semver_key is not null;

CREATE UNIQUE INDEX `version_evidence_model_version_unique` on `version_evidence` (`model`, `version`);

CREATE TABLE `version_found_cards` (
  `model` bigint not null,
  `version` bigint not null,
  `revision` bigint not null,
  `digest` text not null,
  `author` text not null,
  `place` text not null,
  `card` text not null,
  `creation_timestamp` bigint not null,
  foreign key(`model`, `version`) references `model_versions`(`model`, `version`) on delete cascade,
  primary key (`model`, `version`, `revision`)
) without rowid;

CREATE TABLE `version_quarantines` (
  `id` integer primary key,
  `model` bigint not null,
  `version` bigint not null,
  `since` bigint not null,
  `quarantined_by` text not null,
  `reason` text not null,
  `lifted_time` bigint,
  `lifted_by` text,
  foreign key(`model`, `version`) references `model_versions`(`model`, `version`) on delete cascade
);

CREATE UNIQUE INDEX version_quarantines_open on version_quarantines (model, version) where lifted_time is null;

CREATE TABLE `version_serving_cards` (
  `model` bigint not null,
  `version` bigint not null,
  `digest` text not null,
  `card` text not null,
  `place` text not null,
  `path` text,
  `attached_time` bigint not null,
  `pinned_time` bigint not null,
  foreign key(`model`, `version`) references `model_versions`(`model`, `version`) on delete cascade,
  primary key (`model`, `version`)
) without rowid;

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
  `last_updated_timestamp` bigint not null,
  workspace text not null default 'default'
);

CREATE UNIQUE INDEX `webhooks_webhook_id_unique` on `webhooks` (`webhook_id`);

CREATE TABLE `workspaces` (
  `name` text,
  `description` text,
  `default_artifact_root` text,
  `trace_archival_location` text,
  `trace_archival_retention` text,
  primary key (`name`)
);

