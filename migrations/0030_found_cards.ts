import type { Knex } from 'knex';
import { createClusteredTable, ddl } from '../src/platform/db/ddl.js';

/**
 * Cards that were not given to the server itself but came as a tag, a file or a description: these
 * are revisions too, counted together with those of version_cards.
 */
export async function up(knex: Knex): Promise<void> {
  const { text } = ddl(knex);
  await createClusteredTable(knex, 'version_found_cards', (t) => {
    t.bigInteger('model').notNullable();
    t.bigInteger('version').notNullable();
    t.foreign(['model', 'version'])
      .references(['model', 'version'])
      .inTable('model_versions')
      .onDelete('cascade');
    t.bigInteger('revision').notNullable();
    t.specificType('digest', text).notNullable();
    // Empty where nobody has signed in to put it there.
    t.specificType('author', text).notNullable();
    t.specificType('place', text).notNullable();
    t.specificType('card', text).notNullable();
    t.bigInteger('creation_timestamp').notNullable();
    t.primary(['model', 'version', 'revision']);
  });
}

export async function down(knex: Knex): Promise<void> {
  await knex.schema.dropTable('version_found_cards');
}
