import type { Knex } from 'knex';
import { createClusteredTable, ddl } from '../src/platform/db/ddl.js';

/** What servers of models watch, who loads what, what was taken out, and how quickly that went. */
export async function up(knex: Knex): Promise<void> {
  const { text, surrogate } = ddl(knex);

  // One row, which whoever changes what a selector yields holds to the end of the transaction: the
  // numbers of changes are in the order of the commits, and none is left out.
  await knex.schema.createTable('selector_head', (t) => {
    t.smallint('id').primary();
    t.bigInteger('seq').notNullable();
  });
  await knex('selector_head').insert({ id: 1, seq: 0 });
  // By the name: a model that is made anew under it goes on counting.
  await createClusteredTable(knex, 'selector_generations', (t) => {
    t.specificType('model_name', text).notNullable().primary();
    t.bigInteger('generation').notNullable();
  });
  await knex.schema.createTable('selector_changes', (t) => {
    t.bigInteger('seq').primary();
    t.specificType('model_name', text).notNullable();
    t.bigInteger('generation').notNullable();
    // stage, alias, alias_deleted, version_created, version_deleted, ...
    t.specificType('kind', text).notNullable();
    t.bigInteger('version');
    // The stage, the alias, the semantic version or the new name.
    t.specificType('target', text);
    t.bigInteger('changed_time').notNullable();
  });
  await knex.raw('create index selector_changes_by_time on selector_changes (changed_time)');

  await knex.raw('create index live_history_newest on live_history (model_name, id)');

  const version = (t: Knex.CreateTableBuilder) => {
    t.bigInteger('model').notNullable();
    t.bigInteger('version').notNullable();
    t.foreign(['model', 'version'])
      .references(['model', 'version'])
      .inTable('model_versions')
      .onDelete('cascade');
  };
  await knex.schema.createTable('version_quarantines', (t) => {
    t.specificType('id', surrogate);
    version(t);
    t.bigInteger('since').notNullable();
    t.specificType('quarantined_by', text).notNullable();
    t.specificType('reason', text).notNullable();
    t.bigInteger('lifted_time');
    t.specificType('lifted_by', text);
  });
  await knex.raw(
    'create unique index version_quarantines_open on version_quarantines (model, version) ' +
      'where lifted_time is null',
  );

  await createClusteredTable(knex, 'model_consumers', (t) => {
    version(t);
    t.specificType('principal', text).notNullable();
    t.specificType('user_agent', text).notNullable();
    t.bigInteger('first_seen').notNullable();
    t.bigInteger('last_seen').notNullable();
    t.bigInteger('loads').notNullable();
    t.primary(['model', 'version', 'principal']);
  });
  await createClusteredTable(knex, 'shadow_loads', (t) => {
    t.specificType('principal', text).notNullable();
    // Where the files lie that were loaded past the registry.
    t.specificType('location', text).notNullable();
    t.specificType('user_agent', text).notNullable();
    t.bigInteger('first_seen').notNullable();
    t.bigInteger('last_seen').notNullable();
    t.bigInteger('loads').notNullable();
    t.primary(['principal', 'location']);
  });

  await knex.schema.createTable('drills', (t) => {
    t.specificType('id', surrogate);
    t.specificType('drill_id', text).notNullable().unique();
    t.specificType('model_name', text).notNullable();
    t.specificType('started_by', text).notNullable();
    t.bigInteger('started_time').notNullable();
    t.smallint('within_budget').notNullable();
    // JSON of the measured times.
    t.specificType('measured', text).notNullable();
  });
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw('drop index live_history_newest');
  for (const table of [
    'drills',
    'shadow_loads',
    'model_consumers',
    'version_quarantines',
    'selector_changes',
    'selector_generations',
    'selector_head',
  ]) {
    await knex.schema.dropTable(table);
  }
}
