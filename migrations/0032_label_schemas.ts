import type { Knex } from 'knex';
import { ddl } from '../src/platform/db/ddl.js';

/** Label schemas: the questions that people answer about the traces of an experiment. */
export async function up(knex: Knex): Promise<void> {
  const { text, surrogate } = ddl(knex);
  await knex.schema.createTable('label_schemas', (t) => {
    t.specificType('id', surrogate);
    t.specificType('schema_id', text).notNullable().unique();
    t.bigInteger('experiment_id')
      .notNullable()
      .references('experiments.experiment_id')
      .onDelete('CASCADE');
    t.specificType('name', text).notNullable();
    t.specificType('type', text).notNullable();
    t.specificType('instruction', text);
    t.smallint('enable_comment').notNullable();
    t.specificType('input_type', text).notNullable();
    // JSON: labels, options or bounds, by the type.
    t.specificType('input_config', text).notNullable();
    t.specificType('created_by', text);
    t.bigInteger('created_time').notNullable();
    t.bigInteger('last_update_time').notNullable();
    // 1 for the question that every experiment has.
    t.smallint('is_default').notNullable();
    t.unique(['experiment_id', 'name']);
  });
  await knex.raw(
    'create index label_schemas_in_order on label_schemas (experiment_id, created_time desc, id desc)',
  );
}

export async function down(knex: Knex): Promise<void> {
  await knex.schema.dropTable('label_schemas');
}
