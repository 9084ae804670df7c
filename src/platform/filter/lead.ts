import type { Knex } from 'knex';
import type { Reader } from '../db/database.js';
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
 * Tells how far an index may be read before it is better to look at all rows at once: each row
 * that is read off it is looked up by itself, and the filter may keep next to none.
 *
 * @param ahead how many rows are read at most
 * @returns the value to stop in front of; nothing where the index ends before
 */
export async function borderOf(
  scan: Reader,
  { from, indexed, bindings, constants, value }: SortLead,
  { columns, owner, after }: LedOrder,
  ahead: number,
): Promise<KeyValue | undefined> {
  const place = constants.length;
  const isAscending = columns[place]?.ascending ?? true;
  const [behind, begin] =
    after === undefined
      ? ['', []]
      : [`and ${value.sql} ${isAscending ? '>=' : '<='} ?`, [after[place] ?? null]];
  const row = await scan.first<{ border: KeyValue }>({
    sql:
      `select ${value.sql} as border from ${from} where ${indexed.owner} = ? and ${indexed.where} ` +
      `${behind} order by ${value.sql} ${isAscending ? 'asc' : 'desc'} limit 1 offset ?`,
    bindings: [owner, ...bindings, ...begin, ahead],
  });
  return row?.border;
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
  border: KeyValue | undefined,
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
  if (border === undefined) return;
  const before = columns[place]?.ascending ? '<' : '>';
  rows.whereRaw(`${lead.value.sql} ${before} ?`, [border as Knex.RawBinding]);
}
