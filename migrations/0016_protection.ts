import type { Knex } from 'knex';
import { createClusteredTable, ddl } from '../src/platform/db/ddl.js';

/** What versions that are in use were made of is kept: it has to be found from its own end. */
export async function up(knex: Knex): Promise<void> {
  const { text } = ddl(knex);
  // A version of the run has left stage None or was named by an alias. It lies in the row that
  // each command reads anyway, so that logging asks nothing more of runs without such a version.
  await knex.schema.alterTable('runs', (t) => {
    t.specificType('is_promoted', 'smallint').notNullable().defaultTo(0);
  });
  await knex.raw(
    'update runs set is_promoted = 1 where exists (select 1 from model_versions v ' +
      "where v.run_id = runs.run_id and (v.current_stage <> 'None' or exists (" +
      'select 1 from registered_model_aliases a where a.model = v.model and a.version = v.version)))',
  );
  // PostgreSQL takes no long texts into an index; places that the server names are short.
  await knex.raw(
    'create index model_versions_by_location on model_versions (storage_location) ' +
      'where length(storage_location) <= 600',
  );

  // What was promoted in an emergency, to be marked where nobody looks at it in time.
  await createClusteredTable(knex, 'break_glass_uses', (t) => {
    t.specificType('grant_id', text).notNullable();
    t.bigInteger('model').notNullable().references('registered_models.id').onDelete('cascade');
    t.bigInteger('version').notNullable();
    t.primary(['grant_id', 'model', 'version']);
  });
  await knex.schema.alterTable('break_glass_grants', (t) => {
    t.bigInteger('alarm_timestamp');
  });
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw('alter table break_glass_grants drop column alarm_timestamp');
  await knex.schema.dropTable('break_glass_uses');
  await knex.raw('drop index model_versions_by_location');
  await knex.raw('alter table runs drop column is_promoted');
}
