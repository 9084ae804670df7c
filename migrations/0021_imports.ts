import type { Knex } from 'knex';
import { createClusteredTable, ddl } from '../src/platform/db/ddl.js';

/** Which other database has been moved in, and how far that has come. */
export async function up(knex: Knex): Promise<void> {
  const { text, surrogate } = ddl(knex);
  await knex.schema.createTable('imports', (t) => {
    t.specificType('id', surrogate);
    // Where it came from, without its password.
    t.specificType('source', text).notNullable().unique();
    t.specificType('revision', text).notNullable();
    t.bigInteger('started_time').notNullable();
    // Null until everything has been copied.
    t.bigInteger('finished_time');
  });
  await createClusteredTable(knex, 'import_progress', (t) => {
    t.bigInteger('import').notNullable().references('imports.id').onDelete('CASCADE');
    t.specificType('family', text).notNullable();
    // JSON of the key of the last row that was copied.
    t.specificType('after_key', text).notNullable();
    t.bigInteger('copied').notNullable();
    t.specificType('is_done', 'smallint').notNullable();
    t.primary(['import', 'family']);
  });
}

export async function down(knex: Knex): Promise<void> {
  await knex.schema.dropTable('import_progress');
  await knex.schema.dropTable('imports');
}
