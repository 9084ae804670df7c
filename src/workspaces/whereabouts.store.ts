import type { Database, Reader } from '../platform/db/database.js';

/** Things that a request names by ids which are unique across workspaces. */
export type Placed =
  | 'experiment'
  | 'run'
  | 'trace'
  | 'logged_model'
  | 'evaluation_dataset'
  | 'issue'
  | 'label_schema'
  | 'review_queue';

const OF_EXPERIMENTS: Readonly<Record<string, { readonly table: string; readonly key: string }>> = {
  run: { table: 'runs', key: 'run_id' },
  trace: { table: 'traces', key: 'trace_id' },
  logged_model: { table: 'logged_models', key: 'model_id' },
  issue: { table: 'issues', key: 'issue_id' },
  label_schema: { table: 'label_schemas', key: 'schema_id' },
  review_queue: { table: 'review_queues', key: 'queue_id' },
};

/** SQL of which workspace a thing lies in. It reads keys of other slices' tables and nothing else. */
export class WhereaboutsStore {
  readonly #database: Pick<Database, 'dialect'>;

  constructor(database: Pick<Database, 'dialect'>) {
    this.#database = database;
  }

  /** @returns the workspaces of those that there are, by their ids */
  async of(reader: Reader, kind: Placed, ids: readonly string[]): Promise<Map<string, string>> {
    const rows = await reader.all<{ id: string | number; workspace: string }>(
      this.#asking(kind, ids),
    );
    return new Map(rows.map(({ id, workspace }) => [String(id), workspace]));
  }

  #asking(kind: Placed, ids: readonly string[]) {
    const { dialect } = this.#database;
    if (kind === 'experiment') {
      const { sql, bindings } = dialect.isOneOf('experiment_id', ids.map(Number));
      return {
        sql: `select experiment_id as id, workspace from experiments where ${sql}`,
        bindings,
      };
    }
    const owner = OF_EXPERIMENTS[kind];
    if (owner === undefined) {
      const { sql, bindings } = dialect.isOneOfText('dataset_id', ids);
      return {
        sql: `select dataset_id as id, workspace from evaluation_datasets where ${sql}`,
        bindings,
      };
    }
    const { sql, bindings } = dialect.isOneOfText(`t.${owner.key}`, ids);
    return {
      sql:
        `select t.${owner.key} as id, e.workspace from ${owner.table} t ` +
        `join experiments e on e.experiment_id = t.experiment_id where ${sql}`,
      bindings,
    };
  }
}
