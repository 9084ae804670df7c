import type {
  Binding,
  BulkInsert,
  BulkRow,
  Chain,
  Query,
  Repeated,
  Statement,
} from './database.js';

/** @returns the SQL of a query with `?` placeholders, and its bindings */
export function toStatement(query: Query): Statement {
  if (!('toSQL' in query)) return query;
  const { sql, bindings } = query.toSQL();
  return { sql, bindings: bindings as readonly Binding[] };
}

const text = (bulk: BulkInsert, values: string): string =>
  `insert into ${bulk.table} (${Object.keys(bulk.columns).join(', ')}) ${values} ${bulk.conflict ?? ''}`;

/** @returns an insert of one row, with a placeholder for each column */
export function insertOne(bulk: BulkInsert): string {
  const places = Object.keys(bulk.columns).map(() => '?');
  return text(bulk, `values (${places.join(', ')})`);
}

/** @returns an insert of any number of rows that binds one array for each column */
export function insertUnnested(bulk: BulkInsert): string {
  const arrays = Object.values(bulk.columns).map((type) => `cast(? as ${type}[])`);
  return text(bulk, `select * from unnest(${arrays.join(', ')})`);
}

/** @returns a read for each of many rows of bindings, in their order, that binds an array for each column */
export function readUnnested({ sql, types }: Repeated): string {
  const arrays = types.map((type, index) => `cast($${index + 1} as ${type}[])`);
  const names = types.map((_, index) => `p${index + 1}`);
  const read = numberPlaceholders(sql).replace(/\$(\d+)/g, 'given.p$1');
  return (
    `select found.* from unnest(${arrays.join(', ')}) with ordinality ` +
    `as given(${[...names, 'place'].join(', ')}) cross join lateral (${read}) as found order by given.place`
  );
}

/** @returns a read of all rows of a chain, in their order */
export function readChain({ first, next }: Chain): string {
  const follow = next.replace(/(?<!:):([a-z_]+)/g, 'chain.$1');
  return (
    `with recursive chain as ((${numberPlaceholders(first.sql)}) union all ` +
    `select found.* from chain cross join lateral (${follow}) as found) select * from chain`
  );
}

/** @returns an array for each of so many columns */
export const columnsOf = (count: number, rows: readonly BulkRow[]): unknown[][] =>
  Array.from({ length: count }, (_, column) => rows.map((row) => row[column]));

const numbered = new Map<string, string>();

/** @returns the SQL with `$1, $2 ...` for each `?` outside of quoted text */
export function numberPlaceholders(sql: string): string {
  const known = numbered.get(sql);
  if (known !== undefined) return known;
  let index = 0;
  const result = sql.replace(/'(?:[^']|'')*'|"(?:[^"]|"")*"|\\\?|\?/g, (token) => {
    if (token === '\\?') return '?';
    if (token !== '?') return token;
    index += 1;
    return `$${index}`;
  });
  if (numbered.size < 1_000) numbered.set(sql, result);
  return result;
}
