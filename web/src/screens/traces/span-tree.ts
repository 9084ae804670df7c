import type { Schema } from '../../shared/api.ts';

type WireSpan = Schema<'OtelSpan'>;
type WireValue = Schema<'OtelAnyValue'>;
type Pair = readonly [key: string, value: string];

/** A part of a trace, with where it stands in the tree and in time. */
export interface Span {
  readonly id: string;
  readonly name: string;
  readonly type: string;
  readonly depth: number;
  /** The spans around it, the outermost first. */
  readonly above: readonly string[];
  readonly isParent: boolean;
  /** Milliseconds after the start of the trace. */
  readonly start: number;
  /** NaN while it goes on. */
  readonly duration: number;
  readonly failed: boolean;
  readonly message: string;
  readonly inputs: string | undefined;
  readonly outputs: string | undefined;
  readonly attributes: readonly Pair[];
  readonly events: readonly SpanEvent[];
}

export interface SpanEvent {
  readonly name: string;
  readonly time: number;
  readonly attributes: readonly Pair[];
}

/** Puts spans into the order of their tree; one whose parent is missing stands at the top. */
export function spanTree(spans: readonly WireSpan[]): readonly Span[] {
  const known = new Set(spans.map(({ span_id }) => span_id));
  const below = new Map<string, WireSpan[]>();
  for (const span of spans) {
    const parent = span.parent_span_id ?? '';
    const key = known.has(parent) && parent !== span.span_id ? parent : '';
    const list = below.get(key);
    if (list === undefined) below.set(key, [span]);
    else list.push(span);
  }
  const first = spans.reduce((least, span) => Math.min(least, time(span)), Infinity);
  const found: Span[] = [];
  const waiting: { span: WireSpan; above: readonly string[] }[] = [];
  const push = (list: readonly WireSpan[], above: readonly string[]) => {
    // The last in time goes onto the pile first.
    const sorted = [...list].sort((one, other) => time(other) - time(one));
    for (const span of sorted) waiting.push({ span, above });
  };
  const isSeen = new Set<string>();
  push(below.get('') ?? [], []);
  // Spans that are each other's parents hang on nothing: they come behind the others.
  for (let left = spans; left.length > 0; left = left.filter((span) => !isSeen.has(idOf(span)))) {
    if (waiting.length === 0) push(left.slice(0, 1), []);
    for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
      const { span, above } = next;
      const id = idOf(span);
      if (isSeen.has(id)) continue;
      isSeen.add(id);
      const inner = below.get(id) ?? [];
      found.push(toSpan(span, above, first, inner.length > 0));
      push(inner, [...above, id]);
    }
  }
  return found;
}

const idOf = ({ span_id = '' }: WireSpan): string => span_id;
const nanoseconds = (value: unknown): number => Number(value ?? 0) / 1e6;
const time = (span: WireSpan): number => nanoseconds(span.start_time_unix_nano);

const INPUTS = 'mlflow.spanInputs';
const OUTPUTS = 'mlflow.spanOutputs';
const TYPE = 'mlflow.spanType';
const SHOWN_APART: readonly string[] = [INPUTS, OUTPUTS, TYPE];

function toSpan(span: WireSpan, above: readonly string[], first: number, isParent: boolean): Span {
  const start = time(span);
  const end = nanoseconds(span.end_time_unix_nano);
  const attributes = pairsOf(span.attributes);
  const of = (wanted: string) => attributes.find(([key]) => key === wanted)?.[1];
  return {
    ...{ id: idOf(span), name: span.name ?? '', above, isParent, depth: above.length },
    type: of(TYPE) ?? '',
    start: start - first,
    duration: end === 0 ? Number.NaN : Math.max(0, end - start),
    failed: span.status?.code === 'STATUS_CODE_ERROR',
    message: span.status?.message ?? '',
    inputs: of(INPUTS),
    outputs: of(OUTPUTS),
    attributes: attributes.filter(([key]) => !SHOWN_APART.includes(key)),
    events: (span.events ?? []).map((event) => ({
      name: event.name ?? '',
      time: nanoseconds(event.time_unix_nano) - first,
      attributes: pairsOf(event.attributes),
    })),
  };
}

const pairsOf = (pairs: readonly Schema<'OtelKeyValue'>[] = []): Pair[] =>
  pairs.map(({ key = '', value }) => [key, shown(value)]);

/** MLflow keeps values of attributes as JSON in a text; others send them as they are. */
function shown(value: WireValue | undefined): string {
  const plain = plainOf(value);
  if (typeof plain !== 'string') return JSON.stringify(plain, null, 2) ?? '';
  try {
    const parsed: unknown = JSON.parse(plain);
    return typeof parsed === 'string' ? parsed : JSON.stringify(parsed, null, 2);
  } catch {
    return plain;
  }
}

/** A value of OpenTelemetry as JSON has it. */
function plainOf(value: WireValue | undefined): unknown {
  const { array_value: list, kvlist_value: pairs, ...plain } = value ?? {};
  if (list !== undefined) return (list.values ?? []).map(plainOf);
  if (pairs !== undefined) {
    return Object.fromEntries((pairs.values ?? []).map((pair) => [pair.key, plainOf(pair.value)]));
  }
  return Object.values(plain)[0] ?? null;
}
