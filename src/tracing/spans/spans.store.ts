import type { Database, Reader, Transaction } from '../../platform/db/database.js';
import type { SpanRecord } from './span-record.js';

/** A span as it is read, for whoever shows it. */
export interface StoredSpan {
  /** The trace's surrogate key. */
  readonly trace: number;
  readonly content: string;
}

/** A number that a span reports, beside its place in the tree; null for one without numbers. */
export interface SpanNumber {
  readonly trace: number;
  readonly span_id: string;
  readonly parent_span_id: string | null;
  readonly key: string | null;
  readonly value: number | null;
}

/** The table and its columns, for whoever inserts many. */
export const SPANS = {
  table: 'spans',
  columns: {
    trace: 'bigint',
    span_id: 'text',
    parent_span_id: 'text',
    name: 'text',
    type: 'text',
    status: 'text',
    start_time_ns: 'bigint',
    end_time_ns: 'bigint',
    model_name: 'text',
    model_provider: 'text',
    content: 'text',
  },
  conflict:
    'on conflict (trace, span_id) do update set parent_span_id = excluded.parent_span_id, ' +
    'name = excluded.name, type = excluded.type, status = excluded.status, ' +
    'start_time_ns = excluded.start_time_ns, end_time_ns = excluded.end_time_ns, ' +
    'model_name = excluded.model_name, model_provider = excluded.model_provider, ' +
    'content = excluded.content',
} as const;
const METRICS = {
  table: 'span_metrics',
  columns: { trace: 'bigint', span_id: 'text', key: 'text', value: 'double precision' },
  conflict: 'on conflict (trace, span_id, key) do update set value = excluded.value',
} as const;

/** SQL of spans and of the numbers that they report. */
export class SpanStore {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  /**
   * Stores spans with their numbers; one that is there already is replaced.
   *
   * @param keys the surrogate keys of their traces, by id; no span may come twice
   */
  async put(
    tx: Transaction,
    spans: readonly SpanRecord[],
    keys: ReadonlyMap<string, number>,
  ): Promise<void> {
    const keyOf = ({ traceId }: SpanRecord): number => {
      const key = keys.get(traceId);
      if (key === undefined) throw new Error(`There is no trace ${traceId} to put a span into`);
      return key;
    };
    const rows = spans.map(
      (span) =>
        [
          keyOf(span),
          span.spanId,
          span.parentId ?? null,
          span.name,
          span.type,
          span.status,
          span.start,
          span.end ?? null,
          span.model ?? null,
          span.provider ?? null,
          span.content,
        ] as const,
    );
    await tx.insert(SPANS, rows);
    const numbers = spans.flatMap((span) =>
      [...span.numbers.values()].flatMap((of) =>
        [...of].map(([key, value]) => [keyOf(span), span.spanId, key, value] as const),
      ),
    );
    if (numbers.length > 0) await tx.insert(METRICS, numbers);
  }

  /** @returns the spans of these traces: of each the root first, then by their start */
  async ofTraces(reader: Reader, traces: readonly number[]): Promise<StoredSpan[]> {
    if (traces.length === 0) return [];
    const { sql, bindings } = this.#database.dialect.isOneOf('trace', traces);
    return reader.all<StoredSpan>({
      sql:
        `select trace, content from spans where ${sql} order by trace, ` +
        'case when parent_span_id is null then 0 else 1 end, start_time_ns, span_id',
      bindings,
    });
  }

  /** @returns the tree of these traces, with a row for each number of each span */
  async numbers(reader: Reader, traces: readonly number[]): Promise<SpanNumber[]> {
    if (traces.length === 0) return [];
    const { sql, bindings } = this.#database.dialect.isOneOf('s.trace', traces);
    return reader.all<SpanNumber>({
      sql:
        'select s.trace, s.span_id, s.parent_span_id, m.key, m.value from spans s ' +
        `left join span_metrics m on m.trace = s.trace and m.span_id = s.span_id where ${sql}`,
      bindings,
    });
  }
}
