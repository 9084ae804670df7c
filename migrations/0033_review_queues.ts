import type { Knex } from 'knex';
import { createClusteredTable, ddl } from '../src/platform/db/ddl.js';

/** Review queues: traces that wait for people to answer the questions of an experiment. */
export async function up(knex: Knex): Promise<void> {
  const { text, surrogate } = ddl(knex);
  await knex.schema.createTable('review_queues', (t) => {
    t.specificType('id', surrogate);
    t.specificType('queue_id', text).notNullable().unique();
    t.bigInteger('experiment_id')
      .notNullable()
      .references('experiments.experiment_id')
      .onDelete('CASCADE');
    t.specificType('name', text).notNullable();
    // The name as it is told apart from others.
    t.specificType('name_key', text).notNullable();
    t.specificType('queue_type', text).notNullable();
    t.specificType('created_by', text);
    t.bigInteger('creation_time_ms').notNullable();
    t.bigInteger('last_update_time_ms').notNullable();
    t.unique(['experiment_id', 'name_key']);
  });
  await knex.raw(
    'create index review_queues_in_order on review_queues (experiment_id, creation_time_ms desc, id desc)',
  );
  const queue = (t: Knex.CreateTableBuilder) =>
    t.bigInteger('queue').notNullable().references('review_queues.id').onDelete('CASCADE');
  await createClusteredTable(knex, 'review_queue_users', (t) => {
    queue(t);
    t.specificType('user_id', text).notNullable();
    t.primary(['queue', 'user_id']);
  });
  // Schemas by the ids that others know: a queue keeps those that are gone.
  await createClusteredTable(knex, 'review_queue_label_schemas', (t) => {
    queue(t);
    t.specificType('schema_id', text).notNullable();
    t.primary(['queue', 'schema_id']);
  });
  await createClusteredTable(knex, 'review_queue_items', (t) => {
    queue(t);
    t.specificType('item_type', text).notNullable();
    t.specificType('item_id', text).notNullable().index('review_queue_items_by_item');
    t.specificType('status', text).notNullable();
    t.specificType('completed_by', text);
    t.bigInteger('completed_time_ms');
    t.bigInteger('creation_time_ms').notNullable();
    t.bigInteger('last_update_time_ms').notNullable();
    t.primary(['queue', 'item_id']);
  });
  for (const [name, status] of [
    ['review_queue_items_in_order', ''],
    ['review_queue_items_by_status', 'status, '],
  ]) {
    await knex.raw(
      `create index ${name} on review_queue_items (queue, ${status}creation_time_ms desc, item_id)`,
    );
  }
}

export async function down(knex: Knex): Promise<void> {
  for (const table of [
    ...['review_queue_items', 'review_queue_label_schemas', 'review_queue_users', 'review_queues'],
  ]) {
    await knex.schema.dropTable(table);
  }
}
