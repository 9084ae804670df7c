import type { Knex } from 'knex';
import type { SortTerm } from './order-by.js';
import { addWhere, type ColumnType, type Fragment, type Storage } from './storage.js';

/** A value that a row was sorted by. */
export type KeyValue = string | number | bigint | null;

/** One column of an order. Values that are null come last in both directions. */
export interface SortColumn extends Fragment {
  /** Names the value in the selected rows. */
  readonly name: string;
  readonly type: ColumnType;
  readonly ascending: boolean;
  readonly nullable: boolean;
}

const raw = (builder: Knex.QueryBuilder, { sql, bindings }: Fragment): Knex.Raw =>
  builder.client.raw(sql, [...bindings]);

/**
 * Sorts a query: adds the joins that the order needs, the columns it sorts by as `sort_0`,
 * `sort_1` and so on, and `order by`.
 * @param builder selects from the entity's table
 * @param terms what the caller asked for; tie-breakers follow by themselves
 * @returns the columns of the order, for {@link keysetAfter} and {@link keysOf}
 */
export function applyOrder(
  builder: Knex.QueryBuilder,
  terms: readonly SortTerm[],
  { storage }: { readonly storage: Storage },
): SortColumn[] {
  const columns: SortColumn[] = [];
  complete(terms, storage).forEach((term, index) => {
    const { join, columns: parts } = storage.sortBy(term, aliasOf(index));
    if (join !== undefined) builder.joinRaw(join.sql, [...join.bindings] as Knex.Value[]);
    for (const { sql, bindings = [], type, nullable = false, always } of parts) {
      const ascending = always !== undefined || term.ascending;
      columns.push({ sql, bindings, type, nullable, ascending, name: `sort_${columns.length}` });
    }
  });
  for (const column of columns) sortBy(builder, column);
  return columns;
}

/** @returns the name of the table that the order's term at this place joins */
export const aliasOf = (index: number): string => `by_${index}`;

/** Selects a column of an order under its name, and sorts by it. */
export function sortBy(builder: Knex.QueryBuilder, column: SortColumn): void {
  builder.select(raw(builder, { ...column, sql: `${column.sql} as ${column.name}` }));
  builder.orderByRaw(orderOf(column));
}

const orderOf = ({ name, ascending, nullable }: SortColumn): string =>
  `${name} ${ascending ? 'asc' : 'desc'}${nullable ? ' nulls last' : ''}`;

/** @returns the terms with the tie-breakers that they lack */
export function complete(terms: readonly SortTerm[], storage: Storage): SortTerm[] {
  const asked = terms.length > 0 ? terms : storage.defaultOrder;
  const isAsked = (tie: SortTerm) =>
    asked.some(({ entity, key }) => entity === tie.entity && key === tie.key);
  return [...asked, ...storage.tieBreakers.filter((tie) => !isAsked(tie))];
}

/** @returns the values that a row was sorted by */
export const keysOf = (
  columns: readonly SortColumn[],
  row: Readonly<Record<string, unknown>>,
): KeyValue[] => columns.map(({ name }) => row[name] as KeyValue);

/**
 * The condition for rows behind the given one.
 * @param columns an order that ends in a unique key
 * @param last the values of the last row seen, one per column
 */
export function keysetAfter(columns: readonly SortColumn[], last: readonly KeyValue[]): Fragment {
  const behind = columns.reduceRight<Fragment | undefined>(
    (rest, column, index) => behindOrEqual(column, last[index] ?? null, rest),
    undefined,
  );
  const [first] = columns;
  const bound = last[0] ?? null;
  if (behind === undefined) return { sql: '1 = 0', bindings: [] };
  if (first === undefined || first.nullable || bound === null || columns.length === 1) {
    return behind;
  }
  // Says nothing new, but lets an index begin at the right place.
  const sign = first.ascending ? '>=' : '<=';
  return {
    sql: `${first.sql} ${sign} ? and ${behind.sql}`,
    bindings: [...first.bindings, bound, ...behind.bindings],
  };
}

/** Rows behind in this column, or equal in it and behind in the `rest`. */
function behindOrEqual(
  { sql, bindings, ascending, nullable }: SortColumn,
  value: KeyValue,
  rest: Fragment | undefined,
): Fragment | undefined {
  if (value === null) {
    // Only nulls are as far behind as a null.
    return (
      rest && { sql: `(${sql} is null and ${rest.sql})`, bindings: [...bindings, ...rest.bindings] }
    );
  }
  const parts: Fragment[] = [
    { sql: `${sql} ${ascending ? '>' : '<'} ?`, bindings: [...bindings, value] },
  ];
  if (nullable) parts.push({ sql: `${sql} is null`, bindings });
  if (rest !== undefined) {
    parts.push({
      sql: `(${sql} = ? and ${rest.sql})`,
      bindings: [...bindings, value, ...rest.bindings],
    });
  }
  return {
    sql: `(${parts.map((part) => part.sql).join(' or ')})`,
    bindings: parts.flatMap((part) => part.bindings),
  };
}

/** Where a page begins: behind a row, or after so many rows. */
export type Position =
  | { readonly after: readonly KeyValue[]; readonly seen: number }
  | { readonly seen: number };

/**
 * Moves a sorted query to where its page begins.
 * @param position from the page token; nothing for the first page
 */
export function applyPosition(
  builder: Knex.QueryBuilder,
  columns: readonly SortColumn[],
  position: Position | undefined,
): void {
  if (position === undefined) return;
  if ('after' in position) addWhere(builder, keysetAfter(columns, position.after));
  else builder.offset(position.seen);
}
