import type { Knex } from 'knex';

/**
 * Versions at places whose names are too long for an index of names. They are few, and are found by
 * their length, so that no place is protected less than another.
 */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(
    'create index model_versions_far_away on model_versions (model) ' +
      'where length(storage_location) > 600',
  );
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw('drop index model_versions_far_away');
}
