import type { Knex } from 'knex';

/** What has served in a place before: asked with each promotion, however long the history is. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw('create index live_history_by_place on live_history (model, target, version, id)');
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw('drop index live_history_by_place');
}
