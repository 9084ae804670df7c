import type { Knex } from 'knex';
import { createClusteredTable } from '../src/platform/db/ddl.js';

const COLUMNS = ['marks', 'marked_timestamp', 'marked_step'];

/**
 * Marks in long histories, of which some thousand of a million points are found without reading
 * the rest. There is nothing to fill in: a history is marked once it is looked at.
 */
export async function up(knex: Knex): Promise<void> {
  // Every so many points, in the order of both time and step, where a history has the same in both.
  await createClusteredTable(knex, 'metric_marks', (t) => {
    t.bigInteger('marks').notNullable();
    // How many points come before.
    t.bigInteger('place').notNullable();
    t.bigInteger('timestamp').notNullable();
    t.bigInteger('step').notNullable();
    t.specificType('value', 'double precision').notNullable();
    t.smallint('is_nan').notNullable();
    t.primary(['marks', 'place']);
  });
  // Which marks a history has, negative where they hold no more; and up to which time and step a
  // new point takes their truth from them.
  for (const column of COLUMNS) {
    await knex.raw(`alter table latest_metrics add column ${column} bigint`);
  }
}

export async function down(knex: Knex): Promise<void> {
  for (const column of COLUMNS) {
    await knex.raw(`alter table latest_metrics drop column ${column}`);
  }
  await knex.schema.dropTable('metric_marks');
}
