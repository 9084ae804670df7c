import type { Knex } from 'knex';
import { createClusteredTable, ddl } from '../src/platform/db/ddl.js';

/** What the files of model versions were at registration, and the keys that sign it. */
export async function up(knex: Knex): Promise<void> {
  const { text } = ddl(knex);

  // What went through the artifact proxy, hashed on its way.
  await createClusteredTable(knex, 'artifact_digests', (t) => {
    t.specificType('place', text).notNullable().primary();
    t.bigInteger('size').notNullable();
    t.specificType('sha256', text).notNullable();
    // Of the file that was stored: with another one there, the digest is of no use.
    t.specificType('file_version', text).notNullable();
    t.bigInteger('recorded_time').notNullable();
  });

  const version = (t: Knex.CreateTableBuilder) => {
    t.bigInteger('model').notNullable();
    t.bigInteger('version').notNullable();
    t.foreign(['model', 'version'])
      .references(['model', 'version'])
      .inTable('model_versions')
      .onDelete('cascade');
  };
  await createClusteredTable(knex, 'model_version_manifests', (t) => {
    version(t);
    t.specificType('location', text).notNullable();
    t.specificType('root_digest', text).notNullable();
    t.specificType('weights_digest', text).notNullable();
    // JSON, in the order in which the root digest takes the files.
    t.specificType('files', text).notNullable();
    // JSON of the signature; null where nothing is signed.
    t.specificType('bundle', text);
    t.bigInteger('creation_timestamp').notNullable();
    t.primary(['model', 'version']);
  });
  // The key begins with the place: what an upload looks up is whether one of its folders is here.
  await createClusteredTable(knex, 'frozen_prefixes', (t) => {
    t.specificType('place', text).notNullable();
    version(t);
    t.primary(['place', 'model', 'version']);
  });
  await knex.raw('create index frozen_prefixes_by_version on frozen_prefixes (model, version)');

  await createClusteredTable(knex, 'signing_keys', (t) => {
    // How signatures name the key.
    t.specificType('hint', text).notNullable().primary();
    t.specificType('purpose', text).notNullable();
    t.specificType('public_key', text).notNullable();
    // Encrypted; null for a key of the operator's, who keeps it himself.
    t.specificType('private_key', text);
    t.bigInteger('creation_timestamp').notNullable();
  });
  // Of servers that make the first key together one wins.
  await knex.raw(
    'create unique index signing_keys_of_the_server on signing_keys (purpose) ' +
      'where private_key is not null',
  );
}

export async function down(knex: Knex): Promise<void> {
  for (const table of [
    'signing_keys',
    'frozen_prefixes',
    'model_version_manifests',
    'artifact_digests',
  ]) {
    await knex.schema.dropTable(table);
  }
}
