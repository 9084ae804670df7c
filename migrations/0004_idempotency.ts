import type { Knex } from 'knex';
import { ddl } from '../src/platform/db/ddl.js';

/** Requests that a client may repeat without effect: what each key was first answered with. */
export async function up(knex: Knex): Promise<void> {
  const { text } = ddl(knex);
  await knex.schema.createTable('idempotency_keys', (t) => {
    t.specificType('scope', text).notNullable();
    t.specificType('key', text).notNullable();
    t.specificType('request', text).notNullable();
    t.specificType('result', text).notNullable();
    t.bigInteger('created_time').notNullable().index();
    t.primary(['scope', 'key']);
  });
}

export async function down(knex: Knex): Promise<void> {
  await knex.schema.dropTable('idempotency_keys');
}
