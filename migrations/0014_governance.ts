import type { Knex } from 'knex';
import { createClusteredTable, ddl } from '../src/platform/db/ddl.js';

/** Who asked for a version to serve, who agreed, under which policy, and what served when. */
export async function up(knex: Knex): Promise<void> {
  const { text, surrogate } = ddl(knex);

  await knex.schema.createTable('governance_policies', (t) => {
    t.specificType('id', surrogate);
    t.specificType('digest', text).notNullable();
    // YAML with all defaults filled in.
    t.specificType('document', text).notNullable();
    t.specificType('source', text).notNullable();
    t.specificType('created_by', text).notNullable();
    t.bigInteger('creation_timestamp').notNullable();
  });

  // Counts the changes of who serves: evidence that was gathered before one is not used after it.
  await createClusteredTable(knex, 'model_generations', (t) => {
    t.bigInteger('model').notNullable().references('registered_models.id').onDelete('cascade');
    t.bigInteger('generation').notNullable();
    t.primary(['model']);
  });
  // By the model's name too: the history outlives a model that is deleted.
  await knex.schema.createTable('live_history', (t) => {
    t.specificType('id', surrogate);
    t.bigInteger('model').notNullable();
    t.specificType('model_name', text).notNullable();
    t.bigInteger('version').notNullable();
    // A stage, or `alias:` and an alias.
    t.specificType('target', text).notNullable();
    t.bigInteger('from_time').notNullable();
    t.specificType('entered_by', text).notNullable();
    t.bigInteger('to_time');
    t.specificType('left_by', text);
    // 'replaced' where another version took its place.
    t.specificType('left_because', text);
  });
  await knex.raw('create index live_history_by_model on live_history (model_name, from_time)');
  await knex.raw(
    'create index live_history_open on live_history (model, target, version) where to_time is null',
  );

  const version = (t: Knex.CreateTableBuilder) => {
    t.bigInteger('model').notNullable().references('registered_models.id').onDelete('cascade');
    t.bigInteger('version').notNullable();
  };
  await knex.schema.createTable('promotion_requests', (t) => {
    t.specificType('id', surrogate);
    t.specificType('request_id', text).notNullable().unique();
    version(t);
    t.specificType('target', text).notNullable();
    t.specificType('creator', text).notNullable();
    t.specificType('comment', text).notNullable();
    // open, approved, rejected, cancelled, expired
    t.specificType('status', text).notNullable();
    t.bigInteger('creation_timestamp').notNullable();
    t.bigInteger('expiration_timestamp').notNullable();
    t.bigInteger('last_updated_timestamp').notNullable();
    t.specificType('closed_by', text);
  });
  await knex.raw(
    'create unique index promotion_requests_open on promotion_requests ' +
      "(model, version, target, creator) where status = 'open'",
  );
  await knex.raw('create index promotion_requests_by_status on promotion_requests (status, id)');
  await knex.schema.createTable('promotion_approvals', (t) => {
    t.specificType('id', surrogate);
    // Null where somebody promoted directly what another trained.
    t.specificType('request_id', text);
    version(t);
    t.specificType('target', text).notNullable();
    t.specificType('approver', text).notNullable();
    // JSON, as they were then.
    t.specificType('roles', text).notNullable();
    t.specificType('artifacts_digest', text).notNullable();
    t.specificType('card_digest', text).notNullable();
    t.specificType('profile_digest', text).notNullable();
    t.specificType('comment', text).notNullable();
    t.bigInteger('creation_timestamp').notNullable();
    t.bigInteger('dismissed_timestamp');
  });
  await knex.raw('create index promotion_approvals_by_request on promotion_approvals (request_id)');
  await knex.raw(
    'create index promotion_approvals_by_version on promotion_approvals (model, version)',
  );
  await knex.schema.createTable('version_comments', (t) => {
    t.specificType('id', surrogate);
    t.specificType('comment_id', text).notNullable().unique();
    version(t);
    t.specificType('user_name', text).notNullable();
    t.specificType('comment', text).notNullable();
    t.bigInteger('creation_timestamp').notNullable();
    t.bigInteger('last_updated_timestamp').notNullable();
  });
  await knex.raw('create index version_comments_by_version on version_comments (model, version)');
  await knex.schema.createTable('version_activities', (t) => {
    t.specificType('id', surrogate);
    t.specificType('activity_id', text).notNullable().unique();
    version(t);
    t.specificType('activity_type', text).notNullable();
    t.specificType('from_stage', text).notNullable();
    t.specificType('to_stage', text).notNullable();
    t.specificType('comment', text).notNullable();
    t.specificType('system_comment', text).notNullable();
    t.specificType('user_name', text).notNullable();
    t.bigInteger('creation_timestamp').notNullable();
  });
  await knex.raw(
    'create index version_activities_by_version on version_activities (model, version, id)',
  );

  await knex.schema.createTable('break_glass_grants', (t) => {
    t.specificType('id', surrogate);
    t.specificType('grant_id', text).notNullable().unique();
    t.specificType('model_name', text).notNullable();
    t.specificType('principal', text).notNullable();
    t.specificType('reason', text).notNullable();
    t.specificType('ticket', text).notNullable();
    t.bigInteger('creation_timestamp').notNullable();
    t.bigInteger('expiration_timestamp').notNullable();
    // When it was first used, and until when somebody else has to have looked at it.
    t.bigInteger('used_timestamp');
    t.bigInteger('review_due_timestamp');
    t.specificType('reviewer', text);
    t.specificType('review', text);
    t.bigInteger('reviewed_timestamp');
  });
  await knex.raw(
    'create index break_glass_grants_by_model on break_glass_grants (model_name, principal)',
  );
}

export async function down(knex: Knex): Promise<void> {
  for (const table of [
    'break_glass_grants',
    'version_activities',
    'version_comments',
    'promotion_approvals',
    'promotion_requests',
    'live_history',
    'model_generations',
    'governance_policies',
  ]) {
    await knex.schema.dropTable(table);
  }
}
