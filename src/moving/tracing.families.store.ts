import { ASSESSMENT_COLUMNS } from '../tracing/assessments/assessments.store.js';
import { SPANS } from '../tracing/spans/spans.store.js';
import { TRACES } from '../tracing/traces/traces.store.js';
import type { Family, Reference } from './family.js';
import {
  COUNTED_COLUMNS,
  NAMES,
  SPAN_COSTS,
  TRACE_NUMBERS,
  withMore,
} from './trace-columns.store.js';

const TRACE: Reference = { table: 'traces', by: { trace_id: 'trace_id' } };
const OF_TRACE = { joins: 'join traces o on o.id = t.trace', read: { trace_id: 'o.trace_id' } };

const pairs = (title: string, source: string, target: string): Family => ({
  title,
  source: {
    table: source,
    key: ['key', 'request_id'],
    columns: { trace_id: 'request_id', key: 'key', value: "coalesce(s.value, '')" },
  },
  references: { trace: TRACE },
  target: {
    table: target,
    key: ['trace', 'key'],
    columns: { trace: 'bigint', key: 'text', value: 'text' },
    ...OF_TRACE,
  },
});

const links = (
  title: string,
  kind: string,
  table: string,
  columns: Readonly<Record<string, string>>,
): Family => ({
  title,
  source: {
    table: 'entity_associations',
    key: ['source_type', 'source_id', 'destination_type', 'destination_id'],
    where: `s.source_type = 'trace' and s.destination_type = '${kind}'`,
    columns: { trace_id: 'source_id', destination: 'destination_id' },
  },
  adapt: ({ trace_id = null, destination = null }) => {
    const whole = String(destination);
    const slash = whole.lastIndexOf('/');
    return kind === 'run'
      ? { trace_id, run_id: whole }
      : { trace_id, name: whole.slice(0, slash), version: whole.slice(slash + 1) };
  },
  target: {
    table,
    key: Object.keys(columns),
    columns: Object.fromEntries(Object.keys(columns).map((name) => [name, 'text'])),
  },
});

const TRACE_METRICS: Family = {
  title: 'trace metrics',
  source: {
    table: 'trace_metrics',
    key: ['request_id', 'key'],
    where: 's.value is not null',
    columns: { trace_id: 'request_id', key: 'key', value: 'value' },
  },
  references: { trace: TRACE },
  target: {
    table: 'trace_metrics',
    key: ['trace', 'key'],
    columns: { trace: 'bigint', key: 'text', value: 'double precision' },
    ...OF_TRACE,
  },
};

const SPAN_METRICS: Family = {
  title: 'span metrics',
  source: {
    table: 'span_metrics',
    key: ['trace_id', 'span_id', 'key'],
    where: 's.value is not null',
    columns: { trace_id: 'trace_id', span_id: 'span_id', key: 'key', value: 'value' },
  },
  references: { trace: TRACE },
  target: {
    table: 'span_metrics',
    key: ['trace', 'span_id', 'key'],
    columns: { trace: 'bigint', span_id: 'text', key: 'text', value: 'double precision' },
    ...OF_TRACE,
  },
};

/** Traces, their spans and what was said of them. */
export const tracingFamilies = (hasColumns: boolean): readonly Family[] => [
  {
    title: 'traces',
    source: {
      table: 'trace_info',
      key: ['request_id'],
      columns: {
        trace_id: 'request_id',
        experiment_id: 'experiment_id',
        timestamp_ms: 'timestamp_ms',
        execution_time_ms: 'execution_time_ms',
        state: 'status',
        client_request_id: 'client_request_id',
        request_preview: 'request_preview',
        response_preview: 'response_preview',
      },
    },
    target: {
      table: 'traces',
      key: ['id'],
      columns: TRACES.columns,
    },
  },
  withMore(pairs('trace tags', 'trace_tags', 'trace_tags'), hasColumns, NAMES),
  withMore(
    pairs('trace metadata', 'trace_request_metadata', 'trace_metadata'),
    hasColumns,
    COUNTED_COLUMNS,
  ),
  withMore(TRACE_METRICS, hasColumns, TRACE_NUMBERS),
  {
    title: 'spans',
    source: {
      table: 'spans',
      key: ['trace_id', 'span_id'],
      columns: {
        trace_id: 'trace_id',
        span_id: 'span_id',
        parent_span_id: 'parent_span_id',
        name: "coalesce(s.name, '')",
        type: "coalesce(s.type, '')",
        status: 'status',
        start_time_ns: 'start_time_unix_nano',
        end_time_ns: 'end_time_unix_nano',
        model_name: 'model_name',
        model_provider: 'model_provider',
        content: 'content',
      },
    },
    references: { trace: TRACE },
    target: {
      table: 'spans',
      key: ['trace', 'span_id'],
      columns: SPANS.columns,
      ...OF_TRACE,
    },
  },
  withMore(SPAN_METRICS, hasColumns, SPAN_COSTS),
  {
    title: 'assessments',
    source: {
      table: 'assessments',
      key: ['assessment_id'],
      columns: {
        trace_id: 'trace_id',
        assessment_id: 'assessment_id',
        name: 'name',
        kind: 'assessment_type',
        value: "coalesce(s.value, 'null')",
        error: 'error',
        metadata: 'assessment_metadata',
        number: 'aggregate_value',
        is_number: 'is_numeric_value',
        source_type: 'source_type',
        source_id: 'source_id',
        rationale: 'rationale',
        span_id: 'span_id',
        run_id: 'run_id',
        overrides: 'overrides',
        valid: 'valid',
        create_time_ms: 'created_timestamp',
        last_update_time_ms: 'last_updated_timestamp',
        in_session: '0',
      },
    },
    adapt: (row) => ({
      ...row,
      in_session: isInSession(row.metadata) ? 1 : 0,
    }),
    references: { trace: TRACE },
    target: {
      table: 'assessments',
      key: ['id'],
      columns: ASSESSMENT_COLUMNS,
      ...OF_TRACE,
    },
  },
  links('runs of traces', 'run', 'trace_run_links', { run_id: '', trace_id: '' }),
  links('prompts of traces', 'prompt_version', 'trace_prompt_links', {
    ...{ trace_id: '', name: '', version: '' },
  }),
];

/** Whether an assessment is of a whole session, which its metadata say. */
function isInSession(metadata: unknown): boolean {
  if (typeof metadata !== 'string') return false;
  try {
    return Object.hasOwn(Object(JSON.parse(metadata)), 'mlflow.trace.session');
  } catch {
    return false;
  }
}
