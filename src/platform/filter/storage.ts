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
  /** Set where the table's key leads to the one row that an entity has. */
  readonly isOne?: boolean;
  /** Set where an index holds the values in their order: few of them are quickly found. */
  readonly indexed?: IndexedRows | IndexedTexts;
}

/** Columns of a table with an index on (owner, key, value), of which an entity has one row a key. */
export interface IndexedRows {
  /** The column with the owner, an experiment for instance. */
  readonly owner: string;
  /** The column with the key of the entity's row. */
  readonly row: string;
  /** Which rows of the table are meant; the bindings are those of whoever uses it. */
  readonly where: string;
}

/** Columns of a table with an index on how a text begins. */
export interface IndexedTexts extends Omit<IndexedRows, 'owner'> {
  /** The beginning, as the index has it, and how many characters that are. */
  readonly beginning: string;
  readonly length: number;
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
  readonly lead?: SortLead;
}

/**
 * The first rows of an order, off an index that has them in it: a search that begins there looks
 * at no more rows than it takes to fill a page. All rows that it lacks come behind those it has.
 */
export interface SortLead {
  /** The table with its alias. */
  readonly from: string;
  readonly indexed: IndexedRows;
  readonly bindings: readonly FragmentBinding[];
  /** What stands in the first columns of the order for each of these rows. */
  readonly constants: readonly number[];
  /** The next column, which is the index's value and never null. */
  readonly value: Column;
}

export interface SortPart extends Column {
  readonly bindings?: readonly FragmentBinding[];
  /** Sorts ascending in both directions, like the rank that puts NaN behind numbers. */
  readonly always?: 'ascending';
}

/** Where the fields of an entity are stored. SQL names the entity's table in full, unaliased. */
export interface Storage {
  /** The table, where the entity has rows that an index leads to. */
  readonly table?: { readonly name: string; readonly key: string };
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
  /** Set where the owner and the key are the key of the table. */
  readonly isOne?: boolean;
}

/** @returns the text stored under a key, for comparing */
export const textByKey = ({ table, owner, isOne = false }: KeyedText, key: string): RowSource => ({
  from: `${table} as f`,
  where: `${owner('f')} and f.key = ?`,
  bindings: [key],
  value: 'f.value',
  type: 'text',
  isOne,
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
