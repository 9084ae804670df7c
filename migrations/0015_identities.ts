import type { Knex } from 'knex';
import { ddl } from '../src/platform/db/ddl.js';

/**
 * Who at which identity provider an account belongs to, and entries that wait for their place in
 * the audit log: what is done a thousand times a second must not wait for the end of the log.
 */
export async function up(knex: Knex): Promise<void> {
  const { text, surrogate } = ddl(knex);

  await knex.schema.createTable('user_identities', (t) => {
    t.specificType('issuer', text).notNullable();
    t.specificType('subject', text).notNullable();
    t.bigInteger('user_id').notNullable().references('users.id').onDelete('cascade');
    t.bigInteger('creation_timestamp').notNullable();
    t.primary(['issuer', 'subject']);
  });
  await knex.raw('create index user_identities_by_user on user_identities (user_id)');

  await knex.schema.createTable('audit_pending', (t) => {
    t.specificType('id', surrogate);
    // JSON of the time, of who did it and of what was done.
    t.specificType('body', text).notNullable();
  });
}

export async function down(knex: Knex): Promise<void> {
  for (const table of ['audit_pending', 'user_identities']) await knex.schema.dropTable(table);
}
