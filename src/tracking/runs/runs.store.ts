import type { Database, Reader, Transaction } from '../../platform/db/database.js';
import { inputsColumns } from '../inputs/inputs.columns.js';
import type { Int64, KeyValue, LifecycleStage, RunInfo, RunKey, RunStatus } from './runs.js';

/** A run as it is read: its info, and its data as JSON texts that the database has printed. */
export interface RunRow extends RunInfo {
  readonly id: number;
  readonly metrics: string;
  readonly params: string;
  readonly tags: string;
  readonly dataset_inputs: string;
  readonly model_inputs: string;
  readonly model_outputs: string;
}

export interface NewRun {
  readonly run_id: string;
  readonly experiment_id: number;
  readonly name: string;
  readonly user_id: string;
  readonly start_time: Int64;
  readonly artifact_uri: string;
}

/** What an update changes; what is undefined stays. */
export interface RunChange {
  readonly status: RunStatus | undefined;
  readonly end_time: Int64 | undefined;
  readonly name: string | undefined;
}

export const INFO_COLUMNS = [
  'run_id',
  'name',
  'experiment_id',
  'user_id',
  'status',
  'start_time',
  'end_time',
  'artifact_uri',
  'lifecycle_stage',
] as const;

const PAIRS = { run: 'bigint', key: 'text', value: 'text' } as const;
const NEW_TAGS = { table: 'run_tags', columns: PAIRS } as const;
const NEW_RUN =
  'insert into runs (run_id, experiment_id, name, user_id, status, start_time, artifact_uri, ' +
  "lifecycle_stage, created_by) values (?, ?, ?, ?, 'RUNNING', ?, ?, 'active', ?)";
/** Inserts of one tag, two tags and so on for a run that is known by its id. */
const FEW_TAGS = Array.from({ length: 12 }, (_, more) => {
  const row = '((select id from runs where run_id = ?), ?, ?)';
  return `insert into run_tags (run, key, value) values ${Array(more + 1)
    .fill(row)
    .join(', ')}`;
});
const TAGS = {
  table: 'run_tags',
  columns: PAIRS,
  conflict: 'on conflict (run, key) do update set value = excluded.value',
} as const;
const PARAMS = {
  table: 'run_params',
  columns: PAIRS,
  conflict: 'on conflict do nothing',
} as const;

/** SQL of runs, their params and tags. */
export class RunStore {
  readonly #database: Database;
  readonly #selectWhole: string;

  constructor(database: Database) {
    this.#database = database;
    this.#selectWhole = `select ${this.#columns()} from runs r`;
  }

  /** @returns the run with all of its data */
  read(reader: Reader, runId: string): Promise<RunRow | undefined> {
    const sql = `${this.#selectWhole} where r.run_id = ?`;
    return reader.first<RunRow>({ sql, bindings: [runId] });
  }

  /** @returns the runs with these surrogate keys, in their order, with all of their data */
  async readMany(reader: Reader, ids: readonly number[]): Promise<RunRow[]> {
    if (ids.length === 0) return [];
    const { sql, bindings } = this.#database.dialect.isOneOf('r.id', ids);
    const rows = await reader.all<RunRow>({ sql: `${this.#selectWhole} where ${sql}`, bindings });
    const byId = new Map(rows.map((row) => [row.id, row]));
    return ids.flatMap((id) => byId.get(id) ?? []);
  }

  find(reader: Reader, runId: string): Promise<RunKey | undefined> {
    return reader.first<RunKey>({
      sql:
        'select id, run_id, experiment_id, lifecycle_stage, is_promoted from runs ' +
        'where run_id = ?',
      bindings: [runId],
    });
  }

  /** Holds the run for this transaction: another that asks for it too waits until this one ends. */
  async holdRow(tx: Transaction, id: number): Promise<void> {
    const { forUpdate } = this.#database.dialect;
    await tx.first({ sql: `select id from runs where id = ?${forUpdate}`, bindings: [id] });
  }

  info(reader: Reader, runId: string): Promise<RunInfo | undefined> {
    return reader.first<RunInfo>({
      sql: `select ${INFO_COLUMNS.join(', ')} from runs where run_id = ?`,
      bindings: [runId],
    });
  }

  /**
   * Stores a new run with its tags. Few tags find their run by its id, so that nobody has to wait
   * for its key.
   *
   * @param createdBy who has signed in, whatever the run says of its user
   */
  async insert(
    tx: Transaction,
    run: NewRun,
    createdBy: string,
    tags: readonly KeyValue[],
  ): Promise<void> {
    const { run_id } = run;
    const bindings = [
      ...[run_id, run.experiment_id, run.name, run.user_id, run.start_time],
      ...[run.artifact_uri, createdBy],
    ];
    if (tags.length > FEW_TAGS.length) {
      const row = await tx.first<{ id: number }>({ sql: `${NEW_RUN} returning id`, bindings });
      if (row === undefined) throw new Error('An insert has returned no row');
      return tx.put(NEW_TAGS, pairs(row.id, tags));
    }
    await tx.send({ sql: NEW_RUN, bindings });
    const sql = FEW_TAGS[tags.length - 1];
    if (sql === undefined) return;
    await tx.send({ sql, bindings: tags.flatMap(({ key, value }) => [run_id, key, value]) });
  }

  async update(tx: Transaction, id: number, change: RunChange): Promise<void> {
    await tx.run({
      sql:
        'update runs set status = coalesce(?, status), end_time = coalesce(?, end_time), ' +
        'name = coalesce(?, name) where id = ?',
      bindings: [change.status ?? null, change.end_time ?? null, change.name ?? null, id],
    });
  }

  async setStage(tx: Transaction, id: number, stage: LifecycleStage, now: number): Promise<void> {
    await tx.run({
      sql: 'update runs set lifecycle_stage = ?, deleted_time = ? where id = ?',
      bindings: [stage, stage === 'deleted' ? now : null, id],
    });
  }

  /** Sets tags; each key may come once. */
  async setTags(tx: Transaction, id: number, tags: readonly KeyValue[]): Promise<void> {
    await tx.put(TAGS, pairs(id, tags));
  }

  async tag(reader: Reader, id: number, key: string): Promise<string | undefined> {
    const row = await reader.first<{ value: string }>({
      sql: 'select value from run_tags where run = ? and key = ?',
      bindings: [id, key],
    });
    return row?.value;
  }

  /** @returns false when there was no such tag */
  async deleteTag(tx: Transaction, id: number, key: string): Promise<boolean> {
    const sql = 'delete from run_tags where run = ? and key = ?';
    return (await tx.run({ sql, bindings: [id, key] })) > 0;
  }

  /** Inserts the params that are new; @returns how many were */
  insertParams(tx: Transaction, id: number, params: readonly KeyValue[]): Promise<number> {
    return tx.insert(PARAMS, pairs(id, params));
  }

  /** @returns the stored params with these keys */
  params(reader: Reader, id: number, keys: readonly string[]): Promise<KeyValue[]> {
    const { sql, bindings } = this.#database.dialect.isOneOfText('key', keys);
    return reader.all<KeyValue>({
      sql: `select key, value from run_params where run = ? and ${sql}`,
      bindings: [id, ...bindings],
    });
  }

  #columns(): string {
    const { dialect } = this.#database;
    const info = ['id', ...INFO_COLUMNS].map((name) => `r.${name}`);
    const pair = { key: 't.key', value: 't.value' };
    const metric = {
      key: 't.key',
      value: dialect.jsonDouble('t.value', 't.is_nan'),
      timestamp: 't.timestamp',
      step: 't.step',
    };
    const children = {
      metrics: dialect.jsonObjects(metric, 'latest_metrics t where t.run = r.id', 't.key'),
      params: dialect.jsonObjects(pair, 'run_params t where t.run = r.id', 't.key'),
      tags: dialect.jsonObjects(pair, 'run_tags t where t.run = r.id', 't.key'),
      ...inputsColumns(dialect, 'r.id'),
    };
    const named = Object.entries(children).map(([name, sql]) => `${sql} as ${name}`);
    return [...info, ...named].join(', ');
  }
}

const pairs = (id: number, list: readonly KeyValue[]) =>
  list.map(({ key, value }) => [id, key, value] as const);
