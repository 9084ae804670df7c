import type { Knex } from 'knex';
import { createClusteredTable, ddl } from '../src/platform/db/ddl.js';

/**
 * Traces, their spans and assessments. As with runs, rows of a trace are keyed by its integer
 * surrogate and carry no foreign key: the service checks the trace in the same transaction.
 */
export async function up(knex: Knex): Promise<void> {
  const { text, surrogate } = ddl(knex);

  await knex.schema.createTable('traces', (t) => {
    t.specificType('id', surrogate);
    t.specificType('trace_id', text).notNullable().unique();
    t.bigInteger('experiment_id').notNullable();
    t.bigInteger('timestamp_ms').notNullable();
    t.bigInteger('execution_time_ms');
    t.specificType('state', text).notNullable();
    t.specificType('client_request_id', text);
    t.specificType('request_preview', text);
    t.specificType('response_preview', text);
  });
  await knex.raw(
    'create index traces_by_time on traces (experiment_id, timestamp_ms desc, trace_id)',
  );
  for (const table of ['trace_tags', 'trace_metadata']) {
    await createClusteredTable(knex, table, (t) => {
      t.bigInteger('trace').notNullable();
      t.specificType('key', text).notNullable();
      t.specificType('value', text).notNullable();
      t.primary(['trace', 'key']);
    });
  }

  await createClusteredTable(knex, 'spans', (t) => {
    t.bigInteger('trace').notNullable();
    t.specificType('span_id', text).notNullable();
    t.specificType('parent_span_id', text);
    t.specificType('name', text).notNullable();
    t.specificType('type', text).notNullable();
    t.specificType('status', text).notNullable();
    t.bigInteger('start_time_ns').notNullable();
    t.bigInteger('end_time_ns');
    t.specificType('model_name', text);
    t.specificType('model_provider', text);
    // The whole span as JSON, and what searches by span.attributes and span.content look into.
    t.specificType('content', text).notNullable();
    t.primary(['trace', 'span_id']);
  });
  // Numbers that charts add up: tokens and costs, of a whole trace and of each span.
  await createClusteredTable(knex, 'trace_metrics', (t) => {
    t.bigInteger('trace').notNullable();
    t.specificType('key', text).notNullable();
    t.specificType('value', 'double precision').notNullable();
    t.primary(['trace', 'key']);
  });
  await createClusteredTable(knex, 'span_metrics', (t) => {
    t.bigInteger('trace').notNullable();
    t.specificType('span_id', text).notNullable();
    t.specificType('key', text).notNullable();
    t.specificType('value', 'double precision').notNullable();
    t.primary(['trace', 'span_id', 'key']);
  });

  // MLflow checks neither end of a link, so both are outer ids.
  await createClusteredTable(knex, 'trace_run_links', (t) => {
    t.specificType('run_id', text).notNullable();
    t.specificType('trace_id', text).notNullable();
    t.primary(['run_id', 'trace_id']);
  });
  await knex.raw('create index trace_run_links_by_trace on trace_run_links (trace_id)');
  await createClusteredTable(knex, 'trace_prompt_links', (t) => {
    t.specificType('trace_id', text).notNullable();
    t.specificType('name', text).notNullable();
    t.specificType('version', text).notNullable();
    t.primary(['trace_id', 'name', 'version']);
  });
  await knex.raw('create index trace_prompt_links_by_prompt on trace_prompt_links (name, version)');

  await knex.schema.createTable('assessments', (t) => {
    t.specificType('id', surrogate);
    t.specificType('assessment_id', text).notNullable().unique();
    t.bigInteger('trace').notNullable();
    t.specificType('name', text).notNullable();
    // feedback, expectation or issue
    t.specificType('kind', text).notNullable();
    // JSON of the value, of the feedback's error, and of the map of metadata
    t.specificType('value', text);
    t.specificType('error', text);
    t.specificType('metadata', text);
    t.specificType('source_type', text).notNullable();
    t.specificType('source_id', text);
    t.specificType('rationale', text);
    t.specificType('span_id', text);
    t.specificType('run_id', text);
    t.specificType('overrides', text);
    t.smallint('valid').notNullable();
    t.bigInteger('create_time_ms').notNullable();
    t.bigInteger('last_update_time_ms').notNullable();
  });
  await knex.raw('create index assessments_by_trace on assessments (trace, name)');
  await knex.raw('create index assessments_by_run on assessments (run_id)');
}

export async function down(knex: Knex): Promise<void> {
  for (const table of [
    'assessments',
    'trace_prompt_links',
    'trace_run_links',
    'span_metrics',
    'trace_metrics',
    'spans',
    'trace_metadata',
    'trace_tags',
    'traces',
  ]) {
    await knex.schema.dropTable(table);
  }
}
