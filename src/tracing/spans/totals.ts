import { COUNTED, type Counted, type Numbers } from '../traces/trace-numbers.js';

/** A span in the tree of its trace, with the numbers that it reports. */
export interface CountedSpan {
  readonly spanId: string;
  readonly parentId: string | undefined;
  readonly numbers: Numbers | undefined;
}

/** Counts that every total has, even where they are 0. */
const ALWAYS = new Set([
  'input_tokens',
  'output_tokens',
  'total_tokens',
  'input_cost',
  'output_cost',
  'total_cost',
]);

/**
 * Adds up the numbers of a trace. A span that reports numbers speaks for all below it, so that
 * what an agent sums up is not counted again with the calls that it made.
 *
 * @returns nothing where no span reports any
 */
export function totalOf(kind: Counted, spans: readonly CountedSpan[]): Numbers | undefined {
  const byId = new Map(spans.map((span) => [span.spanId, span]));
  const children = new Map<CountedSpan, CountedSpan[]>();
  const open: CountedSpan[] = [];
  for (const span of spans) {
    const parent = span.parentId === undefined ? undefined : byId.get(span.parentId);
    if (parent === undefined) {
      open.push(span);
      continue;
    }
    const siblings = children.get(parent);
    if (siblings === undefined) children.set(parent, [span]);
    else siblings.push(span);
  }
  const speaking: Numbers[] = [];
  for (let span = open.pop(); span !== undefined; span = open.pop()) {
    if (span.numbers !== undefined) speaking.push(span.numbers);
    else for (const child of children.get(span) ?? []) open.push(child);
  }
  return speaking.length === 0 ? undefined : sum(kind, speaking);
}

function sum(kind: Counted, all: readonly Numbers[]): Numbers {
  const total = new Map<string, number>();
  for (const key of COUNTED[kind].keys) {
    const values = all.flatMap((numbers) => numbers.get(key) ?? []);
    if (values.length === 0 && !ALWAYS.has(key)) continue;
    total.set(
      key,
      values.reduce((a, b) => a + b, 0),
    );
  }
  return total;
}
