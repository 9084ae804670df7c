import type { Binding, Database, Reader, Transaction } from '../../platform/db/database.js';
import { named } from '../../platform/db/workspace.js';
import type { Experiment, ExperimentState, LifecycleStage, Tag } from './experiments.js';

/** As the database returns it: tags are a JSON array of {key, value}. */
export type StoredExperiment = Omit<Experiment, 'tags'> & { readonly tags: string };

const TAGS = {
  table: 'experiment_tags',
  columns: { experiment_id: 'bigint', key: 'text', value: 'text' },
  conflict: 'on conflict (experiment_id, key) do update set value = excluded.value',
} as const;

/** SQL of the experiments and their tags. */
export class ExperimentStore {
  readonly #database: Database;
  readonly #select: string;

  constructor(database: Database) {
    this.#database = database;
    this.#select = `select ${this.columns('e')} from experiments e`;
  }

  /** The columns of {@link toExperiment}, to be selected in other queries too. */
  columns(alias: string): string {
    const tags = this.#database.dialect.jsonObjects(
      { key: 't.key', value: 't.value' },
      `experiment_tags t where t.experiment_id = ${alias}.experiment_id`,
      't.key',
    );
    const own = [
      'experiment_id',
      'workspace',
      'name',
      'artifact_location',
      'lifecycle_stage',
      'creation_time',
      'last_update_time',
    ];
    return `${own.map((name) => `${alias}.${name}`).join(', ')}, ${tags} as tags`;
  }

  find(reader: Reader, id: number): Promise<Experiment | undefined> {
    return this.#one(reader, `${this.#select} where e.experiment_id = ?`, id);
  }

  /** @returns what a command needs to know of an experiment, without its tags */
  state(reader: Reader, id: number): Promise<ExperimentState | undefined> {
    return reader.first<ExperimentState>({
      sql: 'select experiment_id, artifact_location, lifecycle_stage from experiments where experiment_id = ?',
      bindings: [id],
    });
  }

  /** @returns those of the experiments that exist, deleted ones included */
  async existing(reader: Reader, ids: readonly number[]): Promise<number[]> {
    const given = this.#database.dialect.isOneOf('experiment_id', ids);
    const rows = await reader.all<{ experiment_id: number }>({
      sql: `select experiment_id from experiments where ${given.sql}`,
      bindings: given.bindings,
    });
    return rows.map(({ experiment_id }) => experiment_id);
  }

  findByName(reader: Reader, name: string): Promise<Experiment | undefined> {
    return this.#one(reader, `${this.#select} where ${named(this.#database, 'e')} = ?`, name);
  }

  /** @returns the number of the new experiment */
  async insert(tx: Transaction, name: string, now: number): Promise<number> {
    const row = await tx.first<{ experiment_id: number }>({
      sql:
        'insert into experiments (workspace, name, artifact_location, lifecycle_stage, ' +
        "creation_time, last_update_time) values (?, ?, '', 'active', ?, ?) returning experiment_id",
      bindings: [this.#database.workspace, name, now, now],
    });
    if (row === undefined) throw new Error('An insert has returned no row');
    return row.experiment_id;
  }

  /** Makes experiment 0, `Default`, where it is not there yet. */
  async insertDefault(tx: Transaction, location: string, now: number): Promise<void> {
    await tx.run({
      sql:
        'insert into experiments (experiment_id, name, artifact_location, lifecycle_stage, ' +
        "creation_time, last_update_time) values (0, 'Default', ?, 'active', ?, ?) " +
        'on conflict do nothing',
      bindings: [location, now, now],
    });
  }

  async setLocation(tx: Transaction, id: number, location: string): Promise<void> {
    await tx.run({
      sql: 'update experiments set artifact_location = ? where experiment_id = ?',
      bindings: [location, id],
    });
  }

  async rename(tx: Transaction, id: number, name: string, now: number): Promise<void> {
    await tx.run({
      sql: 'update experiments set name = ?, last_update_time = ? where experiment_id = ?',
      bindings: [name, now, id],
    });
  }

  /** Moves the experiment and all of its runs to another stage. */
  async setStage(tx: Transaction, id: number, stage: LifecycleStage, now: number): Promise<void> {
    await tx.run({
      sql: 'update experiments set lifecycle_stage = ?, last_update_time = ? where experiment_id = ?',
      bindings: [stage, now, id],
    });
    await tx.run({
      sql:
        'update runs set lifecycle_stage = ?, deleted_time = ? ' +
        'where experiment_id = ? and lifecycle_stage <> ?',
      bindings: [stage, stage === 'deleted' ? now : null, id, stage],
    });
  }

  async setTags(tx: Transaction, id: number, tags: readonly Tag[]): Promise<void> {
    await tx.insert(
      TAGS,
      tags.map(({ key, value }) => [id, key, value]),
    );
  }

  /** @returns false when there was no such tag */
  async deleteTag(tx: Transaction, id: number, key: string): Promise<boolean> {
    const changed = await tx.run({
      sql: 'delete from experiment_tags where experiment_id = ? and key = ?',
      bindings: [id, key],
    });
    return changed > 0;
  }

  async #one(reader: Reader, sql: string, key: Binding): Promise<Experiment | undefined> {
    const row = await reader.first<StoredExperiment>({ sql, bindings: [key] });
    return row && toExperiment(row);
  }
}

export const toExperiment = (row: StoredExperiment): Experiment => ({
  experiment_id: row.experiment_id,
  workspace: row.workspace,
  name: row.name,
  artifact_location: row.artifact_location,
  lifecycle_stage: row.lifecycle_stage,
  creation_time: row.creation_time,
  last_update_time: row.last_update_time,
  tags: JSON.parse(row.tags) as Tag[],
});
