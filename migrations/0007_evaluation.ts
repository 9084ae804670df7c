import type { Knex } from 'knex';
import { createClusteredTable, ddl } from '../src/platform/db/ddl.js';

/** Evaluation datasets with their records, and scorers with their versions. */
export async function up(knex: Knex): Promise<void> {
  const { text, surrogate } = ddl(knex);

  await knex.schema.createTable('evaluation_datasets', (t) => {
    t.specificType('id', surrogate);
    t.specificType('dataset_id', text).notNullable().unique();
    t.specificType('name', text).notNullable().index();
    // JSON: the types of the fields that records have had so far.
    t.specificType('schema', text);
    // Null until the first record comes.
    t.bigInteger('num_records');
    t.specificType('digest', text).notNullable();
    t.bigInteger('created_time').notNullable();
    t.bigInteger('last_update_time').notNullable();
    t.specificType('created_by', text);
    t.specificType('last_updated_by', text);
  });
  await knex.raw(
    'create index evaluation_datasets_by_time on evaluation_datasets (created_time desc, dataset_id desc)',
  );
  const dataset = (t: Knex.CreateTableBuilder) =>
    t.bigInteger('dataset').notNullable().references('evaluation_datasets.id').onDelete('CASCADE');
  const experiment = (t: Knex.CreateTableBuilder) =>
    t
      .bigInteger('experiment_id')
      .notNullable()
      .references('experiments.experiment_id')
      .onDelete('CASCADE');

  await createClusteredTable(knex, 'evaluation_dataset_tags', (t) => {
    dataset(t);
    t.specificType('key', text).notNullable();
    t.specificType('value', text).notNullable();
    t.primary(['dataset', 'key']);
  });
  await createClusteredTable(knex, 'evaluation_dataset_experiments', (t) => {
    experiment(t);
    dataset(t);
    t.primary(['dataset', 'experiment_id']);
  });
  await knex.raw(
    'create index evaluation_dataset_experiments_by_experiment on evaluation_dataset_experiments (experiment_id, dataset)',
  );
  await knex.schema.createTable('evaluation_dataset_records', (t) => {
    t.specificType('id', surrogate);
    t.specificType('dataset_record_id', text).notNullable().unique();
    dataset(t);
    // Records with equal inputs are one.
    t.specificType('input_hash', text).notNullable();
    // JSON, as it is shown.
    t.specificType('inputs', text).notNullable();
    t.specificType('outputs', text);
    t.specificType('expectations', text);
    t.specificType('tags', text).notNullable();
    t.specificType('source', text);
    t.specificType('source_id', text);
    t.specificType('source_type', text);
    t.bigInteger('created_time').notNullable();
    t.bigInteger('last_update_time').notNullable();
    t.specificType('created_by', text);
    t.specificType('last_updated_by', text);
    t.unique(['dataset', 'input_hash']);
    t.index(
      ['dataset', 'created_time', 'dataset_record_id'],
      'evaluation_dataset_records_in_order',
    );
  });

  await knex.schema.createTable('scorers', (t) => {
    t.specificType('id', surrogate);
    t.specificType('scorer_id', text).notNullable().unique();
    experiment(t);
    t.specificType('name', text).notNullable();
    t.unique(['experiment_id', 'name']);
  });
  await createClusteredTable(knex, 'scorer_versions', (t) => {
    t.bigInteger('scorer').notNullable().references('scorers.id').onDelete('CASCADE');
    t.bigInteger('version').notNullable();
    t.specificType('serialized_scorer', text).notNullable();
    t.bigInteger('creation_time').notNullable();
    t.primary(['scorer', 'version']);
  });
  // How often a scorer is to be asked of new traces, and of which.
  await knex.schema.createTable('online_scoring_configs', (t) => {
    t.bigInteger('scorer').primary().references('scorers.id').onDelete('CASCADE');
    t.specificType('online_scoring_config_id', text).notNullable();
    t.double('sample_rate').notNullable();
    t.specificType('filter_string', text);
  });
}

export async function down(knex: Knex): Promise<void> {
  for (const table of [
    ...['online_scoring_configs', 'scorer_versions', 'scorers', 'evaluation_dataset_records'],
    ...['evaluation_dataset_experiments', 'evaluation_dataset_tags', 'evaluation_datasets'],
  ]) {
    await knex.schema.dropTable(table);
  }
}
