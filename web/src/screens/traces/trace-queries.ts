import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query';
import { api, body, type Schema } from '../../shared/api.ts';

export type TraceInfo = Schema<'TraceInfoV3'>;
type WireSpan = Schema<'OtelSpan'>;

export const tracesQuery = (experiment: string, filter: string) =>
  infiniteQueryOptions({
    queryKey: ['traces', experiment, filter],
    initialPageParam: '',
    queryFn: ({ pageParam }) =>
      body(
        api.POST('/api/3.0/mlflow/traces/search', {
          body: {
            locations: [
              { type: 'MLFLOW_EXPERIMENT', mlflow_experiment: { experiment_id: experiment } },
            ],
            max_results: 50,
            order_by: ['timestamp_ms DESC'],
            ...(filter === '' ? {} : { filter }),
            ...(pageParam === '' ? {} : { page_token: pageParam }),
          },
        }),
      ),
    getNextPageParam: (last) => last.next_page_token || undefined,
  });

export const traceQuery = (id: string) =>
  queryOptions({
    queryKey: ['trace', id],
    retry: false,
    queryFn: async () =>
      (
        await body(
          api.GET('/api/3.0/mlflow/traces/get', {
            params: { query: { trace_id: id, allow_partial: true } },
          }),
        )
      ).trace ?? {},
  });

/** A part of a trace, with where it stands in the tree and in time. */
export interface Span {
  readonly id: string;
  readonly name: string;
  readonly depth: number;
  /** Milliseconds after the start of the trace. */
  readonly start: number;
  readonly duration: number;
  readonly failed: boolean;
  readonly attributes: readonly (readonly [string, string])[];
}

/** Puts spans into the order of their tree; one whose parent is missing stands at the top. */
export function spanTree(spans: readonly WireSpan[]): readonly Span[] {
  const known = new Set(spans.map(({ span_id }) => span_id));
  const below = new Map<string, WireSpan[]>();
  for (const span of spans) {
    const parent = span.parent_span_id ?? '';
    const key = known.has(parent) && parent !== span.span_id ? parent : '';
    below.set(key, [...(below.get(key) ?? []), span]);
  }
  const first = spans.reduce(
    (least, span) => Math.min(least, time(span)),
    Number.POSITIVE_INFINITY,
  );
  const found: Span[] = [];
  const waiting = ordered(below.get('') ?? []).map((span) => ({ span, depth: 0 }));
  while (waiting.length > 0) {
    const { span, depth } = waiting.shift() ?? { span: {}, depth: 0 };
    const id = span.span_id ?? '';
    found.push(toSpan(span, depth, first));
    const inner = ordered(below.get(id) ?? []).map((each) => ({ span: each, depth: depth + 1 }));
    below.delete(id);
    waiting.unshift(...inner);
  }
  return found;
}

const time = (span: WireSpan) => Number(span.start_time_unix_nano ?? 0) / 1e6;
const ordered = (spans: readonly WireSpan[]) =>
  [...spans].sort((one, other) => time(one) - time(other));

function toSpan(span: WireSpan, depth: number, first: number): Span {
  const start = time(span);
  const end = Number(span.end_time_unix_nano ?? 0) / 1e6;
  return {
    ...{ id: span.span_id ?? '', name: span.name ?? '', depth, start: start - first },
    duration: end === 0 ? Number.NaN : Math.max(0, end - start),
    failed: span.status?.code === 'STATUS_CODE_ERROR',
    attributes: (span.attributes ?? []).map(({ key = '', value }) => [key, shown(value)]),
  };
}

/** MLflow keeps values of attributes as JSON in a text. */
function shown(value: Schema<'OtelAnyValue'> | undefined): string {
  const [plain] = Object.values(value ?? {});
  if (typeof plain !== 'string') return JSON.stringify(plain) ?? '';
  try {
    const parsed: unknown = JSON.parse(plain);
    return typeof parsed === 'string' ? parsed : JSON.stringify(parsed, null, 2);
  } catch {
    return plain;
  }
}
