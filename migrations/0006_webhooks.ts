import type { Knex } from 'knex';
import { createClusteredTable, ddl } from '../src/platform/db/ddl.js';

/** Webhooks, what was and is to be delivered to them, and the work that any server may take up. */
export async function up(knex: Knex): Promise<void> {
  const { text, surrogate } = ddl(knex);

  await knex.schema.createTable('webhooks', (t) => {
    t.specificType('id', surrogate);
    t.specificType('webhook_id', text).notNullable().unique();
    t.specificType('name', text).notNullable();
    t.specificType('description', text);
    t.specificType('url', text).notNullable();
    // Encrypted; null where nothing is signed.
    t.specificType('secret', text);
    t.specificType('status', text).notNullable();
    t.bigInteger('creation_timestamp').notNullable();
    t.bigInteger('last_updated_timestamp').notNullable();
  });
  // The order of the key is that of the look-up at each change of the registry.
  await createClusteredTable(knex, 'webhook_events', (t) => {
    t.specificType('entity', text).notNullable();
    t.specificType('action', text).notNullable();
    t.bigInteger('webhook').notNullable().references('webhooks.id').onDelete('CASCADE');
    t.primary(['entity', 'action', 'webhook']);
  });
  await knex.raw('create index webhook_events_by_webhook on webhook_events (webhook)');

  // No foreign key: what is left of a deleted webhook's history goes with its age.
  await knex.schema.createTable('webhook_deliveries', (t) => {
    t.specificType('id', surrogate);
    t.specificType('delivery_id', text).notNullable().unique();
    t.bigInteger('webhook').notNullable();
    t.specificType('entity', text).notNullable();
    t.specificType('action', text).notNullable();
    // The body as it is sent, at each attempt the same.
    t.specificType('payload', text).notNullable();
    t.specificType('status', text).notNullable();
    t.bigInteger('attempts').notNullable();
    t.bigInteger('creation_timestamp').notNullable();
    // Since when it is tried: its creation, or the last wish to send it again.
    t.bigInteger('queued_time').notNullable();
    t.bigInteger('last_attempt_time');
    t.bigInteger('next_attempt_time');
    t.bigInteger('finished_time').index();
    t.bigInteger('response_status');
    t.specificType('error_message', text);
  });
  await knex.raw(
    'create index webhook_deliveries_by_webhook on webhook_deliveries (webhook, id desc)',
  );

  await knex.schema.createTable('jobs', (t) => {
    t.specificType('id', surrogate);
    // Who knows what to do, of what, and what must not be held up by whom.
    t.specificType('kind', text).notNullable();
    t.bigInteger('reference').notNullable();
    t.bigInteger('lane').notNullable();
    // While somebody works at it, the time from which on he counts as dead.
    t.bigInteger('due_time').notNullable();
    t.bigInteger('claims').notNullable();
    t.unique(['kind', 'reference']);
  });
  await knex.raw('create index jobs_by_due_time on jobs (kind, due_time, id)');
  await knex.raw('create index jobs_by_lane on jobs (kind, lane)');
}

export async function down(knex: Knex): Promise<void> {
  for (const table of ['jobs', 'webhook_deliveries', 'webhook_events', 'webhooks']) {
    await knex.schema.dropTable(table);
  }
}
