import type { Knex } from 'knex';

const COLUMNS = ['noticed_since', 'noticed_time'];

/**
 * When a history was noticed to have grown, first and last, until it is marked: whoever looks at a
 * long one then finds its marks. Histories of before are marked when they are looked at.
 */
export async function up(knex: Knex): Promise<void> {
  for (const column of COLUMNS) {
    await knex.raw(`alter table latest_metrics add column ${column} bigint`);
  }
  await knex.raw(
    'create index latest_metrics_noticed on latest_metrics (noticed_time) ' +
      'where noticed_time is not null',
  );
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw('drop index latest_metrics_noticed');
  for (const column of COLUMNS) {
    await knex.raw(`alter table latest_metrics drop column ${column}`);
  }
}
