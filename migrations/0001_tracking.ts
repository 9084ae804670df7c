import type { Knex } from 'knex';
import { createClusteredTable, ddl } from '../src/platform/db/ddl.js';

/**
 * Experiments, runs and what is logged to them. Rows of a run are keyed by its integer surrogate
 * and carry no foreign key: the service checks the run in the same transaction, and a check per
 * metric point would cost more than the point.
 */
export async function up(knex: Knex): Promise<void> {
  const { text, surrogate } = ddl(knex);

  await knex.schema.createTable('experiments', (t) => {
    t.bigIncrements('experiment_id');
    t.specificType('name', text).notNullable().unique();
    t.specificType('artifact_location', text).notNullable();
    t.specificType('lifecycle_stage', text).notNullable();
    t.bigInteger('creation_time').notNullable();
    t.bigInteger('last_update_time').notNullable();
  });
  await createClusteredTable(knex, 'experiment_tags', (t) => {
    t.bigInteger('experiment_id').notNullable();
    t.specificType('key', text).notNullable();
    t.specificType('value', text).notNullable();
    t.primary(['experiment_id', 'key']);
  });

  await knex.schema.createTable('runs', (t) => {
    t.specificType('id', surrogate);
    t.specificType('run_id', text).notNullable().unique();
    t.bigInteger('experiment_id').notNullable();
    t.specificType('name', text).notNullable();
    t.specificType('user_id', text).notNullable();
    t.specificType('status', text).notNullable();
    t.bigInteger('start_time').notNullable();
    t.bigInteger('end_time');
    t.specificType('artifact_uri', text).notNullable();
    t.specificType('lifecycle_stage', text).notNullable();
    t.bigInteger('deleted_time');
  });
  await knex.raw(
    'create index runs_by_start on runs (experiment_id, lifecycle_stage, start_time desc)',
  );

  await createClusteredTable(knex, 'run_params', (t) => {
    t.bigInteger('run').notNullable();
    t.specificType('key', text).notNullable();
    t.specificType('value', text).notNullable();
    t.primary(['run', 'key']);
  });
  await createClusteredTable(knex, 'run_tags', (t) => {
    t.bigInteger('run').notNullable();
    t.specificType('key', text).notNullable();
    t.specificType('value', text).notNullable();
    t.primary(['run', 'key']);
  });
  await createClusteredTable(knex, 'metrics', (t) => {
    t.bigInteger('run').notNullable();
    t.specificType('key', text).notNullable();
    t.bigInteger('timestamp').notNullable();
    t.bigInteger('step').notNullable();
    t.specificType('value', 'double precision').notNullable();
    t.smallint('is_nan').notNullable();
    t.primary(['run', 'key', 'timestamp', 'step', 'value', 'is_nan']);
  });
  await createClusteredTable(knex, 'latest_metrics', (t) => {
    t.bigInteger('run').notNullable();
    t.specificType('key', text).notNullable();
    t.specificType('value', 'double precision').notNullable();
    t.smallint('is_nan').notNullable();
    t.bigInteger('step').notNullable();
    t.bigInteger('timestamp').notNullable();
    t.bigInteger('experiment_id').notNullable();
    t.primary(['run', 'key']);
  });
  // Searches by a metric read its values in their order and stop when a page is full.
  await knex.raw(
    'create index latest_metrics_by_value on latest_metrics (experiment_id, key, value, run) ' +
      'where is_nan = 0',
  );

  await knex.schema.createTable('datasets', (t) => {
    t.specificType('id', surrogate);
    t.bigInteger('experiment_id').notNullable();
    t.specificType('name', text).notNullable();
    t.specificType('digest', text).notNullable();
    t.specificType('source_type', text).notNullable();
    t.specificType('source', text).notNullable();
    t.specificType('schema', text);
    t.specificType('profile', text);
    t.unique(['experiment_id', 'name', 'digest']);
  });
  await createClusteredTable(knex, 'run_datasets', (t) => {
    t.bigInteger('run').notNullable();
    t.bigInteger('dataset').notNullable();
    t.primary(['run', 'dataset']);
  });
  await knex.raw('create index run_datasets_by_dataset on run_datasets (dataset)');
  await createClusteredTable(knex, 'run_dataset_tags', (t) => {
    t.bigInteger('run').notNullable();
    t.bigInteger('dataset').notNullable();
    t.specificType('key', text).notNullable();
    t.specificType('value', text).notNullable();
    t.primary(['run', 'dataset', 'key']);
  });
  await createClusteredTable(knex, 'run_input_models', (t) => {
    t.bigInteger('run').notNullable();
    t.specificType('model_id', text).notNullable();
    t.primary(['run', 'model_id']);
  });
  await createClusteredTable(knex, 'run_output_models', (t) => {
    t.bigInteger('run').notNullable();
    t.specificType('model_id', text).notNullable();
    t.bigInteger('step').notNullable();
    t.primary(['run', 'model_id']);
  });
}

export async function down(knex: Knex): Promise<void> {
  for (const table of [
    'run_output_models',
    'run_input_models',
    'run_dataset_tags',
    'run_datasets',
    'datasets',
    'latest_metrics',
    'metrics',
    'run_tags',
    'run_params',
    'runs',
    'experiment_tags',
    'experiments',
  ]) {
    await knex.schema.dropTable(table);
  }
}
