import type { Database, Reader, Transaction } from '../../platform/db/database.js';
import type { StoredTrace, TraceInfo, TraceSelection, TraceState } from './traces.js';

/** A trace as it is read: its scalars, tags and metadata as JSON maps printed by the database. */
export interface TraceRow extends StoredTrace {
  readonly tags: string;
  readonly metadata: string;
}

/** A tag or a piece of metadata of the trace with this surrogate key. */
export type TracePair = readonly [trace: number, key: string, value: string];

/** A number that charts add up, of the trace with this surrogate key. */
export type TraceNumber = readonly [trace: number, key: string, value: number];

const SCALARS = [
  'trace_id',
  'experiment_id',
  'timestamp_ms',
  'execution_time_ms',
  'state',
  'client_request_id',
  'request_preview',
  'response_preview',
] as const;

/** The table and its columns, for whoever inserts many. */
export const TRACES = {
  table: 'traces',
  columns: {
    trace_id: 'text',
    experiment_id: 'bigint',
    timestamp_ms: 'bigint',
    execution_time_ms: 'bigint',
    state: 'text',
    client_request_id: 'text',
    request_preview: 'text',
    response_preview: 'text',
  },
} as const;
const NEW_TRACES = { ...TRACES, conflict: 'on conflict (trace_id) do nothing' } as const;
const REPLACED_TRACES = {
  ...TRACES,
  conflict:
    'on conflict (trace_id) do update set timestamp_ms = excluded.timestamp_ms, ' +
    'execution_time_ms = excluded.execution_time_ms, state = excluded.state, ' +
    'request_preview = excluded.request_preview, response_preview = excluded.response_preview',
} as const;
const PAIRS = { trace: 'bigint', key: 'text', value: 'text' } as const;
const UPSERT = 'on conflict (trace, key) do update set value = excluded.value';
const TAGS = { table: 'trace_tags', columns: PAIRS, conflict: UPSERT } as const;
const METADATA = { table: 'trace_metadata', columns: PAIRS, conflict: UPSERT } as const;
const METRICS = {
  table: 'trace_metrics',
  columns: { trace: 'bigint', key: 'text', value: 'double precision' },
  conflict: UPSERT,
} as const;

/** Tables whose rows belong to a trace by its surrogate key. */
const CHILDREN = [
  'trace_tags',
  'trace_metadata',
  'trace_metrics',
  'span_metrics',
  'spans',
  'assessments',
] as const;
/** Tables whose rows name a trace by its outer id. */
const LINKS = [
  ['trace_run_links', 'trace_id'],
  ['trace_prompt_links', 'trace_id'],
  ['review_queue_items', 'item_id'],
] as const;

/** SQL of traces, their tags, metadata and numbers. */
export class TraceStore {
  readonly #database: Database;
  readonly #selectWhole: string;
  readonly #selectScalars = `select id, ${SCALARS.join(', ')} from traces`;

  constructor(database: Database) {
    this.#database = database;
    const { dialect } = database;
    const scalars = ['id', ...SCALARS].map((name) => `t.${name}`).join(', ');
    const tags = dialect.jsonMap('c.key', 'c.value', 'trace_tags c where c.trace = t.id');
    const metadata = dialect.jsonMap('c.key', 'c.value', 'trace_metadata c where c.trace = t.id');
    this.#selectWhole = `select ${scalars}, ${tags} as tags, ${metadata} as metadata from traces t`;
  }

  /** @returns the trace with its tags and metadata */
  read(reader: Reader, traceId: string): Promise<TraceRow | undefined> {
    const sql = `${this.#selectWhole} where t.trace_id = ?`;
    return reader.first<TraceRow>({ sql, bindings: [traceId] });
  }

  /** @returns the traces with these surrogate keys, in their order, with tags and metadata */
  async readMany(reader: Reader, keys: readonly number[]): Promise<TraceRow[]> {
    if (keys.length === 0) return [];
    const { sql, bindings } = this.#database.dialect.isOneOf('t.id', keys);
    const rows = await reader.all<TraceRow>({ sql: `${this.#selectWhole} where ${sql}`, bindings });
    const byKey = new Map(rows.map((row) => [row.id, row]));
    return keys.flatMap((key) => byKey.get(key) ?? []);
  }

  /** @returns the traces with these ids that exist, with tags and metadata, in no order */
  async readByIds(reader: Reader, traceIds: readonly string[]): Promise<TraceRow[]> {
    if (traceIds.length === 0) return [];
    const { sql, bindings } = this.#database.dialect.isOneOfText('t.trace_id', traceIds);
    return reader.all<TraceRow>({ sql: `${this.#selectWhole} where ${sql}`, bindings });
  }

  find(reader: Reader, traceId: string): Promise<StoredTrace | undefined> {
    const sql = `${this.#selectScalars} where trace_id = ?`;
    return reader.first<StoredTrace>({ sql, bindings: [traceId] });
  }

  /** Finds a trace and holds its row until the transaction ends. */
  lock(tx: Transaction, traceId: string): Promise<StoredTrace | undefined> {
    const { forUpdate } = this.#database.dialect;
    const sql = `${this.#selectScalars} where trace_id = ?${forUpdate}`;
    return tx.first<StoredTrace>({ sql, bindings: [traceId] });
  }

  /** Holds the rows in the order of their ids, so that no two transactions wait in a ring. */
  async lockMany(tx: Transaction, traceIds: readonly string[]): Promise<StoredTrace[]> {
    if (traceIds.length === 0) return [];
    const { dialect } = this.#database;
    const { sql, bindings } = dialect.isOneOfText('trace_id', traceIds);
    return tx.all<StoredTrace>({
      sql: `${this.#selectScalars} where ${sql} order by trace_id${dialect.forUpdate}`,
      bindings,
    });
  }

  /** Inserts the traces whose ids are free; @returns how many were */
  insert(tx: Transaction, traces: readonly TraceInfo[]): Promise<number> {
    const rows = traces.map((trace) => SCALARS.map((name) => trace[name]));
    return tx.insert(NEW_TRACES, rows);
  }

  /** Replaces the scalars of a trace. */
  async update(tx: Transaction, key: number, trace: Omit<TraceInfo, 'trace_id'>): Promise<void> {
    await tx.run({
      sql:
        'update traces set experiment_id = ?, timestamp_ms = ?, execution_time_ms = ?, ' +
        'state = ?, client_request_id = ?, request_preview = ?, response_preview = ? where id = ?',
      bindings: [
        trace.experiment_id,
        trace.timestamp_ms,
        trace.execution_time_ms,
        trace.state,
        trace.client_request_id,
        trace.request_preview,
        trace.response_preview,
        key,
      ],
    });
  }

  /** Replaces times, state and previews of many traces that are there, in one go. */
  async replace(tx: Transaction, traces: readonly TraceInfo[]): Promise<void> {
    if (traces.length === 0) return;
    await tx.insert(
      REPLACED_TRACES,
      traces.map((trace) => SCALARS.map((name) => trace[name])),
    );
  }

  async end(tx: Transaction, key: number, state: TraceState, duration: number): Promise<void> {
    await tx.run({
      sql: 'update traces set state = ?, execution_time_ms = ? where id = ?',
      bindings: [state, duration, key],
    });
  }

  /** Sets tags; no trace may have one key twice. */
  async setTags(tx: Transaction, tags: readonly TracePair[]): Promise<void> {
    if (tags.length > 0) await tx.insert(TAGS, tags);
  }

  /** Sets metadata; no trace may have one key twice. */
  async setMetadata(tx: Transaction, metadata: readonly TracePair[]): Promise<void> {
    if (metadata.length > 0) await tx.insert(METADATA, metadata);
  }

  /** Sets numbers; no trace may have one key twice. */
  async setMetrics(tx: Transaction, metrics: readonly TraceNumber[]): Promise<void> {
    if (metrics.length > 0) await tx.insert(METRICS, metrics);
  }

  /** Forgets the numbers of a trace with these keys. */
  async deleteMetrics(tx: Transaction, trace: number, keys: readonly string[]): Promise<void> {
    const { sql, bindings } = this.#database.dialect.isOneOfText('key', keys);
    await tx.run({
      sql: `delete from trace_metrics where trace = ? and ${sql}`,
      bindings: [trace, ...bindings],
    });
  }

  /** @returns false when there was no such tag */
  async deleteTag(tx: Transaction, key: number, tag: string): Promise<boolean> {
    const sql = 'delete from trace_tags where trace = ? and key = ?';
    return (await tx.run({ sql, bindings: [key, tag] })) > 0;
  }

  /** @returns the metadata with these keys of these traces */
  async metadata(
    reader: Reader,
    traces: readonly number[],
    keys: readonly string[],
  ): Promise<{ trace: number; key: string; value: string }[]> {
    if (traces.length === 0) return [];
    const { dialect } = this.#database;
    const owner = dialect.isOneOf('trace', traces);
    const name = dialect.isOneOfText('key', keys);
    return reader.all({
      sql: `select trace, key, value from trace_metadata where ${owner.sql} and ${name.sql}`,
      bindings: [...owner.bindings, ...name.bindings],
    });
  }

  /** Finds the traces of an experiment that are meant, and holds their rows. */
  async select(
    tx: Transaction,
    experimentId: number,
    selection: TraceSelection,
  ): Promise<StoredTrace[]> {
    const { dialect } = this.#database;
    const meant =
      'ids' in selection
        ? dialect.isOneOfText('trace_id', selection.ids)
        : { sql: 'timestamp_ms <= ?', bindings: [selection.until] };
    const most = 'most' in selection ? selection.most : undefined;
    return tx.all<StoredTrace>({
      sql:
        `${this.#selectScalars} where experiment_id = ? and ${meant.sql} ` +
        `order by timestamp_ms, trace_id${most === undefined ? '' : ' limit ?'}${dialect.forUpdate}`,
      bindings: [experimentId, ...meant.bindings, ...(most === undefined ? [] : [most])],
    });
  }

  /** Deletes traces with all that belongs to them. */
  async delete(tx: Transaction, traces: readonly StoredTrace[]): Promise<void> {
    const { dialect } = this.#database;
    const keys = traces.map(({ id }) => id);
    for (const table of CHILDREN) {
      const { sql, bindings } = dialect.isOneOf('trace', keys);
      await tx.run({ sql: `delete from ${table} where ${sql}`, bindings });
    }
    const ids = traces.map(({ trace_id }) => trace_id);
    for (const [table, column] of LINKS) {
      const { sql, bindings } = dialect.isOneOfText(column, ids);
      await tx.run({ sql: `delete from ${table} where ${sql}`, bindings });
    }
    const { sql, bindings } = dialect.isOneOf('id', keys);
    await tx.run({ sql: `delete from traces where ${sql}`, bindings });
  }
}
