import type { Database, Reader, Transaction } from '../../platform/db/database.js';
import { isHere } from '../../platform/db/workspace.js';
import type { EvaluationDataset, Tags } from './datasets.js';

/** What a command needs to know of a dataset that it changes. */
export interface LockedDataset {
  readonly id: number;
  readonly name: string;
  readonly schema: string | null;
  readonly num_records: number | null;
}

/** What may change of a dataset; absent parts stay as they are. */
export type DatasetChange = Partial<
  Pick<
    EvaluationDataset,
    'schema' | 'num_records' | 'digest' | 'last_update_time' | 'last_updated_by'
  >
>;

/** A dataset as it is selected: tags are JSON text. */
export type DatasetRow = Omit<EvaluationDataset, 'tags'> & { readonly tags: string };

const TAGS = {
  table: 'evaluation_dataset_tags',
  columns: { dataset: 'bigint', key: 'text', value: 'text' },
  conflict: 'on conflict (dataset, key) do update set value = excluded.value',
} as const;

const EXPERIMENTS = {
  table: 'evaluation_dataset_experiments',
  columns: { dataset: 'bigint', experiment_id: 'bigint' },
  conflict: 'on conflict do nothing',
} as const;

const COLUMNS = [
  ...['dataset_id', 'name', 'schema', 'num_records', 'digest'],
  ...['created_time', 'last_update_time', 'created_by', 'last_updated_by'],
];

/** SQL of the evaluation datasets, their tags and their experiments. */
export class DatasetStore {
  readonly #database: Database;
  readonly #here: string;

  constructor(database: Database) {
    this.#database = database;
    this.#here = isHere(database, 'd');
  }

  /** The columns of {@link toDataset}, to be selected in searches too. */
  columns(alias: string): string {
    const tags = this.#database.dialect.jsonMap(
      't.key',
      't.value',
      `evaluation_dataset_tags t where t.dataset = ${alias}.id`,
    );
    return `${COLUMNS.map((name) => `${alias}.${name}`).join(', ')}, ${tags} as tags`;
  }

  async find(reader: Reader, datasetId: string): Promise<EvaluationDataset | undefined> {
    const row = await reader.first<DatasetRow>({
      sql: `select ${this.columns('d')} from evaluation_datasets d where d.dataset_id = ? and ${this.#here}`,
      bindings: [datasetId],
    });
    return row && toDataset(row);
  }

  /** @returns the key of a dataset's row, if there is one */
  async key(reader: Reader, datasetId: string): Promise<number | undefined> {
    const row = await reader.first<{ id: number }>({
      sql: `select id from evaluation_datasets d where dataset_id = ? and ${this.#here}`,
      bindings: [datasetId],
    });
    return row?.id;
  }

  /** Holds a dataset until the transaction ends, so that its changes come one after the other. */
  lock(tx: Transaction, datasetId: string): Promise<LockedDataset | undefined> {
    return tx.first<LockedDataset>({
      sql:
        'select id, name, schema, num_records from evaluation_datasets d ' +
        `where dataset_id = ? and ${this.#here}${this.#database.dialect.forUpdate}`,
      bindings: [datasetId],
    });
  }

  /** @returns the key of the new row */
  async insert(tx: Transaction, dataset: EvaluationDataset): Promise<number> {
    const row = await tx.first<{ id: number }>({
      sql:
        `insert into evaluation_datasets (workspace, ${COLUMNS.join(', ')}) ` +
        `values (?, ${COLUMNS.map(() => '?').join(', ')}) returning id`,
      bindings: [
        this.#database.workspace,
        ...[dataset.dataset_id, dataset.name, dataset.schema, dataset.num_records, dataset.digest],
        ...[dataset.created_time, dataset.last_update_time],
        ...[dataset.created_by, dataset.last_updated_by],
      ],
    });
    if (row === undefined) throw new Error('A new evaluation dataset has no key');
    return row.id;
  }

  async update(tx: Transaction, dataset: number, change: DatasetChange): Promise<void> {
    await tx.run(this.#database.sql('evaluation_datasets').where({ id: dataset }).update(change));
  }

  /** Deletes a dataset with its tags and records. */
  async delete(tx: Transaction, datasetId: string): Promise<void> {
    const sql = 'delete from evaluation_datasets where dataset_id = ? and workspace = ?';
    await tx.run({ sql, bindings: [datasetId, this.#database.workspace] });
  }

  async setTags(tx: Transaction, dataset: number, tags: Tags): Promise<void> {
    await tx.insert(
      TAGS,
      [...tags].map(([key, value]) => [dataset, key, value]),
    );
  }

  async deleteTag(tx: Transaction, datasetId: string, key: string): Promise<void> {
    await tx.run({
      sql:
        'delete from evaluation_dataset_tags where key = ? and ' +
        `dataset = (select id from evaluation_datasets d where dataset_id = ? and ${this.#here})`,
      bindings: [key, datasetId],
    });
  }

  async link(tx: Transaction, dataset: number, experiments: readonly number[]): Promise<void> {
    await tx.insert(
      EXPERIMENTS,
      experiments.map((experiment) => [dataset, experiment]),
    );
  }

  /** @returns how many of the experiments had the dataset */
  unlink(tx: Transaction, dataset: number, experiments: readonly number[]): Promise<number> {
    const given = this.#database.dialect.isOneOf('experiment_id', experiments);
    return tx.run({
      sql: `delete from evaluation_dataset_experiments where dataset = ? and ${given.sql}`,
      bindings: [dataset, ...given.bindings],
    });
  }

  async experimentIds(reader: Reader, datasetId: string): Promise<number[]> {
    const rows = await reader.all<{ experiment_id: number }>({
      sql:
        'select e.experiment_id from evaluation_dataset_experiments e ' +
        'join evaluation_datasets d on d.id = e.dataset where d.dataset_id = ? ' +
        'order by e.experiment_id',
      bindings: [datasetId],
    });
    return rows.map(({ experiment_id }) => experiment_id);
  }
}

/** Names each member: a row of a search has columns beyond those of a dataset. */
export const toDataset = (row: DatasetRow): EvaluationDataset => ({
  dataset_id: row.dataset_id,
  name: row.name,
  schema: row.schema,
  num_records: row.num_records,
  digest: row.digest,
  created_time: row.created_time,
  last_update_time: row.last_update_time,
  created_by: row.created_by,
  last_updated_by: row.last_updated_by,
  tags: JSON.parse(row.tags) as Record<string, string>,
});
