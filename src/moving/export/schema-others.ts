/** What servers need beside, in the notation of {@link readTables}. */
export const OTHERS_TABLES = `
workspaces
  name varchar(63)!, description text, default_artifact_root text, trace_archival_location text,
  trace_archival_retention varchar(32)
  key workspaces_pk (name)
jobs
  id varchar(36)!, creation_time bigint!, job_name varchar(500)!, params text!, timeout double,
  status int!, result text, retry_count int!, last_update_time bigint!,
  workspace varchar(63)! = 'default', status_details json, creator varchar(255),
  executor_backend varchar(255), lease_expires_at bigint, status_message text, progress json,
  progress_updated_at bigint, token_hash varchar(64), scoped_permissions json,
  next_attempt_at bigint
  key jobs_pk (id)
  index index_jobs_name_status_creation_time (job_name, workspace, status, creation_time)
  index index_jobs_status_lease_expires_at (status, lease_expires_at)
job_locks
  lock_key varchar(255)!, job_id varchar(36)!, acquired_at bigint!
  key job_locks_pk (lock_key)
  refers fk_job_locks_job_id (job_id) jobs (id) on delete cascade
  index index_job_locks_job_id (job_id)
scheduler_leases
  lease_key varchar(255)!, acquired_at bigint!, ttl_seconds int!
  key scheduler_leases_pk (lease_key)
mcp_servers
  workspace varchar(63)! = 'default', name varchar(256)!, display_name varchar(256),
  description text, icons json, created_by varchar(256), last_updated_by varchar(256),
  created_at bigint!, last_updated_at bigint!
  key mcp_servers_pk (workspace, name)
mcp_server_versions
  workspace varchar(63)! = 'default', name varchar(256)!, version varchar(128)!,
  version_major int!, version_minor int!, version_patch int!,
  version_prerelease_sort_key varchar(512)!, server_json json!, status varchar(20)! = 'draft',
  tools json, source varchar(512), connect_options json, created_by varchar(256),
  last_updated_by varchar(256), created_at bigint!, last_updated_at bigint!
  key mcp_server_versions_pk (workspace, name, version)
  refers mcp_server_versions_server_fkey (workspace, name) mcp_servers (workspace, name) on update cascade on delete cascade
  index idx_mcp_server_versions_latest (workspace, name, status, version_major desc, version_minor desc, version_patch desc)
mcp_server_tags
  workspace varchar(63)! = 'default', name varchar(256)!, key varchar(250)!, value varchar(5000)
  key mcp_server_tags_pk (workspace, name, key)
  refers mcp_server_tags_server_fkey (workspace, name) mcp_servers (workspace, name) on update cascade on delete cascade
mcp_server_version_tags
  workspace varchar(63)! = 'default', name varchar(256)!, version varchar(128)!,
  key varchar(250)!, value varchar(5000)
  key mcp_server_version_tags_pk (workspace, name, version, key)
  refers mcp_server_version_tags_version_fkey (workspace, name, version) mcp_server_versions (workspace, name, version) on update cascade on delete cascade
mcp_server_aliases
  workspace varchar(63)! = 'default', name varchar(256)!, alias varchar(256)!,
  version varchar(128)!
  key mcp_server_aliases_pk (workspace, name, alias)
  refers mcp_server_aliases_server_fkey (workspace, name) mcp_servers (workspace, name) on update cascade on delete cascade
mcp_access_endpoints
  id varchar(36)!, workspace varchar(63)! = 'default', server_name varchar(256)!,
  server_version varchar(128), server_alias varchar(256), url varchar(2048)!,
  transport_type varchar(32)! = 'streamable-http', created_by varchar(256),
  last_updated_by varchar(256), created_at bigint!, last_updated_at bigint!
  key mcp_access_endpoints_pk (id)
  refers mcp_access_endpoints_server_fkey (workspace, server_name) mcp_servers (workspace, name) on update cascade on delete cascade
  index ix_mcp_access_endpoints_alias (workspace, server_name, server_alias)
  index ix_mcp_access_endpoints_server_name (workspace, server_name)
  index ix_mcp_access_endpoints_version (workspace, server_name, server_version)
alembic_version
  version_num varchar(32)!
  key alembic_version_pkc (version_num)
`;
