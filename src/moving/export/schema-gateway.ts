/** The gateway, which nothing is exported to, in the notation of {@link readTables}. */
export const GATEWAY_TABLES = `
secrets
  secret_id varchar(36)!, secret_name varchar(255)!, encrypted_value bytes!, wrapped_dek bytes!,
  kek_version int!, masked_value varchar(500)!, provider varchar(64), auth_config text,
  description text, created_by varchar(255), created_at bigint!, last_updated_by varchar(255),
  last_updated_at bigint!, workspace varchar(63)! = 'default'
  key secrets_pk (secret_id)
  unique uq_secrets_workspace_secret_name (workspace, secret_name)
  index idx_secrets_workspace (workspace)
endpoints
  endpoint_id varchar(36)!, name varchar(255), created_by varchar(255), created_at bigint!,
  last_updated_by varchar(255), last_updated_at bigint!, routing_strategy varchar(64),
  fallback_config_json text, experiment_id int, usage_tracking boolean! = false,
  workspace varchar(63)! = 'default'
  key endpoints_pk (endpoint_id)
  unique uq_endpoints_workspace_name (workspace, name)
  refers fk_endpoints_experiment_id (experiment_id) experiments (experiment_id) on delete set null
  index idx_endpoints_workspace (workspace)
model_definitions
  model_definition_id varchar(36)!, name varchar(255)!, secret_id varchar(36),
  provider varchar(64)!, model_name varchar(256)!, created_by varchar(255), created_at bigint!,
  last_updated_by varchar(255), last_updated_at bigint!, workspace varchar(63)! = 'default'
  key model_definitions_pk (model_definition_id)
  unique uq_model_definitions_workspace_name (workspace, name)
  refers fk_model_definitions_secret_id (secret_id) secrets (secret_id) on delete set null
  index idx_model_definitions_workspace (workspace)
  index index_model_definitions_provider (provider)
  index index_model_definitions_secret_id (secret_id)
endpoint_model_mappings
  mapping_id varchar(36)!, endpoint_id varchar(36)!, model_definition_id varchar(36)!,
  weight double!, created_by varchar(255), created_at bigint!,
  linkage_type varchar(64)! = 'PRIMARY', fallback_order int
  key endpoint_model_mappings_pk (mapping_id)
  refers fk_endpoint_model_mappings_endpoint_id (endpoint_id) endpoints (endpoint_id) on delete cascade
  refers fk_endpoint_model_mappings_model_definition_id (model_definition_id) model_definitions (model_definition_id)
  index index_endpoint_model_mappings_endpoint_id (endpoint_id)
  index index_endpoint_model_mappings_model_definition_id (model_definition_id)
  unique-index unique_endpoint_model_linkage_mapping (endpoint_id, model_definition_id, linkage_type)
endpoint_bindings
  endpoint_id varchar(36)!, resource_type varchar(50)!, resource_id varchar(255)!,
  created_at bigint!, created_by varchar(255), last_updated_at bigint!,
  last_updated_by varchar(255), display_name varchar(255)
  key endpoint_bindings_pk (endpoint_id, resource_type, resource_id)
  refers fk_endpoint_bindings_endpoint_id (endpoint_id) endpoints (endpoint_id) on delete cascade
endpoint_tags
  key varchar(250)!, value varchar(5000), endpoint_id varchar(36)!
  key endpoint_tag_pk (key, endpoint_id)
  refers fk_endpoint_tags_endpoint_id (endpoint_id) endpoints (endpoint_id) on delete cascade
  index index_endpoint_tags_endpoint_id (endpoint_id)
budget_policies
  budget_policy_id varchar(36)!, budget_unit varchar(32)!, budget_amount double!,
  duration_unit varchar(32)!, duration_value int!, target_scope varchar(32)!,
  budget_action varchar(32)!, created_by varchar(255), created_at bigint!,
  last_updated_by varchar(255), last_updated_at bigint!, workspace varchar(63)! = 'default',
  target_value varchar(255)
  key budget_policies_pk (budget_policy_id)
  index idx_budget_policies_target_value (target_value)
  index idx_budget_policies_workspace (workspace)
guardrails
  guardrail_id varchar(36)!, name varchar(255)!, scorer_id varchar(36)!, scorer_version int!,
  stage varchar(32)!, action varchar(32)!, action_endpoint_id varchar(36),
  created_by varchar(255), created_at bigint!, last_updated_by varchar(255),
  last_updated_at bigint!, workspace varchar(63)! = 'default'
  key guardrails_pk (guardrail_id)
  refers fk_guardrails_action_endpoint_id (action_endpoint_id) endpoints (endpoint_id) on delete set null
  refers fk_guardrails_scorer_version (scorer_id, scorer_version) scorer_versions (scorer_id, scorer_version)
  index idx_guardrails_scorer (scorer_id, scorer_version)
  index idx_guardrails_workspace (workspace)
guardrail_configs
  endpoint_id varchar(36)!, guardrail_id varchar(36)!, execution_order int,
  created_by varchar(255), created_at bigint!, workspace varchar(63)! = 'default'
  key guardrail_configs_pk (endpoint_id, guardrail_id)
  refers fk_guardrail_configs_endpoint_id (endpoint_id) endpoints (endpoint_id) on delete cascade
  refers fk_guardrail_configs_guardrail_id (guardrail_id) guardrails (guardrail_id) on delete cascade
  index idx_guardrail_configs_endpoint_id (endpoint_id)
  index idx_guardrail_configs_guardrail_id (guardrail_id)
`;
