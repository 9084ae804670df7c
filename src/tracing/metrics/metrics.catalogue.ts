import type { Input } from '../../platform/http/operation.js';
import { TOKEN_KEYS } from '../traces/trace-numbers.js';
import { METADATA, TAG } from '../traces/traces.js';

type Request = Input<'queryTraceMetrics'>;
export type ViewType = Request['view_type'];
export type AggregationType = NonNullable<Request['aggregations'][number]['aggregation_type']>;

/** A value of each row of a view: perhaps in a row of another table. */
export interface Source {
  readonly sql: string;
  readonly join?: string;
}

export interface TraceMetric {
  /** Numbers can be averaged, all else is counted. */
  readonly aggregations: readonly AggregationType[];
  readonly dimensions: readonly string[];
  readonly value: Source;
  readonly distinct?: true;
  /** Times are those of spans, not of their traces. */
  readonly bySpanTime?: true;
}

export interface View {
  readonly from: string;
  /** What time buckets go by: ms of the trace, or ns of the span. */
  readonly time: 'ms' | 'ns';
  readonly metrics: Readonly<Record<string, TraceMetric>>;
  readonly dimensions: Readonly<Record<string, Source>>;
}

/** Names in SQL: `t` traces, `s` spans, `a` assessments, `v` the row of the value. */
const COUNTED: readonly AggregationType[] = ['COUNT'];
const SPREAD: readonly AggregationType[] = ['AVG', 'MIN', 'MAX', 'PERCENTILE'];
const ADDED: readonly AggregationType[] = ['SUM', ...SPREAD];

const numberOfTrace = (key: string): Source => ({
  sql: 'v.value',
  join: `join trace_metrics v on v.trace = t.id and v.key = '${key}'`,
});
const numberOfSpan = (key: string): Source => ({
  sql: 'v.value',
  join: `join span_metrics v on v.trace = s.trace and v.span_id = s.span_id and v.key = '${key}'`,
});

/** Tokens that charts know; MLflow keeps one kind more beside them. */
const SHOWN_TOKENS = TOKEN_KEYS.filter((key) => key !== 'cache_creation_input_tokens_above_1hr');

const TRACES: View = {
  from: 'traces t',
  time: 'ms',
  metrics: {
    trace_count: {
      aggregations: COUNTED,
      dimensions: ['trace_name', 'trace_status'],
      value: { sql: 't.id' },
    },
    session_count: {
      aggregations: COUNTED,
      dimensions: [],
      value: {
        sql: 'v.value',
        join: `join trace_metadata v on v.trace = t.id and v.key = '${METADATA.session}'`,
      },
      distinct: true,
    },
    latency: {
      aggregations: SPREAD,
      dimensions: ['trace_name'],
      value: { sql: 't.execution_time_ms' },
    },
    ...Object.fromEntries(
      SHOWN_TOKENS.map((key) => [
        key,
        { aggregations: ADDED, dimensions: ['trace_name'], value: numberOfTrace(key) },
      ]),
    ),
  },
  dimensions: {
    trace_name: {
      sql: 'n.value',
      join: `join trace_tags n on n.trace = t.id and n.key = '${TAG.name}'`,
    },
    trace_status: { sql: 't.state' },
  },
};

const MODEL_DIMENSIONS = ['span_model_name', 'span_model_provider'];

const cost = (key: string): TraceMetric => ({
  aggregations: ADDED,
  dimensions: MODEL_DIMENSIONS,
  value: numberOfSpan(key),
  bySpanTime: true,
});

const SPANS: View = {
  from: 'traces t join spans s on s.trace = t.id',
  time: 'ns',
  metrics: {
    span_count: {
      aggregations: COUNTED,
      dimensions: ['span_name', 'span_type', 'span_status', ...MODEL_DIMENSIONS],
      value: { sql: 's.span_id' },
    },
    latency: {
      aggregations: SPREAD,
      dimensions: ['span_name', 'span_status'],
      value: { sql: '(s.end_time_ns - s.start_time_ns) / 1000000' },
    },
    input_cost: cost('input_cost'),
    output_cost: cost('output_cost'),
    total_cost: cost('total_cost'),
  },
  dimensions: {
    span_name: { sql: 's.name' },
    span_type: { sql: 's.type' },
    span_status: { sql: 's.status' },
    span_model_name: { sql: 's.model_name' },
    span_model_provider: { sql: 's.model_provider' },
  },
};

const ASSESSMENTS: View = {
  from: 'traces t join assessments a on a.trace = t.id and a.valid = 1',
  time: 'ms',
  metrics: {
    assessment_count: {
      aggregations: COUNTED,
      dimensions: ['assessment_name', 'assessment_value'],
      value: { sql: 'a.assessment_id' },
    },
    assessment_value: {
      aggregations: SPREAD,
      dimensions: ['assessment_name'],
      value: { sql: 'a.number' },
    },
  },
  dimensions: {
    assessment_name: { sql: 'a.name' },
    assessment_value: { sql: 'a.value' },
  },
};

/** What can be asked of traces, spans and assessments. */
export const VIEWS: Readonly<Record<ViewType, View>> = { TRACES, SPANS, ASSESSMENTS };
