import type { BulkDatabase } from './bulk-database.js';

/** Makes the secondary indices of tables once after they have been filled, which is much faster. */
export async function withoutIndices(
  database: BulkDatabase,
  tables: readonly string[],
  work: () => Promise<void>,
): Promise<void> {
  const names = tables.map((table) => `'${table}'`).join(', ');
  const indices = await database.rows(
    database.kind === 'sqlite'
      ? `select name, sql from sqlite_schema
         where type = 'index' and sql is not null and tbl_name in (${names})
           and sql not like 'create unique%'`
      : `select indexname as name, indexdef as sql from pg_indexes
         where tablename in (${names}) and indexdef not like 'CREATE UNIQUE%'`,
  );
  for (const { name } of indices) await database.run(`drop index ${name}`);
  await work();
  for (const { sql } of indices) await database.run(String(sql));
}
