import type { Database } from '../../platform/db/database.js';

/** What a test wishes of a span. */
export interface SpanWish {
  readonly traceId: string;
  readonly spanId: string;
  readonly name?: string;
  readonly type?: string;
  readonly status?: string;
  readonly start?: number;
  readonly end?: number;
  readonly model?: string | null;
  readonly content?: string;
  readonly numbers?: Readonly<Record<string, number>>;
}

/** Puts a span, with its times in ms, straight into the tables that searches and charts read. */
export async function insertSpan(database: Database, wish: SpanWish): Promise<void> {
  const { name = 's', type = 'LLM', status = 'OK', start = 1_000, end = start + 10 } = wish;
  const NS = 1_000_000n;
  await database.write(async (tx) => {
    const sql = 'select id from traces where trace_id = ?';
    const trace = await tx.first<{ id: number }>({ sql, bindings: [wish.traceId] });
    const id = trace?.id ?? 0;
    await tx.run({
      sql:
        'insert into spans (trace, span_id, name, type, status, start_time_ns, end_time_ns, ' +
        'model_name, content) values (?, ?, ?, ?, ?, ?, ?, ?, ?)',
      bindings: [
        ...[id, wish.spanId, name, type, status, BigInt(start) * NS, BigInt(end) * NS],
        ...[wish.model ?? null, wish.content ?? '{}'],
      ],
    });
    for (const [key, value] of Object.entries(wish.numbers ?? {})) {
      await tx.run({
        sql: 'insert into span_metrics (trace, span_id, key, value) values (?, ?, ?, ?)',
        bindings: [id, wish.spanId, key, value],
      });
    }
  });
}
