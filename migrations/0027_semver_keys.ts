import type { Knex } from 'knex';
import { ddl } from '../src/platform/db/ddl.js';

/**
 * The highest number of a model's versions is asked for with each new version, however many there
 * are. Its key sorts as text does; candidates, which nothing counts from, have none.
 */
export async function up(knex: Knex): Promise<void> {
  await knex.schema.alterTable('version_evidence', (t) => {
    t.specificType('semver_key', ddl(knex).text);
  });
  await knex.raw(
    `update version_evidence set semver_key = ${keyOf(knex)} ` +
      "where semver is not null and semver not like '%-%'",
  );
  await knex.raw(
    'create index version_evidence_by_semver_key on version_evidence (model, semver_key) ' +
      'where semver_key is not null',
  );
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw('drop index version_evidence_by_semver_key');
  await knex.raw('alter table version_evidence drop column semver_key');
}

const PADDED = 16;

/** Each part of `1.2.3` with zeros before it. */
function keyOf(knex: Knex): string {
  if (knex.client.config.client === 'pg') {
    const part = (index: number) => `lpad(split_part(semver, '.', ${index}), ${PADDED}, '0')`;
    return [1, 2, 3].map(part).join(" || '.' || ");
  }
  const padded = (text: string) => `substr('${'0'.repeat(PADDED)}' || ${text}, -${PADDED})`;
  const rest = "substr(semver, instr(semver, '.') + 1)";
  return [
    padded("substr(semver, 1, instr(semver, '.') - 1)"),
    padded(`substr(${rest}, 1, instr(${rest}, '.') - 1)`),
    padded(`substr(${rest}, instr(${rest}, '.') + 1)`),
  ].join(" || '.' || ");
}
