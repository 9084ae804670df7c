import { printJson } from '../../platform/http/wire-json.js';
import type { TraceState } from './traces.js';
import type { TraceRow } from './traces.store.js';
import { printDuration, printTimestamp } from './wire-time.js';

/**
 * The JSON text of a trace's info in MLflow 3's form, put together from what the database has
 * printed already. What is not set is left out, as protobuf's JSON does.
 */
export function traceInfoToJson(row: TraceRow, assessments: readonly unknown[] = []): string {
  const scalars = printJson({
    trace_id: row.trace_id,
    client_request_id: row.client_request_id ?? undefined,
    trace_location: {
      type: 'MLFLOW_EXPERIMENT',
      mlflow_experiment: { experiment_id: String(row.experiment_id) },
    },
    request_preview: row.request_preview ?? undefined,
    response_preview: row.response_preview ?? undefined,
    request_time: printTimestamp(row.timestamp_ms),
    execution_duration:
      row.execution_time_ms === null ? undefined : printDuration(row.execution_time_ms),
    state: row.state,
    assessments: assessments.length > 0 ? assessments : undefined,
  });
  const maps = member('trace_metadata', row.metadata) + member('tags', row.tags);
  return `${scalars.slice(0, -1)}${maps}}`;
}

const member = (name: string, map: string): string => {
  // The databases differ in where they put spaces.
  const isEmpty = map === '{}' || map === '{ }';
  return isEmpty ? '' : `,"${name}":${map}`;
};

/** The info of a trace in the form of MLflow 2: lists of keys and values, times as numbers. */
export function traceInfoV2ToWire(row: TraceRow) {
  const metadata = pairs(row.metadata);
  const tags = pairs(row.tags);
  return {
    request_id: row.trace_id,
    experiment_id: String(row.experiment_id),
    timestamp_ms: row.timestamp_ms,
    execution_time_ms: row.execution_time_ms ?? 0,
    status: statusOf(row.state),
    ...(metadata.length > 0 ? { request_metadata: metadata } : {}),
    ...(tags.length > 0 ? { tags } : {}),
  };
}

const statusOf = (state: TraceState) =>
  state === 'STATE_UNSPECIFIED' ? ('TRACE_STATUS_UNSPECIFIED' as const) : state;

const pairs = (map: string): { key: string; value: string }[] =>
  Object.entries(JSON.parse(map) as Record<string, string>).map(([key, value]) => ({ key, value }));
