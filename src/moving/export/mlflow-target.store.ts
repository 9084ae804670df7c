import type { BulkRow, BulkType, Database, Transaction } from '../../platform/db/database.js';
import type { ForeignDialect } from '../../platform/db/foreign-dialect.js';
import type { Row } from '../family.js';
import { completion, creation } from './ddl.store.js';
import { type Kind, writtenColumns } from './kind.js';
import { REVISION, TABLES } from './schema.js';
import type { Column } from './schema-notation.js';

/** The table that a database has until everything is there. */
const UNFINISHED = 'runledger_export';

const BULK_TYPES: Readonly<Record<string, BulkType>> = {
  ...{ text: 'text', varchar: 'text', int: 'bigint', bigint: 'bigint', serial: 'bigint' },
  ...{ double: 'double precision', boolean: 'boolean', json: 'json' },
};
const COLUMNS = new Map(TABLES.map(({ name, columns }) => [name, columns]));

/** SQL that makes a database of MLflow's and fills it. */
export class MlflowTarget {
  readonly #database: Database;
  readonly #dialect: ForeignDialect;
  readonly #widened = new Set<string>();

  constructor(database: Database, dialect: ForeignDialect) {
    this.#database = database;
    this.#dialect = dialect;
  }

  /** Columns that were made wider than MLflow's, since texts were longer. */
  get widened(): readonly string[] {
    return [...this.#widened].sort();
  }

  /**
   * Makes all tables. What an export that was stopped has left is removed first.
   *
   * @throws Error with one sentence when there are other tables
   */
  async begin(): Promise<void> {
    const found = await this.#database.read.all<{ name: string }>({
      sql: this.#dialect.tables,
      bindings: [],
    });
    const names = found.map(({ name }) => name);
    if (names.length > 0 && !names.includes(UNFINISHED)) {
      throw new Error(
        `The target is not empty: it has ${names.length} tables, such as '${names.sort()[0]}'. ` +
          'Name a database that has none; an export never adds to what is there',
      );
    }
    const ours = [...TABLES].reverse().filter(({ name }) => names.includes(name));
    await this.#database.write(async (tx) => {
      for (const { name } of ours) await run(tx, `drop table ${name}`);
      if (names.length === 0) await run(tx, `create table ${UNFINISHED} (revision text)`);
      for (const sql of creation(TABLES, this.#dialect)) await run(tx, sql);
    });
  }

  async insert(kind: Kind, rows: readonly Row[]): Promise<void> {
    if (rows.length === 0) return;
    const names = writtenColumns(kind);
    const columns = names.map((name) => columnOf(kind.into, name));
    const values = rows.map((row): BulkRow => names.map((name) => row[name] ?? null));
    await this.#database.write(async (tx) => {
      await this.#widen(tx, kind, columns, values);
      const types = columns.map(({ name, type }) => [name, BULK_TYPES[type] ?? 'text'] as const);
      await tx.insert({ table: kind.into, columns: Object.fromEntries(types) }, values);
    });
  }

  /** Makes the indexes and the rules, and says at last that the schema is whole. */
  async finish(): Promise<void> {
    await this.#database.write(async (tx) => {
      for (const sql of completion(TABLES, this.#dialect)) await run(tx, sql);
      const kept = ['secret_id', 'secret_name'];
      for (const sql of this.#dialect.keep('secrets', kept, KEPT)) await run(tx, sql);
      const next = this.#database.dialect.numberBehind('experiments', 'experiment_id');
      if (next !== undefined) await tx.all({ sql: next, bindings: [] });
    });
  }

  /** From here on MLflow takes the database for its own. */
  async release(): Promise<void> {
    await this.#database.write(async (tx) => {
      const sql = 'insert into alembic_version (version_num) values (?)';
      await tx.run({ sql, bindings: [REVISION] });
      await run(tx, `drop table ${UNFINISHED}`);
    });
  }

  /** PostgreSQL refuses texts that are longer than the type of their column says. */
  async #widen(
    tx: Transaction,
    { into }: Kind,
    columns: readonly Column[],
    rows: readonly BulkRow[],
  ): Promise<void> {
    for (const [at, { name, limit }] of columns.entries()) {
      if (limit === undefined || this.#widened.has(`${into}.${name}`)) continue;
      if (!rows.some((row) => isLonger(row[at], limit))) continue;
      const sql = this.#dialect.widen(into, name);
      if (sql === undefined) continue;
      await run(tx, sql);
      this.#widened.add(`${into}.${name}`);
    }
  }
}

const KEPT = 'secret_id and secret_name are bound to what was encrypted and cannot change';

const run = (tx: Transaction, sql: string): Promise<number> => tx.run({ sql, bindings: [] });

function columnOf(table: string, name: string): Column {
  const column = COLUMNS.get(table)?.get(name);
  if (column === undefined) throw new Error(`MLflow has no column ${table}.${name}`);
  return column;
}

/** Lengths count characters; a text of no more units than that has no more of them. */
const isLonger = (value: unknown, limit: number): boolean =>
  typeof value === 'string' && value.length > limit && [...value].length > limit;
