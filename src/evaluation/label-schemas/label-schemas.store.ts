import type { Database, Reader, Transaction } from '../../platform/db/database.js';
import { keysetAfter, type SortColumn } from '../../platform/filter/keyset.js';
import { decodePageToken, nextPage } from '../../platform/filter/page-token.js';
import { type InputKind, inputFromJson, inputToJson } from './label-input.js';
import type { LabelSchema, LabelType } from './label-schemas.js';

/** The columns, for whoever inserts many. */
export const LABEL_SCHEMA_COLUMNS = {
  schema_id: 'text',
  experiment_id: 'bigint',
  name: 'text',
  type: 'text',
  instruction: 'text',
  enable_comment: 'smallint',
  input_type: 'text',
  input_config: 'text',
  created_by: 'text',
  created_time: 'bigint',
  last_update_time: 'bigint',
  is_default: 'smallint',
} as const;

const SCHEMAS = {
  table: 'label_schemas',
  columns: LABEL_SCHEMA_COLUMNS,
  conflict: 'on conflict (experiment_id, name) do nothing',
} as const;
const SELECT = `select ${Object.keys(LABEL_SCHEMA_COLUMNS).join(', ')}, id from label_schemas`;

interface Row {
  readonly id: number;
  readonly schema_id: string;
  readonly experiment_id: number;
  readonly name: string;
  readonly type: LabelType;
  readonly instruction: string | null;
  readonly enable_comment: 0 | 1;
  readonly input_type: InputKind;
  /** JSON. */
  readonly input_config: string;
  readonly created_by: string | null;
  readonly created_time: number;
  readonly last_update_time: number;
  readonly is_default: 0 | 1;
}

/** The newest first. */
const ORDER: readonly SortColumn[] = ['created_time', 'id'].map((name) => ({
  ...{ name, sql: name, bindings: [], type: 'integer', ascending: false, nullable: false },
}));

/** SQL of label schemas. */
export class LabelSchemaStore {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  find(reader: Reader, schemaId: string): Promise<LabelSchema | undefined> {
    return this.#first(reader, 'schema_id = ?', [schemaId]);
  }

  /** Holds a schema until the transaction ends. */
  lock(tx: Transaction, schemaId: string): Promise<LabelSchema | undefined> {
    return this.#first(tx, 'schema_id = ?', [schemaId], this.#database.dialect.forUpdate);
  }

  named(reader: Reader, experiment: number, name: string): Promise<LabelSchema | undefined> {
    return this.#first(reader, 'experiment_id = ? and name = ?', [experiment, name]);
  }

  async hasDefault(reader: Reader, experiment: number): Promise<boolean> {
    const sql = 'select 1 as one from label_schemas where experiment_id = ? and is_default = 1';
    return (await reader.first({ sql, bindings: [experiment] })) !== undefined;
  }

  /** @throws MlflowError 400 for a page token that is broken, or of another experiment */
  async page(
    experiment: number,
    size: number,
    pageToken: string | undefined,
  ): Promise<{ readonly schemas: LabelSchema[]; readonly token: string | undefined }> {
    const query = { experiment };
    const position = decodePageToken(pageToken, query, ORDER);
    const after = position !== undefined && 'after' in position ? position.after : undefined;
    const behind = after && keysetAfter(ORDER, after);
    const found = await this.#database.scan.all<Row & Record<string, unknown>>({
      sql:
        `${SELECT} where experiment_id = ?${behind ? ` and ${behind.sql}` : ''} ` +
        'order by created_time desc, id desc limit ?',
      bindings: [experiment, ...(behind?.bindings ?? []), size + 1],
    });
    const { rows, token } = nextPage(found, size, ORDER, query, position);
    return { schemas: rows.map(toSchema), token };
  }

  /** @returns whether the name was free */
  async insert(tx: Transaction, schema: LabelSchema): Promise<boolean> {
    const inserted = await tx.insert(SCHEMAS, [
      [
        ...[schema.schema_id, schema.experiment_id, schema.name, schema.type, schema.instruction],
        ...[schema.enable_comment ? 1 : 0, schema.input.kind, inputToJson(schema.input)],
        ...[schema.created_by, schema.created_time, schema.last_update_time],
        schema.is_default ? 1 : 0,
      ],
    ]);
    return inserted > 0;
  }

  async update(tx: Transaction, schema: LabelSchema): Promise<void> {
    await tx.run({
      sql:
        'update label_schemas set name = ?, instruction = ?, enable_comment = ?, ' +
        'input_config = ?, last_update_time = ? where schema_id = ?',
      bindings: [
        ...[schema.name, schema.instruction, schema.enable_comment ? 1 : 0],
        ...[inputToJson(schema.input), schema.last_update_time, schema.schema_id],
      ],
    });
  }

  async delete(tx: Transaction, schemaId: string): Promise<void> {
    await tx.run({ sql: 'delete from label_schemas where schema_id = ?', bindings: [schemaId] });
  }

  async #first(reader: Reader, where: string, bindings: (string | number)[], lock = '') {
    const row = await reader.first<Row>({ sql: `${SELECT} where ${where}${lock}`, bindings });
    return row && toSchema(row);
  }
}

const toSchema = (row: Row): LabelSchema => ({
  schema_id: row.schema_id,
  experiment_id: row.experiment_id,
  name: row.name,
  type: row.type,
  instruction: row.instruction,
  enable_comment: row.enable_comment === 1,
  input: inputFromJson(row.input_type, row.input_config),
  created_by: row.created_by,
  created_time: row.created_time,
  last_update_time: row.last_update_time,
  is_default: row.is_default === 1,
});
