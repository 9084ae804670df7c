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
  // By which runs are found that have a name, or one that begins so. Longer texts fit no index.
  await knex.raw(
    'create index run_tags_by_name on run_tags (substr(value, 1, 200), run) ' +
      "where key = 'mlflow.runName'",
  );
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw('drop index run_tags_by_name');
  await knex.raw('drop index latest_metrics_noticed');
  for (const column of COLUMNS) {
    await knex.raw(`alter table latest_metrics drop column ${column}`);
  }
}
