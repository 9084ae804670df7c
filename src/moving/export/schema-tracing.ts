/** Traces, in the notation of {@link readTables}. */
export const TRACING_TABLES = `
trace_info
  request_id varchar(50)!, experiment_id int!, timestamp_ms bigint!, execution_time_ms bigint,
  status varchar(50)!, client_request_id varchar(50), request_preview varchar(1000),
  response_preview varchar(1000), db_payload_generation int! = 0, trace_name varchar(4096),
  session_id varchar(250), input_tokens bigint, output_tokens bigint, total_tokens bigint,
  cache_read_input_tokens bigint, cache_creation_input_tokens bigint,
  cache_creation_input_tokens_above_1hr bigint, input_cost double, output_cost double,
  total_cost double
  key trace_info_pk (request_id)
  refers fk_trace_info_experiment_id (experiment_id) experiments (experiment_id) on delete cascade
  index index_trace_info_experiment_id_session_id (experiment_id, session_id)
  index index_trace_info_experiment_id_timestamp_ms (experiment_id, timestamp_ms)
  index index_trace_info_timestamp_ms_request_id (timestamp_ms, request_id)
trace_tags
  key varchar(250)!, value varchar(8000), request_id varchar(50)!
  key trace_tag_pk (key, request_id)
  refers fk_trace_tags_request_id (request_id) trace_info (request_id) on delete cascade
  index index_trace_tags_request_id (request_id)
trace_request_metadata
  key varchar(250)!, value varchar(8000), request_id varchar(50)!
  key trace_request_metadata_pk (key, request_id)
  refers fk_trace_request_metadata_request_id (request_id) trace_info (request_id) on delete cascade
  index index_trace_request_metadata_request_id (request_id)
trace_metrics
  request_id varchar(50)!, key varchar(250)!, value double
  key trace_metrics_pk (request_id, key)
  refers fk_trace_metrics_request_id (request_id) trace_info (request_id) on delete cascade
  index index_trace_metrics_request_id (request_id)
spans
  trace_id varchar(50)!, experiment_id int!, span_id varchar(50)!, parent_span_id varchar(50),
  name text, type varchar(500), status varchar(50)!, start_time_unix_nano bigint!,
  end_time_unix_nano bigint, duration_ns bigint as (end_time_unix_nano - start_time_unix_nano),
  content text!, input_cost double, output_cost double, total_cost double,
  model_name varchar(500), model_provider varchar(500)
  key spans_pk (trace_id, span_id)
  refers fk_spans_experiment_id (experiment_id) experiments (experiment_id)
  refers fk_spans_trace_id (trace_id) trace_info (request_id) on delete cascade
  index idx_spans_cost_exp_time_cover (experiment_id, start_time_unix_nano) include (input_cost, output_cost, total_cost, model_name, model_provider) where input_cost is not null or output_cost is not null or total_cost is not null
  index idx_spans_cost_trace_time_cover (trace_id, start_time_unix_nano) include (input_cost, output_cost, total_cost, model_name, model_provider) where input_cost is not null or output_cost is not null or total_cost is not null
  index index_spans_experiment_id_duration (experiment_id, duration_ns)
  index index_spans_experiment_id_start_time (experiment_id, start_time_unix_nano)
  index index_spans_experiment_id_status_type (experiment_id, status, type)
  index index_spans_experiment_id_type_status (experiment_id, type, status)
span_metrics
  trace_id varchar(50)!, span_id varchar(50)!, key varchar(250)!, value double
  key span_metrics_pk (trace_id, span_id, key)
  refers fk_span_metrics_span (trace_id, span_id) spans (trace_id, span_id) on delete cascade
  index index_span_metrics_trace_id_span_id (trace_id, span_id)
assessments
  assessment_id varchar(50)!, trace_id varchar(50)!, name varchar(250)!,
  assessment_type varchar(20)!, value text!, error text, created_timestamp bigint!,
  last_updated_timestamp bigint!, source_type varchar(50)!, source_id varchar(250),
  run_id varchar(32), span_id varchar(50), rationale text, overrides varchar(50),
  valid boolean!, assessment_metadata text, experiment_id int, trace_timestamp_ms bigint,
  aggregate_value double, is_numeric_value boolean! = false
  key assessments_pk (assessment_id)
  refers fk_assessments_trace_id (trace_id) trace_info (request_id) on delete cascade
  index idx_assessments_exp_name_valid (experiment_id, name, valid)
  index idx_assessments_exp_trace_ts (experiment_id, trace_timestamp_ms)
  index idx_assessments_exp_trace_ts_name (experiment_id, trace_timestamp_ms, name)
  index index_assessments_assessment_type (assessment_type)
  index index_assessments_last_updated_timestamp (last_updated_timestamp)
  index index_assessments_run_id_created_timestamp (run_id, created_timestamp)
  index index_assessments_trace_id_created_timestamp (trace_id, created_timestamp)
sql_trace_metric_daily_rollups
  id bigserial!, experiment_id int!, rollup_day date!, metric_name varchar(250)!,
  grouping_set varchar(50)!, trace_status varchar(50), sample_count bigint!, sum_value double,
  min_value double, max_value double, p50_value double, p90_value double, p99_value double
  key sql_trace_metric_daily_rollups_pk (id)
  index idx_trace_rollups_lookup (experiment_id, rollup_day, metric_name, grouping_set, trace_status)
sql_span_cost_daily_rollups
  id bigserial!, experiment_id int!, rollup_day date!, metric_name varchar(250)!,
  grouping_set varchar(50)!, model_name varchar(500), model_provider varchar(500),
  sample_count bigint!, sum_value double, min_value double, max_value double
  key sql_span_cost_daily_rollups_pk (id)
  index idx_span_cost_rollups_lookup (experiment_id, rollup_day, metric_name, grouping_set, model_name, model_provider)
sql_assessment_daily_rollups
  id bigserial!, experiment_id int!, rollup_day date!, metric_name varchar(250)!,
  grouping_set varchar(50)!, sample_count bigint!, sum_value double, min_value double,
  max_value double
  key sql_assessment_daily_rollups_pk (id)
  index idx_assessment_rollups_lookup (experiment_id, rollup_day, metric_name, grouping_set)
sql_trace_rollup_rebuild_queue
  experiment_id int!, rollup_day date!, rollup_family varchar(50)!
  key sql_trace_rollup_rebuild_queue_pk (experiment_id, rollup_day, rollup_family)
issues
  issue_id varchar(36)!, experiment_id int!, name varchar(250)!, description text!,
  status varchar(50)!, severity varchar(50), root_causes text, source_run_id varchar(32),
  categories text, created_timestamp bigint!, last_updated_timestamp bigint!,
  created_by varchar(255)
  key issues_pk (issue_id)
  refers fk_issues_experiment_id (experiment_id) experiments (experiment_id) on delete cascade
  refers fk_issues_source_run_id (source_run_id) runs (run_uuid) on delete set null
  index index_issues_experiment_id (experiment_id)
  index index_issues_source_run_id (source_run_id)
  index index_issues_status (status)
`;
