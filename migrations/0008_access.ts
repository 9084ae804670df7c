import type { Knex } from 'knex';
import { ddl } from '../src/platform/db/ddl.js';

/**
 * Who may do what: accounts and how they sign in, roles with their grants, and the rights of
 * governance that MLflow's levels can't express.
 */
export async function up(knex: Knex): Promise<void> {
  const { text, surrogate } = ddl(knex);

  await knex.schema.createTable('users', (t) => {
    t.specificType('id', surrogate);
    t.specificType('username', text).notNullable().unique();
    // Null where the account signs in at an identity provider alone.
    t.specificType('password_hash', text);
    t.smallint('is_admin').notNullable().defaultTo(0);
    t.bigInteger('creation_timestamp').notNullable();
    t.bigInteger('last_updated_timestamp').notNullable();
  });

  await knex.schema.createTable('roles', (t) => {
    t.specificType('id', surrogate);
    t.specificType('workspace', text).notNullable();
    t.specificType('name', text).notNullable();
    t.specificType('description', text);
    t.unique(['workspace', 'name']);
  });
  await knex.schema.createTable('role_permissions', (t) => {
    t.specificType('id', surrogate);
    t.bigInteger('role_id').notNullable().references('roles.id').onDelete('CASCADE');
    t.specificType('resource_type', text).notNullable();
    t.specificType('resource_pattern', text).notNullable();
    t.specificType('permission', text).notNullable();
    t.unique(['role_id', 'resource_type', 'resource_pattern']);
  });
  await knex.raw(
    'create index role_permissions_by_resource on role_permissions (resource_type, resource_pattern)',
  );
  // What a role may do beyond MLflow's levels: change stages and aliases, approve, roll back.
  await knex.schema.createTable('role_rights', (t) => {
    t.specificType('id', surrogate);
    t.bigInteger('role_id').notNullable().references('roles.id').onDelete('CASCADE');
    t.specificType('action', text).notNullable();
    t.specificType('model_pattern', text).notNullable();
    t.specificType('from_stage', text).notNullable();
    t.specificType('to_stage', text).notNullable();
    t.specificType('alias_pattern', text).notNullable();
    t.unique(['role_id', 'action', 'model_pattern', 'from_stage', 'to_stage', 'alias_pattern']);
  });
  await knex.schema.createTable('user_roles', (t) => {
    t.specificType('id', surrogate);
    t.bigInteger('user_id').notNullable().references('users.id').onDelete('CASCADE');
    t.bigInteger('role_id').notNullable().references('roles.id').onDelete('CASCADE');
    // 'direct', or the identity provider whose groups gave it and may take it back.
    t.specificType('source', text).notNullable();
    t.unique(['user_id', 'role_id']);
  });
  await knex.raw('create index user_roles_by_role on user_roles (role_id)');

  await knex.schema.createTable('access_tokens', (t) => {
    t.specificType('id', surrogate);
    t.specificType('token_id', text).notNullable().unique();
    t.bigInteger('user_id').notNullable().references('users.id').onDelete('CASCADE').index();
    t.specificType('name', text).notNullable();
    // SHA-256 of a token that has 256 random bits: nothing to guess, so nothing to slow down.
    t.specificType('token_hash', text).notNullable().unique();
    // JSON list; what the token may do of what its user may.
    t.specificType('scopes', text).notNullable();
    t.bigInteger('creation_timestamp').notNullable();
    t.bigInteger('expiration_timestamp');
    t.bigInteger('last_used_timestamp');
    t.bigInteger('revocation_timestamp');
  });

  await knex.schema.createTable('sessions', (t) => {
    t.specificType('id', surrogate);
    t.specificType('session_hash', text).notNullable().unique();
    t.bigInteger('user_id').notNullable().references('users.id').onDelete('CASCADE').index();
    t.specificType('method', text).notNullable();
    t.bigInteger('creation_timestamp').notNullable();
    t.bigInteger('expiration_timestamp').notNullable().index();
  });

  // Failed sign-ins by account and by address, counted for all servers over this database.
  await knex.schema.createTable('sign_in_failures', (t) => {
    t.specificType('subject', text).primary();
    t.bigInteger('failures').notNullable();
    t.bigInteger('first_failure_timestamp').notNullable();
    t.bigInteger('locked_until').notNullable();
  });
}

export async function down(knex: Knex): Promise<void> {
  for (const table of [
    'sign_in_failures',
    'sessions',
    'access_tokens',
    'user_roles',
    'role_rights',
    'role_permissions',
    'roles',
    'users',
  ]) {
    await knex.schema.dropTable(table);
  }
}
