import { COUNTED, type Counted, type Numbers } from '../traces/trace-numbers.js';
import type { StoredTrace, TraceInfo } from '../traces/traces.js';
import type { SpanNumber } from './spans.store.js';
import { type CountedSpan, totalOf } from './totals.js';
import type { TraceDraft } from './trace-draft.js';

/** The trace that spans make where there is none yet. */
export const newTrace = (draft: TraceDraft, experimentId: number): TraceInfo => ({
  trace_id: draft.traceId,
  experiment_id: experimentId,
  timestamp_ms: draft.start,
  execution_time_ms: draft.end === undefined ? null : draft.end - draft.start,
  state: draft.state ?? 'IN_PROGRESS',
  client_request_id: null,
  request_preview: draft.requestPreview ?? null,
  response_preview: draft.responsePreview ?? null,
});

/**
 * A trace after more spans have come: it lasts from the first start to the last end, and takes
 * from its root what it did not know.
 *
 * @param isFinal its times were told by whoever ran it, and stay
 */
export function mergeDraft(trace: StoredTrace, draft: TraceDraft, isFinal: boolean): StoredTrace {
  const isOpen = trace.state === 'IN_PROGRESS' || trace.state === 'STATE_UNSPECIFIED';
  return {
    ...trace,
    ...(isFinal ? {} : timesOf(trace, draft)),
    state: isOpen ? (draft.state ?? trace.state) : trace.state,
    request_preview: trace.request_preview ?? draft.requestPreview ?? null,
    response_preview: trace.response_preview ?? draft.responsePreview ?? null,
  };
}

function timesOf(trace: StoredTrace, draft: TraceDraft) {
  const start = Math.min(trace.timestamp_ms, draft.start);
  const ends = [
    trace.execution_time_ms === null ? undefined : trace.timestamp_ms + trace.execution_time_ms,
    draft.end,
  ].filter((end) => end !== undefined);
  return {
    timestamp_ms: start,
    execution_time_ms: ends.length === 0 ? null : Math.max(...ends) - start,
  };
}

/**
 * Adds up what is stored of whole traces.
 *
 * @param wanted which numbers of which traces, by surrogate key
 */
export function totalsOfStored(
  wanted: ReadonlyMap<number, readonly Counted[]>,
  rows: readonly SpanNumber[],
): Map<number, ReadonlyMap<Counted, Numbers>> {
  const traces = new Map<number, Map<string, SpanNumber[]>>();
  for (const row of rows) {
    const spans = traces.get(row.trace) ?? new Map<string, SpanNumber[]>();
    traces.set(row.trace, spans);
    const span = spans.get(row.span_id);
    if (span === undefined) spans.set(row.span_id, [row]);
    else span.push(row);
  }
  return new Map(
    [...traces].map(([trace, spans]) => {
      const kinds = wanted.get(trace) ?? [];
      const totals = kinds.flatMap((kind) => {
        const tree = [...spans.values()].map((of) => toCounted(kind, of));
        const total = totalOf(kind, tree);
        return total === undefined ? [] : [[kind, total] as const];
      });
      return [trace, new Map(totals)] as const;
    }),
  );
}

function toCounted(kind: Counted, rows: readonly SpanNumber[]): CountedSpan {
  const keys: readonly string[] = COUNTED[kind].keys;
  const numbers = rows.flatMap(({ key, value }) =>
    key !== null && value !== null && keys.includes(key) ? [[key, value] as const] : [],
  );
  return {
    spanId: rows[0]?.span_id ?? '',
    parentId: rows[0]?.parent_span_id ?? undefined,
    numbers: numbers.length === 0 ? undefined : new Map(numbers),
  };
}
