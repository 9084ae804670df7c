import type { Knex } from 'knex';
import { createClusteredTable, ddl } from '../src/platform/db/ddl.js';

/** Registered models, their versions, tags and aliases. A hard-deleted model takes all of them. */
export async function up(knex: Knex): Promise<void> {
  const { text, surrogate } = ddl(knex);

  await knex.schema.createTable('registered_models', (t) => {
    t.specificType('id', surrogate);
    t.specificType('name', text).notNullable().unique();
    t.bigInteger('creation_timestamp').notNullable();
    t.bigInteger('last_updated_timestamp').notNullable();
    t.specificType('description', text);
  });
  await createClusteredTable(knex, 'registered_model_tags', (t) => {
    t.bigInteger('model').notNullable().references('registered_models.id').onDelete('cascade');
    t.specificType('key', text).notNullable();
    t.specificType('value', text).notNullable();
    t.primary(['model', 'key']);
  });
  await createClusteredTable(knex, 'registered_model_aliases', (t) => {
    t.bigInteger('model').notNullable().references('registered_models.id').onDelete('cascade');
    t.specificType('alias', text).notNullable();
    t.bigInteger('version').notNullable();
    t.primary(['model', 'alias']);
  });

  await createClusteredTable(knex, 'model_versions', (t) => {
    t.bigInteger('model').notNullable().references('registered_models.id').onDelete('cascade');
    t.bigInteger('version').notNullable();
    t.bigInteger('creation_timestamp').notNullable();
    t.bigInteger('last_updated_timestamp').notNullable();
    t.specificType('current_stage', text).notNullable();
    t.specificType('description', text);
    t.specificType('source', text).notNullable();
    t.specificType('storage_location', text).notNullable();
    t.specificType('run_id', text).notNullable();
    t.specificType('run_link', text).notNullable();
    t.specificType('status', text).notNullable();
    t.specificType('status_message', text);
    t.primary(['model', 'version']);
  });
  await knex.raw('create index model_versions_by_run on model_versions (run_id)');
  await knex.raw(
    'create index model_versions_by_update on model_versions (last_updated_timestamp desc)',
  );
  await knex.raw(
    'create index model_versions_by_stage on model_versions (model, current_stage, version)',
  );
  await createClusteredTable(knex, 'model_version_tags', (t) => {
    t.bigInteger('model').notNullable();
    t.bigInteger('version').notNullable();
    t.specificType('key', text).notNullable();
    t.specificType('value', text).notNullable();
    t.primary(['model', 'version', 'key']);
    t.foreign(['model', 'version'])
      .references(['model', 'version'])
      .inTable('model_versions')
      .onDelete('cascade');
  });
  // Prompts are models with a tag, and every search has to leave them out.
  for (const table of ['registered_model_tags', 'model_version_tags']) {
    await knex.raw(
      `create index ${table}_of_prompts on ${table} (model) ` +
        "where key = 'mlflow.prompt.is_prompt' and value = 'true'",
    );
  }
}

export async function down(knex: Knex): Promise<void> {
  for (const table of [
    'model_version_tags',
    'model_versions',
    'registered_model_aliases',
    'registered_model_tags',
    'registered_models',
  ]) {
    await knex.schema.dropTable(table);
  }
}
