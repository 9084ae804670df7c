import type { Knex } from 'knex';
import { createClusteredTable, ddl } from '../src/platform/db/ddl.js';

/** Logged models of MLflow 3: a model with its params, tags and metric points, apart from a run. */
export async function up(knex: Knex): Promise<void> {
  const { text, surrogate } = ddl(knex);

  await knex.schema.createTable('logged_models', (t) => {
    t.specificType('id', surrogate);
    t.specificType('model_id', text).notNullable().unique();
    t.bigInteger('experiment_id').notNullable();
    t.specificType('name', text).notNullable();
    t.specificType('artifact_uri', text).notNullable();
    t.bigInteger('creation_timestamp').notNullable();
    t.bigInteger('last_updated_timestamp').notNullable();
    t.smallint('status').notNullable();
    t.specificType('model_type', text).notNullable();
    t.specificType('source_run_id', text).notNullable();
    t.specificType('status_message', text);
    t.specificType('lifecycle_stage', text).notNullable();
  });
  await knex.raw(
    'create index logged_models_by_creation on logged_models ' +
      '(experiment_id, lifecycle_stage, creation_timestamp desc, model_id)',
  );
  for (const table of ['logged_model_params', 'logged_model_tags']) {
    await createClusteredTable(knex, table, (t) => {
      t.bigInteger('model').notNullable();
      t.specificType('key', text).notNullable();
      t.specificType('value', text).notNullable();
      t.primary(['model', 'key']);
    });
  }
  await createClusteredTable(knex, 'logged_model_metrics', (t) => {
    t.bigInteger('model').notNullable();
    t.specificType('key', text).notNullable();
    t.bigInteger('timestamp').notNullable();
    t.bigInteger('step').notNullable();
    t.specificType('run_id', text).notNullable();
    t.specificType('value', 'double precision').notNullable();
    t.specificType('dataset_name', text);
    t.specificType('dataset_digest', text);
    t.primary(['model', 'key', 'timestamp', 'step', 'run_id']);
  });
}

export async function down(knex: Knex): Promise<void> {
  for (const table of [
    'logged_model_metrics',
    'logged_model_tags',
    'logged_model_params',
    'logged_models',
  ]) {
    await knex.schema.dropTable(table);
  }
}
