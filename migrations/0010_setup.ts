import type { Knex } from 'knex';
import { ddl } from '../src/platform/db/ddl.js';

/** Tokens that make the first administrator of a server that has no user yet. */
export async function up(knex: Knex): Promise<void> {
  const { text } = ddl(knex);
  await knex.schema.createTable('setup_tokens', (t) => {
    // SHA-256 of what the start printed.
    t.specificType('token_hash', text).primary();
    t.bigInteger('creation_timestamp').notNullable();
  });
}

export async function down(knex: Knex): Promise<void> {
  await knex.schema.dropTable('setup_tokens');
}
