import type { Knex } from 'knex';
import type { Database } from '../platform/db/database.js';
import { applyFilter } from '../platform/filter/compile.js';
import { parseFilter } from '../platform/filter/filter.js';
import { applyOrder, applyPosition } from '../platform/filter/keyset.js';
import { parseOrderBy } from '../platform/filter/order-by.js';
import { decodePageToken, nextPage } from '../platform/filter/page-token.js';
import type { Vocabulary } from '../platform/filter/vocabulary.js';
import type { Scope } from '../platform/http/scope.js';

/** What a caller searches for. */
export interface SearchRequest {
  readonly filter: string | undefined;
  readonly orderBy: readonly string[] | undefined;
  readonly pageToken: string | undefined;
  /** Below 1 nothing is found. */
  readonly maxResults: number | bigint;
  /** Which of them whoever asks may see. */
  readonly scope?: Scope;
}

export interface Page<Row> {
  readonly rows: readonly Row[];
  /** Leads to the next page; absent on the last. */
  readonly token: string | undefined;
}

/**
 * Finds a page of rows first and what is shown of them after, so that tags and the like are
 * looked up for the page alone. Both are one statement: all of a page is from one moment.
 *
 * @param all selects every row that may be found
 * @param shown what is selected of the page, under which alias
 */
export async function searchPage<Row>(
  { sql, dialect, scan }: Database,
  vocabulary: Vocabulary,
  { filter = '', orderBy = [], pageToken, maxResults }: SearchRequest,
  all: Knex.QueryBuilder,
  shown: { readonly alias: string; readonly columns: string },
): Promise<Page<Row>> {
  const query = { filter, order_by: orderBy };
  applyFilter(all, parseFilter(filter, vocabulary), vocabulary, dialect);
  const order = applyOrder(all, parseOrderBy(orderBy, vocabulary), vocabulary);
  const position = decodePageToken(pageToken, query, order);
  const size = Number(maxResults);
  if (size < 1) return { rows: [], token: undefined };

  applyPosition(all, order, position);
  const keys = order.map(({ name }) => `${shown.alias}.${name}`);
  const page = sql
    .withMaterialized('page', all.limit(size + 1))
    .select(sql.raw([shown.columns, ...keys].join(', ')))
    .from(`page as ${shown.alias}`);
  for (const { name, ascending } of order) {
    page.orderByRaw(`${shown.alias}.${name} ${ascending ? 'asc' : 'desc'}`);
  }
  const found = await scan.all<Row & Record<string, unknown>>(page);
  return nextPage(found, size, order, query, position);
}
