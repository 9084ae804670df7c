import type { Binding, BulkRow, Database, Transaction } from '../platform/db/database.js';
import type { Family, Reference, Row, Value } from './family.js';
import type { Page } from './source.store.js';

type Plain = Exclude<Binding, boolean>;

/** Surrogate keys that are remembered for each kind of reference. */
const REMEMBERED = 200_000;

/** SQL that fills and reads the tables that are moved into. */
export class TargetStore {
  readonly #database: Database;
  readonly #known = new Map<string, Map<string, number>>();

  constructor(database: Database) {
    this.#database = database;
  }

  /** @returns the first table that holds something, though it would be moved into */
  async occupied(families: readonly Family[]): Promise<string | undefined> {
    for (const { target } of families) {
      // A server makes experiment 0 when it starts.
      const where =
        target.table === 'experiments' ? 't.experiment_id <> 0' : (target.where ?? '1 = 1');
      const sql = `select 1 as found from ${target.table} t ${target.joins ?? ''} where ${where} limit 1`;
      if ((await this.#database.read.first({ sql, bindings: [] })) !== undefined) {
        return target.table;
      }
    }
    return undefined;
  }

  /**
   * Finds what the rows refer to.
   *
   * @returns the rows that can be moved, each as the target's table has it
   */
  async resolve(family: Family, rows: readonly Row[]): Promise<readonly [Row, BulkRow][]> {
    const references = Object.entries(family.references ?? {});
    for (const [, reference] of references) await this.#learn(reference, rows);
    const columns = Object.keys(family.target.columns);
    return rows.flatMap((row) => {
      const keys: Record<string, number> = {};
      for (const [column, reference] of references) {
        const key = this.#known.get(reference.table)?.get(nameOf(reference, row));
        if (key === undefined) return [];
        keys[column] = key;
      }
      const values = columns.map((name): Plain => keys[name] ?? row[name] ?? null);
      return [[row, values] as [Row, BulkRow]];
    });
  }

  async insert(tx: Transaction, family: Family, rows: readonly BulkRow[]): Promise<void> {
    if (rows.length === 0) return;
    const { table, columns, conflict = 'on conflict do nothing', also } = family.target;
    await tx.insert({ table, columns, conflict }, rows);
    for (const change of also?.(rows) ?? []) await tx.send(change);
  }

  /** Takes out all that an import has put in: children before what they belong to. */
  async empty(tx: Transaction, families: readonly Family[]): Promise<void> {
    for (const { target } of families.toReversed()) {
      await tx.run({ sql: `delete from ${target.table}`, bindings: [] });
    }
    this.#known.clear();
  }

  /** Moves the sequence on behind the ids that were given. */
  async number(tx: Transaction, family: Family): Promise<void> {
    const { table, numbered } = family.target;
    if (numbered === undefined) return;
    const sql = this.#database.dialect.numberBehind(table, numbered);
    if (sql !== undefined) await tx.all({ sql, bindings: [] });
  }

  /** Reads rows as the source tells them. @param after the key of the last row of before */
  async page(family: Family, limit: number, after: readonly Value[] | undefined): Promise<Page> {
    const { table, key, columns, joins = '', read = {}, where } = family.target;
    const own = Object.keys(columns).filter(
      (name) => !Object.hasOwn(family.references ?? {}, name),
    );
    const names = [...new Set([...own, ...Object.keys(read)])];
    const selected = names.map((name) => `${read[name] ?? `t.${name}`} as "${name}"`);
    const keys = key.map((name) => `t.${name}`);
    const conditions = [
      ...(where === undefined ? [] : [`(${where})`]),
      ...(after ? [`(${keys.join(', ')}) > (${keys.map(() => '?').join(', ')})`] : []),
    ];
    const rows = await this.#database.scan.all<Record<string, Value>>({
      sql:
        `select ${keys.map((name, at) => `${name} as key_${at}`).join(', ')}, ` +
        `${selected.join(', ')} from ${table} t ${joins} ` +
        `${conditions.length > 0 ? `where ${conditions.join(' and ')} ` : ''}` +
        `order by ${keys.join(', ')} limit ${limit}`,
      bindings: after ?? [],
    });
    const last = rows.length < limit ? undefined : rows.at(-1);
    return {
      rows: rows.map((row) => Object.fromEntries(names.map((name) => [name, row[name] ?? null]))),
      last: last && key.map((_, at) => last[`key_${at}`] ?? null),
    };
  }

  async #learn(reference: Reference, rows: readonly Row[]): Promise<void> {
    const { table, by } = reference;
    let known = this.#known.get(table);
    if (known === undefined || known.size > REMEMBERED) {
      known = new Map();
      this.#known.set(table, known);
    }
    const missing = rows.filter((row) => !known.has(nameOf(reference, row)));
    if (missing.length === 0) return;
    const { dialect } = this.#database;
    const conditions = Object.entries(by).map(([column, name]) => {
      const values = [...new Set(missing.map((row) => row[name] ?? null))];
      const texts = values.filter((value) => typeof value === 'string');
      return texts.length > 0
        ? dialect.isOneOfText(column, texts)
        : dialect.isOneOf(
            column,
            values.filter((value) => typeof value === 'number' || typeof value === 'bigint'),
          );
    });
    const found = await this.#database.scan.all<Record<string, Value>>({
      sql:
        `select id, ${Object.keys(by).join(', ')} from ${table} ` +
        `where ${conditions.map(({ sql }) => sql).join(' and ')}`,
      bindings: conditions.flatMap(({ bindings }) => bindings) as Binding[],
    });
    for (const row of found) {
      known.set(JSON.stringify(Object.keys(by).map((name) => row[name])), Number(row.id));
    }
  }
}

const nameOf = ({ by }: Reference, row: Row): string =>
  JSON.stringify(Object.values(by).map((name) => row[name]));
