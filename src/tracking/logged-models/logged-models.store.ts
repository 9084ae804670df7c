import type { Database, Reader, Transaction } from '../../platform/db/database.js';
import { withoutMember } from '../../platform/db/json-text.js';
import type { Int64, KeyValue } from './logged-models.js';

/** A logged model as it is read: its info, and its data as JSON texts printed by the database. */
export interface LoggedModelRow {
  readonly model_id: string;
  readonly experiment_id: number;
  readonly name: string;
  readonly artifact_uri: string;
  readonly creation_timestamp: Int64;
  readonly last_updated_timestamp: Int64;
  readonly status: number;
  readonly model_type: string;
  readonly source_run_id: string;
  readonly status_message: string | null;
  readonly tags: string;
  readonly params: string;
  readonly metrics: string;
}

export interface NewLoggedModel {
  readonly modelId: string;
  readonly experimentId: number;
  readonly name: string;
  readonly artifactUri: string;
  readonly modelType: string;
  readonly sourceRunId: string;
  readonly status: number;
  readonly now: number;
}

const INFO = [
  'model_id',
  'experiment_id',
  'name',
  'artifact_uri',
  'creation_timestamp',
  'last_updated_timestamp',
  'status',
  'model_type',
  'source_run_id',
  'status_message',
] as const;

const PAIRS = { model: 'bigint', key: 'text', value: 'text' } as const;
const PARAMS = {
  table: 'logged_model_params',
  columns: PAIRS,
  conflict: 'on conflict do nothing',
} as const;
const TAGS = {
  table: 'logged_model_tags',
  columns: PAIRS,
  conflict: 'on conflict (model, key) do update set value = excluded.value',
} as const;

/** SQL of logged models, their params and tags. */
export class LoggedModelStore {
  readonly #database: Database;
  readonly #select: string;

  constructor(database: Database) {
    this.#database = database;
    this.#select = `select ${this.#columns()} from logged_models m`;
  }

  /** @returns the model with all of its data; a deleted one is left out unless it is allowed */
  read(reader: Reader, modelId: string, deleted: boolean): Promise<LoggedModelRow | undefined> {
    const active = deleted ? '' : " and m.lifecycle_stage = 'active'";
    return reader.first<LoggedModelRow>({
      sql: `${this.#select} where m.model_id = ?${active}`,
      bindings: [modelId],
    });
  }

  /** @returns the models with these surrogate keys, in their order, with all of their data */
  async readMany(reader: Reader, ids: readonly number[]): Promise<LoggedModelRow[]> {
    if (ids.length === 0) return [];
    const { sql, bindings } = this.#database.dialect.isOneOf('m.id', ids);
    const rows = await reader.all<LoggedModelRow & { readonly id: number }>({
      sql: `${this.#select} where ${sql}`,
      bindings,
    });
    const byId = new Map(rows.map((row) => [row.id, row]));
    return ids.flatMap((id) => byId.get(id) ?? []);
  }

  /** Deleted models included. Holds the model's row until the transaction ends. */
  lock(
    tx: Transaction,
    modelId: string,
  ): Promise<{ id: number; source_run_id: string; lifecycle_stage: string } | undefined> {
    const { forUpdate } = this.#database.dialect;
    return tx.first({
      sql:
        'select id, source_run_id, lifecycle_stage from logged_models ' +
        `where model_id = ?${forUpdate}`,
      bindings: [modelId],
    });
  }

  async artifactUri(reader: Reader, modelId: string): Promise<string | undefined> {
    const row = await reader.first<{ artifact_uri: string }>({
      sql:
        'select artifact_uri from logged_models ' +
        "where model_id = ? and lifecycle_stage = 'active'",
      bindings: [modelId],
    });
    return row?.artifact_uri;
  }

  /** @returns the surrogate key of the new model */
  async insert(tx: Transaction, model: NewLoggedModel): Promise<number> {
    const row = await tx.first<{ id: number }>({
      sql:
        'insert into logged_models (model_id, experiment_id, name, artifact_uri, ' +
        'creation_timestamp, last_updated_timestamp, status, model_type, source_run_id, ' +
        "lifecycle_stage) values (?, ?, ?, ?, ?, ?, ?, ?, ?, 'active') returning id",
      bindings: [
        model.modelId,
        model.experimentId,
        model.name,
        model.artifactUri,
        model.now,
        model.now,
        model.status,
        model.modelType,
        model.sourceRunId,
      ],
    });
    if (row === undefined) throw new Error('An insert has returned no row');
    return row.id;
  }

  /** @returns false when there is no such model */
  async setStatus(tx: Transaction, modelId: string, status: number, now: number): Promise<boolean> {
    const sql =
      'update logged_models set status = ?, last_updated_timestamp = ? where model_id = ?';
    return (await tx.run({ sql, bindings: [status, now, modelId] })) > 0;
  }

  /** @returns false when there is no such model */
  async markDeleted(tx: Transaction, modelId: string, now: number): Promise<boolean> {
    const sql =
      "update logged_models set lifecycle_stage = 'deleted', last_updated_timestamp = ? " +
      'where model_id = ?';
    return (await tx.run({ sql, bindings: [now, modelId] })) > 0;
  }

  /** @returns how many of the params are new; the others stay as they are */
  insertParams(tx: Transaction, id: number, params: readonly KeyValue[]): Promise<number> {
    return tx.insert(PARAMS, pairs(id, params));
  }

  /** Sets tags; each key may come once. */
  async setTags(tx: Transaction, id: number, tags: readonly KeyValue[]): Promise<void> {
    await tx.insert(TAGS, pairs(id, tags));
  }

  async tag(reader: Reader, id: number, key: string): Promise<string | undefined> {
    const row = await reader.first<{ value: string }>({
      sql: 'select value from logged_model_tags where model = ? and key = ?',
      bindings: [id, key],
    });
    return row?.value;
  }

  /** @returns false when there was no such tag */
  async deleteTag(tx: Transaction, id: number, key: string): Promise<boolean> {
    const sql = 'delete from logged_model_tags where model = ? and key = ?';
    return (await tx.run({ sql, bindings: [id, key] })) > 0;
  }

  #columns(): string {
    const { dialect } = this.#database;
    const pair = { key: 't.key', value: 't.value' };
    const metric = {
      key: 't.key',
      value: 't.value',
      timestamp: 't.timestamp',
      step: 't.step',
      dataset_name: 't.dataset_name',
      dataset_digest: 't.dataset_digest',
      model_id: 'm.model_id',
      run_id: 't.run_id',
    };
    const metrics = dialect.jsonObjects(
      metric,
      'logged_model_metrics t where t.model = m.id',
      't.key, t.timestamp, t.step, t.run_id',
    );
    const children = {
      tags: dialect.jsonObjects(pair, 'logged_model_tags t where t.model = m.id', 't.key'),
      params: dialect.jsonObjects(pair, 'logged_model_params t where t.model = m.id', 't.key'),
      metrics: withoutMember(
        withoutMember(metrics, 'dataset_name', 'null'),
        'dataset_digest',
        'null',
      ),
    };
    const info = ['id', ...INFO].map((name) => `m.${name}`);
    const named = Object.entries(children).map(([name, sql]) => `${sql} as ${name}`);
    return [...info, ...named].join(', ');
  }
}

const pairs = (id: number, list: readonly KeyValue[]) =>
  list.map(({ key, value }) => [id, key, value] as const);
