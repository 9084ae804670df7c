import type { Row, Value } from '../family.js';
import { idOf, type Kind } from './kind.js';
import {
  COST,
  COSTS,
  costOf,
  isPromoted,
  losesMembers,
  NAME,
  SESSION,
  TOKENS,
  tokenOf,
  USAGE,
} from './promoted.js';

const OF_TRACE = 'join traces o on o.id = t.trace';

const metadata = (trace: string, key: string): string =>
  `(select d.value from trace_metadata d where d.trace = ${trace} and d.key = '${key}')`;
const spanCost = (name: string): string =>
  `(select n.value from span_metrics n where n.trace = t.trace and n.span_id = t.span_id and n.key = '${name}')`;

const numbers = (
  names: readonly string[],
  column: string,
  read: (text: Value, name: string) => Value,
): Record<string, (row: Row) => Value> =>
  Object.fromEntries(names.map((name) => [name, (row) => read(row[column] ?? null, name)]));

const listed = COSTS.map((name) => `'${name}'`).join(', ');

const pairs = (title: string, table: string, into: string, where: string): Kind => ({
  title,
  from: {
    table,
    key: ['trace', 'key'],
    joins: OF_TRACE,
    where,
    columns: { key: 't.key', value: 't.value', request_id: 'o.trace_id' },
  },
  into,
});

const link = (
  title: string,
  table: string,
  key: readonly string[],
  kind: string,
  target: string,
): Kind => ({
  title,
  from: {
    table,
    key,
    columns: {
      source_type: "'trace'",
      source_id: 't.trace_id',
      destination_type: `'${kind}'`,
      destination_id: target,
      created_time: '(select o.timestamp_ms from traces o where o.trace_id = t.trace_id)',
    },
  },
  makes: { association_id: (row) => idOf(kind, row.source_id, row.destination_id) },
  into: 'entity_associations',
});

/** Traces, their spans and what was said of them. */
export const TRACING_KINDS: readonly Kind[] = [
  {
    title: 'traces',
    from: {
      table: 'traces',
      key: ['id'],
      columns: {
        request_id: 't.trace_id',
        experiment_id: 't.experiment_id',
        timestamp_ms: 't.timestamp_ms',
        execution_time_ms: 't.execution_time_ms',
        status: 't.state',
        client_request_id: 't.client_request_id',
        request_preview: 't.request_preview',
        response_preview: 't.response_preview',
        db_payload_generation: '0',
        trace_name: `(select g.value from trace_tags g where g.trace = t.id and g.key = '${NAME}')`,
        session_id: metadata('t.id', SESSION),
        _usage: metadata('t.id', USAGE),
        _cost: metadata('t.id', COST),
      },
    },
    makes: { ...numbers(TOKENS, '_usage', tokenOf), ...numbers(COSTS, '_cost', costOf) },
    into: 'trace_info',
  },
  pairs('trace tags', 'trace_tags', 'trace_tags', `t.key <> '${NAME}'`),
  {
    ...pairs('trace metadata', 'trace_metadata', 'trace_request_metadata', '1 = 1'),
    isKept: (row) => !isPromoted(row),
    loses: losesMembers,
  },
  {
    title: 'trace metrics',
    from: {
      table: 'trace_metrics',
      key: ['trace', 'key'],
      joins: OF_TRACE,
      columns: {
        request_id: 'o.trace_id',
        key: 't.key',
        value: 't.value',
        _usage: metadata('t.trace', USAGE),
        _cost: metadata('t.trace', COST),
      },
    },
    isKept: ({ key, _usage = null, _cost = null }) =>
      tokenOf(TOKENS.some((name) => name === key) ? _usage : null, String(key)) === null &&
      costOf(COSTS.some((name) => name === key) ? _cost : null, String(key)) === null,
    into: 'trace_metrics',
  },
  {
    title: 'spans',
    from: {
      table: 'spans',
      key: ['trace', 'span_id'],
      joins: OF_TRACE,
      columns: {
        trace_id: 'o.trace_id',
        experiment_id: 'o.experiment_id',
        span_id: 't.span_id',
        parent_span_id: 't.parent_span_id',
        name: 't.name',
        type: "nullif(t.type, '')",
        status: 't.status',
        start_time_unix_nano: 't.start_time_ns',
        end_time_unix_nano: 't.end_time_ns',
        content: 't.content',
        ...Object.fromEntries(COSTS.map((name) => [name, spanCost(name)])),
        model_name: 't.model_name',
        model_provider: 't.model_provider',
      },
    },
    into: 'spans',
    isWide: true,
  },
  {
    title: 'span metrics',
    from: {
      table: 'span_metrics',
      key: ['trace', 'span_id', 'key'],
      // Those of spans that there are, as MLflow's refer to them.
      joins: `${OF_TRACE} join spans s on s.trace = t.trace and s.span_id = t.span_id`,
      where: `t.key not in (${listed})`,
      columns: {
        trace_id: 'o.trace_id',
        span_id: 't.span_id',
        key: 't.key',
        value: 't.value',
      },
    },
    into: 'span_metrics',
  },
  {
    title: 'assessments',
    from: {
      table: 'assessments',
      key: ['id'],
      joins: OF_TRACE,
      columns: {
        assessment_id: 't.assessment_id',
        trace_id: 'o.trace_id',
        name: 't.name',
        assessment_type: 't.kind',
        value: 't.value',
        error: 't.error',
        created_timestamp: 't.create_time_ms',
        last_updated_timestamp: 't.last_update_time_ms',
        source_type: 't.source_type',
        source_id: 't.source_id',
        run_id: 't.run_id',
        span_id: 't.span_id',
        rationale: 't.rationale',
        overrides: 't.overrides',
        valid: 't.valid',
        assessment_metadata: 't.metadata',
        experiment_id: 'o.experiment_id',
        trace_timestamp_ms: 'o.timestamp_ms',
        aggregate_value: 't.number',
        is_numeric_value: 't.is_number',
      },
    },
    into: 'assessments',
    isWide: true,
  },
  link('runs of traces', 'trace_run_links', ['run_id', 'trace_id'], 'run', 't.run_id'),
  link(
    ...(['prompts of traces', 'trace_prompt_links', ['trace_id', 'name', 'version']] as const),
    ...(['prompt_version', "t.name || '/' || t.version"] as const),
  ),
];
