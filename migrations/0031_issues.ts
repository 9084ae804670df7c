import type { Knex } from 'knex';
import { ddl } from '../src/platform/db/ddl.js';

/** Issues: what is wrong with the traces of an experiment. */
export async function up(knex: Knex): Promise<void> {
  const { text, surrogate } = ddl(knex);
  await knex.schema.createTable('issues', (t) => {
    t.specificType('id', surrogate);
    t.specificType('issue_id', text).notNullable().unique();
    t.bigInteger('experiment_id')
      .notNullable()
      .references('experiments.experiment_id')
      .onDelete('CASCADE');
    t.specificType('name', text).notNullable();
    t.specificType('description', text).notNullable();
    t.specificType('status', text).notNullable();
    t.specificType('severity', text);
    // The place of the severity among all, the worst highest; 0 where nobody has told it.
    t.bigInteger('severity_rank').notNullable();
    // JSON lists of texts.
    t.specificType('root_causes', text);
    t.specificType('categories', text);
    // As others call the run; null again when it goes for good.
    t.specificType('source_run_id', text).index('issues_by_run');
    t.bigInteger('created_timestamp').notNullable();
    t.bigInteger('last_updated_timestamp').notNullable();
    t.specificType('created_by', text);
  });
  for (const [name, owner] of [
    ['issues_in_order', ''],
    ['issues_of_experiment_in_order', 'experiment_id, '],
  ]) {
    await knex.raw(
      `create index ${name} on issues (${owner}severity_rank desc, created_timestamp desc, id desc)`,
    );
  }
  // An assessment says by its name which issue a trace has.
  await knex.raw(
    "create index assessments_of_issues on assessments (name, trace) where kind = 'issue'",
  );
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw('drop index assessments_of_issues');
  await knex.schema.dropTable('issues');
}
