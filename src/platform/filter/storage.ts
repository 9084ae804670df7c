import type { Knex } from 'knex';
import type { Comparison, Field } from './language.js';
import type { SortTerm } from './order-by.js';

/** A piece of SQL with the values for its placeholders. */
export interface Fragment {
  readonly sql: string;
  readonly bindings: readonly FragmentBinding[];
}

export type FragmentBinding = string | number | bigint;

export type ColumnType = 'text' | 'integer' | 'double';

/** A value that every row has in itself. */
export interface Column {
  readonly sql: string;
  readonly type: ColumnType;
  /** Rows without a value sort behind all others, whichever the direction. */
  readonly nullable?: true;
}

/** A value in another table: `exists (select 1 from <from> where <where> and ...)`. */
export interface RowSource {
  readonly from: string;
  readonly where: string;
  readonly bindings: readonly FragmentBinding[];
  readonly value: string;
  readonly type: ColumnType;
  /** Is 1 where the value stands for NaN, which is unequal to everything and equal to nothing. */
  readonly nan?: string;
}

/** Compares a column with the value of a comparison. */
export type Compare = (column: string, type: ColumnType) => Fragment;

/** A condition of its own making around the comparison. */
export interface Composed {
  compose(compare: Compare): Fragment;
}

/** What an order sorts by: perhaps a join, and one column or more. */
export interface SortSource {
  readonly join?: Fragment;
  readonly columns: readonly SortPart[];
}

export interface SortPart extends Column {
  readonly bindings?: readonly FragmentBinding[];
  /** Sorts ascending in both directions, like the rank that puts NaN behind numbers. */
  readonly always?: 'ascending';
}

/** Where the fields of an entity are stored. SQL names the entity's table in full, unaliased. */
export interface Storage {
  filterBy(comparison: Comparison): Column | RowSource | Composed;
  /** @param alias names the join, unique within the query */
  sortBy(term: Omit<SortTerm, 'ascending'>, alias: string): SortSource;
  /** The order where none is asked for. */
  readonly defaultOrder: readonly SortTerm[];
  /** What decides between equal rows, unless the order names it; ends in a unique key. */
  readonly tieBreakers: readonly SortTerm[];
  /**
   * Conditions beyond the comparisons, and the comparisons that remain beside them.
   * @param comparing compares columns with the value of one comparison
   */
  narrow?(
    comparisons: readonly Comparison[],
    comparing: (comparison: Comparison) => Compare,
  ): {
    readonly comparisons: readonly Comparison[];
    readonly conditions: readonly Fragment[];
  };
}

/** Adds a condition to a query. */
export function addWhere(builder: Knex.QueryBuilder, { sql, bindings }: Fragment): void {
  builder.whereRaw(sql, [...bindings] as Knex.RawBinding[]);
}

/** A column for each attribute, by name. */
export function columns(
  table: string,
  types: Readonly<Record<string, ColumnType | Column>>,
): (field: Field) => Column {
  const byName = new Map(
    Object.entries(types).map(([name, type]) => [
      name,
      typeof type === 'string' ? { sql: `${table}.${name}`, type } : type,
    ]),
  );
  return ({ key }) => {
    const column = byName.get(key);
    if (column === undefined) throw new Error(`No column is known for the attribute ${key}`);
    return column;
  };
}

/** A table of one text value per key, such as tags or params. */
export interface KeyedText {
  readonly table: string;
  /** Joins the table, under the given alias, with the entity's. */
  readonly owner: (alias: string) => string;
}

/** @returns the text stored under a key, for comparing */
export const textByKey = ({ table, owner }: KeyedText, key: string): RowSource => ({
  from: `${table} as f`,
  where: `${owner('f')} and f.key = ?`,
  bindings: [key],
  value: 'f.value',
  type: 'text',
});

/** @returns the text stored under a key, for sorting */
export const sortByText = (
  { table, owner }: KeyedText,
  key: string,
  alias: string,
): SortSource => ({
  join: {
    sql: `left join ${table} as ${alias} on ${owner(alias)} and ${alias}.key = ?`,
    bindings: [key],
  },
  columns: [{ sql: `${alias}.value`, type: 'text', nullable: true }],
});
