import { checkLength, isPlainKey, truncate } from '../../platform/rules/names.js';
import { mapInTurns } from '../../platform/turns.js';
import { COUNTED_KEYS, type Counted, type Numbers } from '../traces/trace-numbers.js';
import { TAG, type TraceState } from '../traces/traces.js';
import { checkTraceTag } from '../traces/traces.rules.js';
import { ATTRIBUTE, textOf } from './conventions.js';
import { type OtelMap, printValue, storable } from './otel-value.js';
import type { ResourceSpans } from './otlp/otlp.js';
import { previewOf } from './preview.js';
import { type SpanRecord, toRecord } from './span-record.js';
import { totalOf } from './totals.js';

/** What the spans of one request say of their trace; times in ms since the epoch. */
export interface TraceDraft {
  readonly traceId: string;
  readonly spans: readonly SpanRecord[];
  readonly start: number;
  readonly end: number | undefined;
  /** Absent while the root has not come. */
  readonly state: TraceState | undefined;
  readonly requestPreview: string | undefined;
  readonly responsePreview: string | undefined;
  readonly session: string | undefined;
  readonly user: string | undefined;
  readonly tags: ReadonlyMap<string, string>;
  readonly totals: ReadonlyMap<Counted, Numbers>;
}

/**
 * Sorts the spans of a request by their traces, and works out all that needs no database. Of two
 * spans with one id the last counts.
 *
 * @throws MlflowError 400 for a session id that is too long
 */
export async function toDrafts(sent: readonly ResourceSpans[]): Promise<TraceDraft[]> {
  const traces = new Map<string, { resource: OtelMap; spans: Map<string, SpanRecord> }>();
  for (const { resource, spans } of sent) {
    for (const record of await mapInTurns(spans, toRecord)) {
      const trace = traces.get(record.traceId) ?? { resource, spans: new Map() };
      if (trace.resource.size === 0) trace.resource = resource;
      trace.spans.set(record.spanId, record);
      traces.set(record.traceId, trace);
    }
  }
  // In one order everywhere, so that two requests never wait for each other's traces.
  const sorted = [...traces].sort(([a], [b]) => (a < b ? -1 : 1));
  return mapInTurns(sorted, ([traceId, trace]) =>
    toDraft(traceId, trace.resource, [...trace.spans.values()]),
  );
}

function toDraft(traceId: string, resource: OtelMap, spans: readonly SpanRecord[]): TraceDraft {
  const ends = spans.flatMap(({ end }) => end ?? []);
  const roots = spans.filter(({ parentId }) => parentId === undefined);
  const root = roots.at(-1);
  const input = root?.attributes.get(ATTRIBUTE.inputs);
  const output = root?.attributes.get(ATTRIBUTE.outputs);
  return {
    traceId,
    spans,
    start: toMs(spans.map(({ start }) => start).reduce((a, b) => (a < b ? a : b))),
    end: ends.length === 0 ? undefined : toMs(ends.reduce((a, b) => (a > b ? a : b))),
    state: stateOf(roots[0]),
    requestPreview: input && previewOf(input, 'user'),
    responsePreview: output && previewOf(output, 'assistant'),
    session: sessionOf(spans),
    user: firstText(spans, ['user.id']),
    tags: new Map([...resourceTags(resource), ...rootTags(root)]),
    totals: totalsOf(spans),
  };
}

const toMs = (ns: bigint): number => Number(ns / 1_000_000n);

function stateOf(root: SpanRecord | undefined): TraceState | undefined {
  if (root === undefined) return undefined;
  return root.status === 'ERROR' ? 'ERROR' : 'OK';
}

function sessionOf(spans: readonly SpanRecord[]): string | undefined {
  const session = firstText(spans, ['session.id', 'gen_ai.conversation.id']);
  checkLength(session ?? '', 'Session ID', MAX_SESSION);
  return session;
}

const MAX_SESSION = 250;
const MAX_VALUE = 8_000;

/** @returns the first text that any of the spans has under one of these names */
function firstText(spans: readonly SpanRecord[], names: readonly string[]): string | undefined {
  for (const { attributes } of spans) {
    for (const name of names) {
      const text = textOf(attributes.get(name));
      if (text) return truncate(storable(text), MAX_VALUE);
    }
  }
  return undefined;
}

/** What a process says of itself; names of MLflow's own and of the SDK stay out. */
const resourceTags = (resource: OtelMap): [string, string][] =>
  [...resource]
    .filter(([key]) => !key.startsWith('telemetry.sdk.') && !key.startsWith('mlflow.'))
    .flatMap(([key, value]) => tagOf(key, typeof value === 'string' ? value : printValue(value)));

/** Tags that users gave to the trace travel as attributes of its root. */
const rootTags = (root: SpanRecord | undefined): [string, string][] =>
  [...(root?.attributes ?? [])]
    .filter(([key]) => key.startsWith(ATTRIBUTE.traceTag))
    .flatMap(([key, json]) => tagOf(key.slice(ATTRIBUTE.traceTag.length), textOf(json) ?? ''));

/** @returns nothing for what can't be a tag: it is no reason to lose the spans */
function tagOf(key: string, value: string): [string, string][] {
  if (key === TAG.artifactLocation || key === TAG.spansLocation) return [];
  try {
    const tag = storable(value);
    const name = isPlainKey(key, 250) ? key : storable(key);
    return [[name, checkTraceTag(name, tag, { truncate: true })]];
  } catch {
    return [];
  }
}

function totalsOf(spans: readonly SpanRecord[]): Map<Counted, Numbers> {
  return new Map(
    COUNTED_KEYS.flatMap((kind) => {
      const counted = spans.map(({ spanId, parentId, numbers }) => ({
        spanId,
        parentId,
        numbers: numbers.get(kind),
      }));
      const total = totalOf(kind, counted);
      return total === undefined ? [] : [[kind, total] as const];
    }),
  );
}
