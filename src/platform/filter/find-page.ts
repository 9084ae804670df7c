import type { Knex } from 'knex';
import type { Database } from '../db/database.js';
import { applyFilter } from './compile.js';
import { FEW, fewRows, startWithFew } from './few-rows.js';
import {
  applyOrder,
  applyPosition,
  keysetAfter,
  type Position,
  type SortColumn,
} from './keyset.js';
import type { Comparison } from './language.js';
import { beginsInLead, borderOf, followLead, leadOf } from './lead.js';
import type { SortTerm } from './order-by.js';
import { decodePageToken, type Mismatch, nextPage, type PagedQuery } from './page-token.js';
import { addWhere, type Storage } from './storage.js';
import type { Vocabulary } from './vocabulary.js';

/** So many rows are read off an index, and so many for each row of the page. */
const AHEAD = 2_000;
const AHEAD_OF_EACH = 20;

/** A search that has been read and checked. */
export interface PageRequest {
  readonly comparisons: readonly Comparison[];
  readonly terms: readonly SortTerm[];
  /** Rows of the page. */
  readonly size: number;
  /** As the client sent it; empty for the first page. */
  readonly token: string;
  /** What a page token belongs to. */
  readonly query: PagedQuery;
  /** Whose rows are searched, if all are of one owner: indices are by owner. */
  readonly owner?: number | undefined;
  /** How many rows count as few; tests choose it to see every way of searching. */
  readonly few?: number;
  /** How many rows are read off an index at most before all are looked at; tests choose it too. */
  readonly ahead?: number;
  /** Own words for a token of another search. */
  readonly mismatch?: Mismatch;
}

/**
 * Finds one page of rows and the token of the next one.
 *
 * @param rows selects every row that may be found, from the vocabulary's table
 * @throws MlflowError 400 for a page token that is broken or of another search
 */
export async function findPage<Row extends object>(
  database: Database,
  vocabulary: Pick<Vocabulary, 'storage'>,
  rows: Knex.QueryBuilder,
  request: PageRequest,
): Promise<{ readonly rows: Row[]; readonly token: string | undefined }> {
  const { comparisons, terms, size, token, query, mismatch } = request;
  applyFilter(rows, comparisons, vocabulary, database.dialect);
  const ordered = rows.clone();
  const order = applyOrder(ordered, terms, vocabulary);
  const position = decodePageToken(token, query, order, mismatch);
  const search = { database, vocabulary, filtered: rows, ordered };
  const found = await findRows<Row & Sorted>(search, request, order, position);
  return nextPage(found, size, order, query, position);
}

type Sorted = Readonly<Record<string, unknown>>;

interface Search {
  readonly database: Database;
  readonly vocabulary: { readonly storage: Storage };
  readonly filtered: Knex.QueryBuilder;
  readonly ordered: Knex.QueryBuilder;
}

/**
 * One row more than the page has, which tells whether there is another page. Of three ways the
 * one is taken that looks at the fewest rows: those that a comparison keeps, where they are few;
 * those that an index has in the order that is asked for, as long as they fill the page soon; or
 * all of them.
 */
async function findRows<Row>(
  { database, vocabulary, filtered, ordered }: Search,
  { comparisons, terms, size, owner, few: most = FEW, ahead }: PageRequest,
  order: readonly SortColumn[],
  position: Position | undefined,
): Promise<Row[]> {
  const { scan, dialect } = database;
  const { storage } = vocabulary;
  const { table } = storage;
  const limit = size + 1;
  const search = (rows: Knex.QueryBuilder) => {
    applyPosition(rows, order, position);
    return scan.all<Row>(rows.limit(limit));
  };
  if (owner === undefined || table === undefined) return search(ordered);
  const few = await fewRows(database, comparisons, storage, owner, most);
  if (few !== undefined) {
    applyOrder(filtered, terms, vocabulary);
    startWithFew(filtered, table, few, dialect);
    return search(filtered);
  }
  const lead = leadOf(terms, storage);
  if (lead === undefined || !beginsInLead(lead, position)) return search(ordered);

  const after = position && 'after' in position ? position.after : undefined;
  const led = { terms, columns: order, owner, after };
  const border = await borderOf(scan, lead, led, ahead ?? Math.max(AHEAD, AHEAD_OF_EACH * limit));
  followLead(filtered, { ...storage, table }, lead, dialect, led, border);
  const first = await scan.all<Row>(filtered.limit(limit));
  if (first.length === limit) return first;
  if (border !== undefined) return search(ordered);
  // The index is at its end: what is left has no value in it, and comes behind.
  behindConstants(ordered, order, lead.constants);
  return [...first, ...(await scan.all<Row>(ordered.limit(limit - first.length)))];
}

function behindConstants(
  rows: Knex.QueryBuilder,
  order: readonly SortColumn[],
  constants: readonly number[],
): void {
  addWhere(rows, keysetAfter(order.slice(0, constants.length), constants));
}

/** Narrows rows to those of some owners; of one alone an index yields them in their order. */
export function ownedBy(
  rows: Knex.QueryBuilder,
  column: string,
  ids: readonly number[],
  { dialect }: Database,
): Knex.QueryBuilder {
  const [only] = ids;
  if (ids.length === 1) return rows.where(column, only as number);
  const { sql, bindings } = dialect.isOneOf(column, ids);
  return rows.whereRaw(sql, [...bindings] as string[]);
}
