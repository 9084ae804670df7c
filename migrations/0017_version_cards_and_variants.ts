import type { Knex } from 'knex';
import { createClusteredTable, ddl } from '../src/platform/db/ddl.js';

/** The card that a version serves with, what was said of its end, and models that nobody registered. */
export async function up(knex: Knex): Promise<void> {
  const { text } = ddl(knex);
  const version = (t: Knex.CreateTableBuilder) => {
    t.bigInteger('model').notNullable();
    t.bigInteger('version').notNullable();
    t.foreign(['model', 'version'])
      .references(['model', 'version'])
      .inTable('model_versions')
      .onDelete('cascade');
  };

  // A version in Production keeps this card, whatever is attached to it later.
  await createClusteredTable(knex, 'version_serving_cards', (t) => {
    version(t);
    t.specificType('digest', text).notNullable();
    t.specificType('card', text).notNullable();
    t.specificType('place', text).notNullable();
    t.specificType('path', text);
    // When this card was first seen, and when the version began to serve with it.
    t.bigInteger('attached_time').notNullable();
    t.bigInteger('pinned_time').notNullable();
    t.primary(['model', 'version']);
  });
  // A notice of 30, 7 or 0 days is given once for each end of a card.
  await createClusteredTable(knex, 'version_card_notices', (t) => {
    version(t);
    t.bigInteger('expires').notNullable();
    t.integer('days').notNullable();
    t.bigInteger('given_time').notNullable();
    t.primary(['model', 'version', 'expires', 'days']);
  });

  await knex.raw('create index logged_models_by_run on logged_models (source_run_id)');
  await knex.raw(
    'create index run_tags_of_models on run_tags (run) ' + "where key = 'mlflow.log-model.history'",
  );
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw('drop index run_tags_of_models');
  await knex.raw('drop index logged_models_by_run');
  for (const table of ['version_card_notices', 'version_serving_cards']) {
    await knex.schema.dropTable(table);
  }
}
