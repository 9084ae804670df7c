import { setTimeout as sleep } from 'node:timers/promises';
import { notFound } from '../../errors.js';
import type { Database } from '../../platform/db/database.js';
import { IN_DATABASE, METADATA, TAG } from '../traces/traces.js';
import type { TraceRow, TraceStore } from '../traces/traces.store.js';
import type { SpanStore } from './spans.store.js';

/** A trace with its spans, each as JSON the way MLflow writes them into files. */
export interface TraceData {
  readonly trace: TraceRow;
  readonly spans: readonly string[];
}

/** Milliseconds to wait before each further look: exporters send spans a little later. */
const WAITS = [1_000, 2_000];

/** Reads traces with their spans. */
export class TraceDataReader {
  readonly #database: Database;
  readonly #traces: TraceStore;
  readonly #spans: SpanStore;
  readonly #wait: (ms: number) => Promise<unknown>;

  constructor(
    parts: { database: Database; traces: TraceStore; spans: SpanStore },
    wait: (ms: number) => Promise<unknown> = sleep,
  ) {
    this.#database = parts.database;
    this.#traces = parts.traces;
    this.#spans = parts.spans;
    this.#wait = wait;
  }

  /**
   * @param allowPartial takes what there is; without it a trace is waited for until all of its
   *   spans have come
   * @throws MlflowError 404 when there is no such trace, or not all of it yet
   */
  async read(traceId: string, allowPartial: boolean): Promise<TraceData> {
    for (const wait of [...WAITS, undefined]) {
      const data = await this.#readOnce(traceId);
      if (allowPartial || isComplete(data)) return data;
      if (wait !== undefined) await this.#wait(wait);
    }
    throw notFound(`Trace with ID ${traceId} is not fully exported yet, please try again later.`);
  }

  /** @returns the spans of those of the traces whose spans lie in the database and are complete */
  async readMany(traces: readonly TraceRow[]): Promise<TraceData[]> {
    return (await this.#spansOf(traces.filter(liesInDatabase))).filter(isComplete);
  }

  async #readOnce(traceId: string): Promise<TraceData> {
    const trace = await this.find(traceId);
    if (!liesInDatabase(trace)) {
      throw notFound(
        `Trace with ID ${traceId} has no spans in the database: they lie in its artifact location.`,
      );
    }
    const [data] = await this.#spansOf([trace]);
    return data ?? { trace, spans: [] };
  }

  /** @throws MlflowError 404 */
  async find(traceId: string): Promise<TraceRow> {
    const trace = await this.#traces.read(this.#database.read, traceId);
    if (trace === undefined) throw notFound(`Trace with ID ${traceId} is not found.`);
    return trace;
  }

  async #spansOf(traces: readonly TraceRow[]): Promise<TraceData[]> {
    const data = new Map(traces.map((trace) => [trace.id, { trace, spans: [] as string[] }]));
    const rows = await this.#spans.ofTraces(this.#database.scan, [...data.keys()]);
    for (const { trace, content } of rows) data.get(trace)?.spans.push(content);
    return [...data.values()];
  }
}

export const liesInDatabase = (trace: TraceRow): boolean =>
  member(trace.tags, TAG.spansLocation) === IN_DATABASE;

function isComplete({ trace, spans }: TraceData): boolean {
  return spans.length > 0 && spans.length >= expectedSpans(trace);
}

/** How many spans the trace has, as the client that made it says. */
function expectedSpans(trace: TraceRow): number {
  const stats = member(trace.metadata, METADATA.sizeStats);
  const count = typeof stats === 'string' ? parse(stats)?.num_spans : undefined;
  return typeof count === 'number' ? count : 0;
}

const member = (map: string, key: string): unknown => parse(map)?.[key];

function parse(text: string): Record<string, unknown> | null | undefined {
  try {
    return JSON.parse(text) as Record<string, unknown> | null;
  } catch {
    return undefined;
  }
}
