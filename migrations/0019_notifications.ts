import type { Knex } from 'knex';
import { createClusteredTable, ddl } from '../src/platform/db/ddl.js';

/** Who wants to be told of what by which channel, what was and is to be told, and alerts. */
export async function up(knex: Knex): Promise<void> {
  const { text, surrogate } = ddl(knex);

  // What has happened, as far as somebody is told of it.
  await knex.schema.createTable('notification_events', (t) => {
    t.specificType('id', surrogate);
    t.specificType('event_id', text).notNullable().unique();
    t.specificType('kind', text).notNullable();
    t.specificType('model', text);
    t.bigInteger('version');
    t.specificType('actor', text);
    t.bigInteger('event_time').notNullable().index();
    t.specificType('summary', text).notNullable();
    // JSON.
    t.specificType('data', text).notNullable();
  });

  await knex.schema.createTable('notification_subscriptions', (t) => {
    t.specificType('id', surrogate);
    t.specificType('subscription_id', text).notNullable().unique();
    // webhook, slack, email, cloudevents, or databricks for a registry webhook.
    t.specificType('channel', text).notNullable();
    t.specificType('owner', text).notNullable();
    // Null where nobody signs in.
    t.bigInteger('owner_id');
    t.specificType('description', text).notNullable();
    // A glob of model names.
    t.specificType('model_pattern', text).notNullable();
    // For what somebody wishes to get by e-mail: ALL_EVENTS, SUBSCRIBED, UNSUBSCRIBED.
    t.specificType('preference', text);
    t.specificType('status', text).notNullable();
    // Null where the address itself is a secret.
    t.specificType('url', text);
    // JSON lists and marks that everybody who manages the subscription may see.
    t.specificType('recipients', text).notNullable();
    t.specificType('settings', text).notNullable();
    // JSON of the secrets, encrypted; null where there are none.
    t.specificType('sealed', text);
    t.bigInteger('creation_timestamp').notNullable();
    t.bigInteger('last_updated_timestamp').notNullable();
  });
  await knex.raw(
    'create unique index notification_preferences on notification_subscriptions ' +
      '(owner, model_pattern) where preference is not null',
  );
  await knex.raw(
    'create index notification_subscriptions_by_owner on notification_subscriptions (owner, id)',
  );
  await knex.raw(
    'create index notification_subscriptions_by_channel on notification_subscriptions ' +
      '(channel, model_pattern, id)',
  );
  // The order of the key is that of the look-up at each event.
  await createClusteredTable(knex, 'notification_interests', (t) => {
    // The kind of an event or its name among registry webhooks; * for all.
    t.specificType('topic', text).notNullable();
    // The name of a model; * for all other patterns.
    t.specificType('model_key', text).notNullable();
    t.bigInteger('subscription')
      .notNullable()
      .references('notification_subscriptions.id')
      .onDelete('cascade');
    t.primary(['topic', 'model_key', 'subscription']);
  });
  await knex.raw(
    'create index notification_interests_by_subscription on notification_interests (subscription)',
  );

  // What goes to one subscriber about one model goes in its order. No foreign key, here and below:
  // a change must not fail because somebody ends a subscription at the same time.
  await knex.schema.createTable('notification_streams', (t) => {
    t.specificType('id', surrogate);
    t.bigInteger('subscription').notNullable();
    t.specificType('object', text).notNullable();
    t.unique(['subscription', 'object']);
  });
  await knex.schema.createTable('notification_deliveries', (t) => {
    t.specificType('id', surrogate);
    t.specificType('delivery_id', text).notNullable().unique();
    t.bigInteger('subscription').notNullable();
    t.bigInteger('stream').notNullable();
    t.bigInteger('event').notNullable().references('notification_events.id');
    t.specificType('topic', text).notNullable();
    // PENDING, SUCCEEDED, DEAD
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
    'create index notification_deliveries_by_event on notification_deliveries (event)',
  );
  await knex.raw(
    'create index notification_deliveries_pending on notification_deliveries (stream, id) ' +
      "where status = 'PENDING'",
  );
  await knex.raw(
    'create index notification_deliveries_by_subscription on notification_deliveries ' +
      '(subscription, id desc)',
  );
  await knex.raw(
    "create index notification_deliveries_dead on notification_deliveries (id) where status = 'DEAD'",
  );

  await knex.schema.createTable('governance_alerts', (t) => {
    t.specificType('id', surrogate);
    t.specificType('alert_id', text).notNullable().unique();
    t.specificType('kind', text).notNullable();
    t.specificType('model', text);
    t.bigInteger('version');
    t.specificType('actor', text);
    t.specificType('summary', text).notNullable();
    // JSON.
    t.specificType('details', text).notNullable();
    // What is the same alert again, within a while.
    t.specificType('sameness', text).notNullable();
    t.bigInteger('occurrences').notNullable();
    t.bigInteger('creation_timestamp').notNullable();
    t.bigInteger('last_timestamp').notNullable();
    t.specificType('acknowledged_by', text);
    t.bigInteger('acknowledged_timestamp');
    t.specificType('note', text);
  });
  await knex.raw('create index governance_alerts_by_sameness on governance_alerts (sameness, id)');
  await knex.raw('create index governance_alerts_by_model on governance_alerts (model, id)');
  await knex.raw(
    'create index governance_alerts_open on governance_alerts (id) where acknowledged_by is null',
  );
}

export async function down(knex: Knex): Promise<void> {
  for (const table of [
    'governance_alerts',
    'notification_deliveries',
    'notification_streams',
    'notification_interests',
    'notification_subscriptions',
    'notification_events',
  ]) {
    await knex.schema.dropTable(table);
  }
}
