import type { Knex } from 'knex';
import type { Database } from '../db/database.js';
import { applyFilter } from './compile.js';
import { applyOrder, applyPosition } from './keyset.js';
import type { Comparison } from './language.js';
import type { SortTerm } from './order-by.js';
import { decodePageToken, type Mismatch, nextPage, type PagedQuery } from './page-token.js';
import type { Vocabulary } from './vocabulary.js';

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
  { scan, dialect }: Database,
  vocabulary: Pick<Vocabulary, 'storage'>,
  rows: Knex.QueryBuilder,
  { comparisons, terms, size, token, query, mismatch }: PageRequest,
): Promise<{ readonly rows: Row[]; readonly token: string | undefined }> {
  applyFilter(rows, comparisons, vocabulary, dialect);
  const order = applyOrder(rows, terms, vocabulary);
  const position = decodePageToken(token, query, order, mismatch);
  applyPosition(rows, order, position);
  // One row more tells whether there is another page.
  const found = await scan.all<Row & Readonly<Record<string, unknown>>>(rows.limit(size + 1));
  return nextPage(found, size, order, query, position);
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
