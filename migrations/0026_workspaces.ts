import type { Knex } from 'knex';

/** Tables of things that lie in a workspace by themselves, and not by what they belong to. */
const OF_WORKSPACES = [
  ...['experiments', 'registered_models', 'webhooks', 'evaluation_datasets'],
  ...['notification_subscriptions', 'governance_alerts', 'drills'],
];
/** Those whose names are unique, from now on within a workspace. */
const NAMED = ['experiments', 'registered_models'];
/** What somebody wishes to get by e-mail; unique by its columns. */
const preferences = (columns: string): string[] => [
  'drop index notification_preferences',
  `create unique index notification_preferences on notification_subscriptions (${columns}) ` +
    'where preference is not null',
];

/** Workspaces: what lies in one is as if absent in every other. */
export async function up(knex: Knex): Promise<void> {
  await knex.schema.createTable('workspaces', (table) => {
    table.text('name').primary();
    table.text('description');
    table.text('default_artifact_root');
    table.text('trace_archival_location');
    table.text('trace_archival_retention');
  });
  for (const name of OF_WORKSPACES) {
    await knex.raw(`alter table ${name} add column workspace text not null default 'default'`);
  }
  for (const name of NAMED) {
    await knex.schema.alterTable(name, (table) => {
      table.dropUnique(['name']);
      table.unique(['workspace', 'name']);
    });
  }
  for (const sql of preferences('workspace, owner, model_pattern')) await knex.raw(sql);
}

export async function down(knex: Knex): Promise<void> {
  for (const sql of preferences('owner, model_pattern')) await knex.raw(sql);
  for (const name of NAMED) {
    await knex.schema.alterTable(name, (table) => {
      table.dropUnique(['workspace', 'name']);
      table.unique(['name']);
    });
  }
  for (const name of OF_WORKSPACES) {
    await knex.raw(`alter table ${name} drop column workspace`);
  }
  await knex.schema.dropTable('workspaces');
}
