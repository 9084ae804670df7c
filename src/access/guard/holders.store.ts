import type { Database, Reader } from '../../platform/db/database.js';
import { isHere, named } from '../../platform/db/workspace.js';

/** Whoever holds the grants that decide about a thing: an experiment for its runs, and so on. */
export interface Holder {
  /** As grants name it. */
  readonly kind: string;
  readonly id: string;
}

/** Things that belong to an experiment for good. */
export type Child = 'run' | 'trace' | 'logged_model' | 'issue' | 'label_schema' | 'review_queue';

const CHILDREN: Readonly<Record<Child, { table: string; key: string }>> = {
  run: { table: 'runs', key: 'run_id' },
  trace: { table: 'traces', key: 'trace_id' },
  logged_model: { table: 'logged_models', key: 'model_id' },
  issue: { table: 'issues', key: 'issue_id' },
  label_schema: { table: 'label_schemas', key: 'schema_id' },
  review_queue: { table: 'review_queues', key: 'queue_id' },
};

export const isChild = (kind: string): kind is Child => Object.hasOwn(CHILDREN, kind);

const IS_PROMPT = 'mlflow.prompt.is_prompt';

/**
 * Finds out whom a thing belongs to. It reads keys of other slices' tables and nothing else: what
 * a caller may see must be known before any slice is asked.
 */
export class HolderStore {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  /** @returns the experiments of those that there are, by their ids */
  async experimentsOf(
    reader: Reader,
    child: Child,
    ids: readonly string[],
  ): Promise<Map<string, string>> {
    const { table, key } = CHILDREN[child];
    const { sql, bindings } = this.#database.dialect.isOneOfText(key, ids);
    const rows = await reader.all<{ id: string; experiment_id: number }>({
      sql: `select ${key} as id, experiment_id from ${table} where ${sql}`,
      bindings,
    });
    return new Map(rows.map(({ id, experiment_id }) => [id, String(experiment_id)]));
  }

  async experimentNamed(reader: Reader, name: string): Promise<string | undefined> {
    const row = await reader.first<{ experiment_id: number }>({
      sql: `select experiment_id from experiments e where ${named(this.#database, 'e')} = ?`,
      bindings: [name],
    });
    return row && String(row.experiment_id);
  }

  /** @returns the experiments that an evaluation dataset is linked to; none for no such dataset */
  async experimentsOfDataset(reader: Reader, datasetId: string): Promise<string[]> {
    const rows = await reader.all<{ experiment_id: number }>({
      sql:
        'select e.experiment_id from evaluation_datasets d ' +
        'join evaluation_dataset_experiments e on e.dataset = d.id where d.dataset_id = ?',
      bindings: [datasetId],
    });
    return rows.map(({ experiment_id }) => String(experiment_id));
  }

  /** @returns the name of a registered model */
  async modelWithKey(reader: Reader, key: string): Promise<string | undefined> {
    if (!/^[1-9]\d{0,14}$/.test(key)) return undefined;
    const sql = `select name from registered_models m where id = ? and ${isHere(this.#database, 'm')}`;
    return (await reader.first<{ name: string }>({ sql, bindings: [Number(key)] }))?.name;
  }

  /** @returns whether the model of this name is a prompt; false for no such model */
  async isPrompt(reader: Reader, name: string): Promise<boolean> {
    const row = await reader.first({
      sql:
        'select m.id from registered_models m join registered_model_tags t on t.model = m.id ' +
        `where ${named(this.#database, 'm')} = ? and t.key = ? and lower(t.value) = 'true'`,
      bindings: [name, IS_PROMPT],
    });
    return row !== undefined;
  }
}
