import knex from 'knex';
import { postgresDialect } from '../../db/postgres-dialect.js';
import { sqliteDialect } from '../../db/sqlite-dialect.js';
import { applyFilter } from '../compile.js';
import { parseFilter } from '../filter.js';
import { applyOrder } from '../keyset.js';
import type { SortTerm } from '../order-by.js';
import type { Vocabulary } from '../vocabulary.js';

type Searchable = Pick<Vocabulary, 'language' | 'storage'>;

const builders = {
  sqlite: {
    sql: knex({ client: 'better-sqlite3', useNullAsDefault: true }),
    dialect: sqliteDialect,
  },
  postgres: { sql: knex({ client: 'pg' }), dialect: postgresDialect },
};

/** The condition that a filter compiles to, as each database gets it, and its values. */
export function conditionOf(filter: string, vocabulary: Searchable) {
  const [sqlite, postgres] = [builders.sqlite, builders.postgres].map(({ sql, dialect }) => {
    const builder = sql.queryBuilder().from('t');
    applyFilter(builder, parseFilter(filter, vocabulary), vocabulary, dialect);
    const native = builder.toSQL().toNative();
    return { text: native.sql.replace(/^select \* from ["`]t["`](?: where )?/, ''), ...native };
  });
  return {
    sqlite: sqlite?.text,
    postgres: postgres?.text,
    bindings: [...(sqlite?.bindings ?? [])],
  };
}

/** What an order adds to a query, the same for both databases but for the placeholders. */
export function orderOf(
  terms: readonly SortTerm[],
  vocabulary: Pick<Vocabulary, 'storage'>,
): string {
  const builder = builders.sqlite.sql.queryBuilder().from('t');
  applyOrder(builder, terms, vocabulary);
  return builder.toSQL().toNative().sql;
}
