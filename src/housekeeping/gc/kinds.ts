/** Rows that may be so many that they go in pieces: a table, its column of the owner, its key. */
interface Many {
  readonly table: string;
  readonly owner: string;
  readonly key: string;
}

/** Something that goes for good, and the tables that hold what belongs to it. */
export interface Kind {
  /** As the audit log and the protection of versions call it. */
  readonly name: 'run' | 'logged model' | 'trace';
  readonly table: string;
  /** The column of the id that users know. */
  readonly id: string;
  /** SQL of the folder of its artifacts, of a row `t`. */
  readonly location: string;
  /** SQL of whether its users have deleted it. */
  readonly isDeleted: string;
  /** SQL of when. */
  readonly deletedTime: string;
  readonly many: readonly Many[];
  /** Tables with a column that holds its key. */
  readonly children: readonly (readonly [table: string, column: string])[];
  /** Tables with a column that holds its id. */
  readonly links: readonly (readonly [table: string, column: string])[];
  /** Tables of things that stay, with a column that names it and names nothing from then on. */
  readonly mentions: readonly (readonly [table: string, column: string])[];
}

export const RUN: Kind = {
  name: 'run',
  table: 'runs',
  id: 'run_id',
  location: 't.artifact_uri',
  isDeleted: "t.lifecycle_stage = 'deleted'",
  deletedTime: 'coalesce(t.deleted_time, 0)',
  many: [{ table: 'metrics', owner: 'run', key: 'run, key, timestamp, step, value, is_nan' }],
  children: [
    ['run_params', 'run'],
    ['run_tags', 'run'],
    ['run_dataset_tags', 'run'],
    ['run_datasets', 'run'],
    ['run_input_models', 'run'],
    ['run_output_models', 'run'],
    ['latest_metrics', 'run'],
  ],
  links: [['trace_run_links', 'run_id']],
  mentions: [['issues', 'source_run_id']],
};

export const LOGGED_MODEL: Kind = {
  name: 'logged model',
  table: 'logged_models',
  id: 'model_id',
  location: 't.artifact_uri',
  isDeleted: "t.lifecycle_stage = 'deleted'",
  deletedTime: 't.last_updated_timestamp',
  many: [
    { table: 'logged_model_metrics', owner: 'model', key: 'model, key, timestamp, step, run_id' },
  ],
  children: [
    ['logged_model_params', 'model'],
    ['logged_model_tags', 'model'],
  ],
  links: [],
  mentions: [],
};

/** Traces have no stage of their own: they go with their experiment. */
export const TRACE: Kind = {
  name: 'trace',
  table: 'traces',
  id: 'trace_id',
  location:
    '(select g.value from trace_tags g where g.trace = t.id ' +
    "and g.key = 'mlflow.artifactLocation')",
  isDeleted: '1 = 0',
  deletedTime: '0',
  many: [{ table: 'spans', owner: 'trace', key: 'trace, span_id' }],
  children: [
    ['trace_metadata', 'trace'],
    ['trace_metrics', 'trace'],
    ['span_metrics', 'trace'],
    ['assessments', 'trace'],
    ['trace_tags', 'trace'],
  ],
  links: [
    ['trace_run_links', 'trace_id'],
    ['trace_prompt_links', 'trace_id'],
    ['review_queue_items', 'item_id'],
  ],
  mentions: [],
};

export const KINDS = [RUN, LOGGED_MODEL, TRACE] as const;
