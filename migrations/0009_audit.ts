import type { Knex } from 'knex';
import { createClusteredTable, ddl } from '../src/platform/db/ddl.js';

/** What nobody may change once it is written; `audit_head` and `audit_keys` are not among them. */
const APPEND_ONLY = ['audit_log', 'audit_nodes', 'audit_checkpoints'];

/**
 * The audit log: entries, the hashes of the perfect subtrees above them, where the log ends, and
 * the signed checkpoints. And who has made a run, which is kept with the run.
 */
export async function up(knex: Knex): Promise<void> {
  const { text } = ddl(knex);

  await createClusteredTable(knex, 'audit_log', (t) => {
    t.bigInteger('seq').notNullable().primary();
    t.bigInteger('ts').notNullable();
    t.specificType('actor', text).notNullable();
    t.specificType('method', text).notNullable();
    t.specificType('address', text).notNullable();
    t.specificType('user_agent', text).notNullable();
    t.specificType('action', text).notNullable();
    t.specificType('object_kind', text).notNullable();
    t.specificType('object_id', text).notNullable();
    t.specificType('decision', text).notNullable();
    t.specificType('reason', text);
    t.specificType('request_id', text).notNullable();
    t.specificType('policy_version', text);
    t.specificType('prev_hash', text).notNullable();
    t.specificType('leaf_hash', text).notNullable();
    // Canonical JSON (RFC 8785): all of the above but the leaf's hash, with before and after.
    t.specificType('entry', text).notNullable();
  });
  await knex.raw('create index audit_log_by_actor on audit_log (actor, seq)');
  await knex.raw('create index audit_log_by_action on audit_log (action, seq)');
  await knex.raw('create index audit_log_by_object on audit_log (object_kind, object_id, seq)');
  await knex.raw('create index audit_log_by_time on audit_log (ts, seq)');
  await knex.raw('create index audit_log_by_request on audit_log (request_id, seq)');
  await knex.raw("create index audit_log_denied on audit_log (seq) where decision = 'denied'");

  // Hashes of the perfect subtrees of 2^level leaves, from level 1 on.
  await createClusteredTable(knex, 'audit_nodes', (t) => {
    t.smallint('level').notNullable();
    t.bigInteger('position').notNullable();
    t.specificType('hash', text).notNullable();
    t.primary(['level', 'position']);
  });

  // One row, which everybody who appends holds until the end of the transaction.
  await knex.schema.createTable('audit_head', (t) => {
    t.smallint('id').primary();
    t.bigInteger('size').notNullable();
    t.specificType('leaf_hash', text).notNullable();
    // JSON list of the roots of the perfect subtrees that make up the tree, the largest first.
    t.specificType('frontier', text).notNullable();
  });
  await knex('audit_head').insert({ id: 1, size: 0, leaf_hash: '', frontier: '[]' });

  await knex.schema.createTable('audit_checkpoints', (t) => {
    t.bigInteger('size').primary();
    t.bigInteger('ts').notNullable();
    t.specificType('root', text).notNullable();
    // A signed note (C2SP).
    t.specificType('note', text).notNullable();
  });

  await knex.schema.createTable('audit_keys', (t) => {
    t.specificType('public_key', text).primary();
    // Encrypted with a key that is not in the database.
    t.specificType('private_key', text).notNullable();
    t.bigInteger('creation_timestamp').notNullable();
  });

  for (const statement of appendOnly(knex)) await knex.raw(statement);

  await knex.raw(`alter table runs add column created_by ${text}`);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw('alter table runs drop column created_by');
  for (const table of ['audit_keys', 'audit_head', ...APPEND_ONLY.toReversed()]) {
    await knex.schema.dropTable(table);
  }
  if (isPostgres(knex)) await knex.raw('drop function audit_refuse()');
}

const isPostgres = (knex: Knex): boolean => knex.client.config.client === 'pg';

/** Triggers against mistakes; against whoever may drop them the hashes and signatures stand. */
function appendOnly(knex: Knex): string[] {
  const refusal = 'The audit log is append-only';
  if (!isPostgres(knex)) {
    return APPEND_ONLY.flatMap((table) =>
      ['update', 'delete'].map(
        (verb) =>
          `create trigger ${table}_no_${verb} before ${verb} on ${table} ` +
          `begin select raise(abort, '${refusal}'); end`,
      ),
    );
  }
  return [
    'create function audit_refuse() returns trigger language plpgsql as ' +
      `$$ begin raise exception '${refusal}'; end $$`,
    ...APPEND_ONLY.map(
      (table) =>
        `create trigger ${table}_append_only before update or delete or truncate on ${table} ` +
        'for each statement execute function audit_refuse()',
    ),
  ];
}
