/** The model registry, in the notation of {@link readTables}. */
export const REGISTRY_TABLES = `
registered_models
  name varchar(256)!, creation_time bigint, last_updated_time bigint, description varchar(5000),
  workspace varchar(63)! = 'default'
  key registered_model_pk (workspace, name)
  index idx_registered_models_workspace (workspace)
registered_model_tags
  key varchar(250)!, value varchar(5000), name varchar(256)!, workspace varchar(63)! = 'default'
  key registered_model_tag_pk (workspace, key, name)
  refers fk_registered_model_tags_registered_models (workspace, name) registered_models (workspace, name) on update cascade
  index idx_registered_model_tags_workspace_name (workspace, name)
registered_model_aliases
  alias varchar(256)!, version int!, name varchar(256)!, workspace varchar(63)! = 'default'
  key registered_model_alias_pk (workspace, name, alias)
  refers fk_registered_model_aliases_registered_models (workspace, name) registered_models (workspace, name) on update cascade on delete cascade
model_versions
  name varchar(256)!, version int!, creation_time bigint, last_updated_time bigint,
  description varchar(5000), user_id varchar(256), current_stage varchar(20),
  source varchar(500), run_id varchar(32), status varchar(20), status_message varchar(500),
  run_link varchar(500), storage_location varchar(500), workspace varchar(63)! = 'default'
  key model_version_pk (workspace, name, version)
  refers fk_model_versions_registered_models (workspace, name) registered_models (workspace, name) on update cascade
model_version_tags
  key varchar(250)!, value text, name varchar(256)!, version int!,
  workspace varchar(63)! = 'default'
  key model_version_tag_pk (workspace, key, name, version)
  refers fk_model_version_tags_model_versions (workspace, name, version) model_versions (workspace, name, version) on update cascade
  index idx_model_version_tags_workspace_name_version (workspace, name, version)
webhooks
  webhook_id varchar(256)!, name varchar(256)!, description varchar(1000), url varchar(500)!,
  status varchar(20)! = 'ACTIVE', secret varchar(1000), creation_timestamp bigint,
  last_updated_timestamp bigint, deleted_timestamp bigint, workspace varchar(63)! = 'default'
  key webhook_pk (webhook_id)
  index idx_webhooks_name (name)
  index idx_webhooks_status (status)
  index idx_webhooks_workspace (workspace)
webhook_events
  webhook_id varchar(256)!, entity varchar(50)!, action varchar(50)!
  key webhook_event_pk (webhook_id, entity, action)
  refers webhook_events_webhook_id_fkey (webhook_id) webhooks (webhook_id) on delete cascade
  index idx_webhook_events_action (action)
  index idx_webhook_events_entity (entity)
  index idx_webhook_events_entity_action (entity, action)
`;
