import type { Knex } from 'knex';
import type { Dialect } from '../db/dialect.js';
import {
  aliasOf,
  complete,
  type KeyValue,
  keysetAfter,
  type Position,
  type SortColumn,
  sortBy,
} from './keyset.js';
import type { SortTerm } from './order-by.js';
import { addWhere, type SortLead, type Storage } from './storage.js';

/** @returns the index that has the first rows of an order, where there is one */
export function leadOf(terms: readonly SortTerm[], storage: Storage): SortLead | undefined {
  const [first] = complete(terms, storage);
  return first && storage.sortBy(first, aliasOf(0)).lead;
}

/** Tells whether a page that begins at this position begins among the rows of the index. */
export function beginsInLead({ constants }: SortLead, position: Position | undefined): boolean {
  if (position === undefined) return true;
  if (!('after' in position)) return false;
  return constants.every((constant, index) => position.after[index] === constant);
}

/** Which rows are to be read off an index, and from where on. */
export interface LedOrder {
  readonly terms: readonly SortTerm[];
  /** What `applyOrder` has made of the terms. */
  readonly columns: readonly SortColumn[];
  /** Whose rows these are. */
  readonly owner: number;
  /** The values of the last row seen, one per column. */
  readonly after: readonly KeyValue[] | undefined;
}

/**
 * Makes a query read its rows off the index, in its order.
 *
 * @param rows selects from the entity's table, filtered; is changed
 */
export function followLead(
  rows: Knex.QueryBuilder,
  storage: Storage & Required<Pick<Storage, 'table'>>,
  lead: SortLead,
  { lookUp }: Pick<Dialect, 'lookUp'>,
  { terms, columns, owner, after }: LedOrder,
): void {
  const { name, key } = storage.table;
  const { indexed, from, bindings } = lead;
  rows.from(rows.client.raw(`${from} ${lookUp(name, key, indexed.row)}`));
  addWhere(rows, {
    sql: `${indexed.owner} = ? and ${indexed.where}`,
    bindings: [owner, ...bindings],
  });
  complete(terms, storage).forEach((term, index) => {
    const { join } = storage.sortBy(term, aliasOf(index));
    if (index > 0 && join !== undefined) rows.joinRaw(join.sql, [...join.bindings] as Knex.Value[]);
  });
  lead.constants.forEach((constant, index) => {
    rows.select(rows.client.raw(`${constant} as sort_${index}`));
  });
  const place = lead.constants.length;
  const led = columns.slice(place).map((column, index) => {
    return index === 0 ? { ...column, ...lead.value, bindings: [], nullable: false } : column;
  });
  for (const column of led) sortBy(rows, column);
  if (after !== undefined) addWhere(rows, keysetAfter(led, after.slice(place)));
}
