import type { Knex } from 'knex';

/**
 * Which rows of a list a caller may see. It narrows the query itself, so that pages are full,
 * totals right and tokens good.
 */
export interface Scope {
  /** Whether it narrows nothing. */
  readonly isWhole: boolean;
  /** Keeps rows whose experiment the caller may read. @param column holds the experiment's id */
  experiments(rows: Knex.QueryBuilder, column: string): void;
  /** Keeps rows whose registered model or prompt the caller may read. @param column its surrogate key */
  models(rows: Knex.QueryBuilder, columns: { readonly id: string; readonly name: string }): void;
}

/** Narrows nothing. */
export const seesAll: Scope = {
  isWhole: true,
  experiments: () => undefined,
  models: () => undefined,
};
