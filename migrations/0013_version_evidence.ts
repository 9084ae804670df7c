import type { Knex } from 'knex';
import { createClusteredTable, ddl } from '../src/platform/db/ddl.js';

/** What a version was found to be made of, its number, and the cards that were given to it. */
export async function up(knex: Knex): Promise<void> {
  const { text, surrogate } = ddl(knex);
  const version = (t: Knex.CreateTableBuilder) => {
    t.bigInteger('model').notNullable();
    t.bigInteger('version').notNullable();
    t.foreign(['model', 'version'])
      .references(['model', 'version'])
      .inTable('model_versions')
      .onDelete('cascade');
  };

  await knex.schema.createTable('version_evidence', (t) => {
    // What jobs name it by.
    t.specificType('id', surrogate);
    version(t);
    t.unique(['model', 'version']);
    // The principal, never what a client says of itself.
    t.specificType('registered_by', text).notNullable();
    t.bigInteger('creation_timestamp').notNullable();
    // JSON of what lies in the files; null until they have been looked at.
    t.specificType('found', text);
    // JSON of how the files are beside the manifest, as they were last looked at.
    t.specificType('integrity', text);
    t.bigInteger('verified_time');
    t.specificType('semver', text);
    // JSON: what it counts from, and why it is numbered so; null until it was decided.
    t.specificType('numbering', text);
    // JSON of what the number of the next version is computed from.
    t.specificType('description', text);
    t.specificType('fingerprint', text);
  });
  await knex.raw(
    'create unique index version_evidence_by_semver on version_evidence (model, semver) ' +
      'where semver is not null',
  );

  await createClusteredTable(knex, 'version_cards', (t) => {
    version(t);
    t.bigInteger('revision').notNullable();
    t.specificType('digest', text).notNullable();
    t.specificType('author', text).notNullable();
    t.specificType('card', text).notNullable();
    t.bigInteger('creation_timestamp').notNullable();
    t.primary(['model', 'version', 'revision']);
  });
  // Tags and files have no time of their own: a card's age counts from when it was first seen.
  await createClusteredTable(knex, 'version_card_sightings', (t) => {
    version(t);
    t.specificType('digest', text).notNullable();
    t.bigInteger('first_seen').notNullable();
    t.primary(['model', 'version', 'digest']);
  });
}

export async function down(knex: Knex): Promise<void> {
  for (const table of ['version_card_sightings', 'version_cards', 'version_evidence']) {
    await knex.schema.dropTable(table);
  }
}
