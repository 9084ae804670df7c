import type { Database, Reader, Transaction } from '../../platform/db/database.js';
import {
  CONTEXT_TAG,
  type Dataset,
  type DatasetSummary,
  datasetKey,
  type InputTag,
  type ModelOutput,
} from './inputs.js';

/** The table and its columns, for whoever inserts many. */
export const DATASETS = {
  table: 'datasets',
  columns: {
    experiment_id: 'bigint',
    name: 'text',
    digest: 'text',
    source_type: 'text',
    source: 'text',
    schema: 'text',
    profile: 'text',
  },
  conflict: 'on conflict do nothing',
} as const;
const LINKS = {
  table: 'run_datasets',
  columns: { run: 'bigint', dataset: 'bigint' },
  conflict: 'on conflict do nothing',
} as const;
const TAGS = {
  table: 'run_dataset_tags',
  columns: { run: 'bigint', dataset: 'bigint', key: 'text', value: 'text' },
} as const;
const MODEL_INPUTS = {
  table: 'run_input_models',
  columns: { run: 'bigint', model_id: 'text' },
  conflict: 'on conflict do nothing',
} as const;
const MODEL_OUTPUTS = {
  table: 'run_output_models',
  columns: { run: 'bigint', model_id: 'text', step: 'bigint' },
  conflict: 'on conflict do nothing',
} as const;

/** SQL of datasets, and of what went into runs and came out of them. */
export class InputStore {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  /** Stores the datasets that are new; @returns the surrogate key of each by {@link datasetKey} */
  async ensureDatasets(
    tx: Transaction,
    experimentId: number,
    datasets: readonly Dataset[],
  ): Promise<ReadonlyMap<string, number>> {
    await tx.insert(
      DATASETS,
      datasets.map((dataset) => [
        experimentId,
        dataset.name,
        dataset.digest,
        dataset.sourceType,
        dataset.source,
        dataset.schema || null,
        dataset.profile || null,
      ]),
    );
    const { dialect } = this.#database;
    const names = dialect.isOneOfText('name', [...new Set(datasets.map(({ name }) => name))]);
    const digests = dialect.isOneOfText('digest', [...new Set(datasets.map((d) => d.digest))]);
    const rows = await tx.all<{ id: number; name: string; digest: string }>({
      sql:
        'select id, name, digest from datasets ' +
        `where experiment_id = ? and ${names.sql} and ${digests.sql}`,
      bindings: [experimentId, ...names.bindings, ...digests.bindings],
    });
    return new Map(rows.map((row) => [datasetKey(row), row.id]));
  }

  /** @returns false when the run has this dataset already */
  async linkDataset(tx: Transaction, run: number, dataset: number): Promise<boolean> {
    return (await tx.insert(LINKS, [[run, dataset]])) > 0;
  }

  /** Tags of a link that was just made; each key may come once. */
  async insertTags(
    tx: Transaction,
    run: number,
    dataset: number,
    tags: readonly InputTag[],
  ): Promise<void> {
    await tx.insert(
      TAGS,
      tags.map(({ key, value }) => [run, dataset, key, value]),
    );
  }

  async linkModels(tx: Transaction, run: number, modelIds: readonly string[]): Promise<void> {
    await tx.insert(
      MODEL_INPUTS,
      modelIds.map((modelId) => [run, modelId]),
    );
  }

  /** @returns how many of the outputs the run did not have yet */
  insertOutputs(tx: Transaction, run: number, outputs: readonly ModelOutput[]): Promise<number> {
    return tx.insert(
      MODEL_OUTPUTS,
      outputs.map(({ modelId, step }) => [run, modelId, step]),
    );
  }

  /** @returns the distinct datasets, with their contexts, of the runs of these experiments */
  summaries(
    reader: Reader,
    experimentIds: readonly number[],
    limit: number,
  ): Promise<DatasetSummary[]> {
    const { sql, bindings } = this.#database.dialect.isOneOf('r.experiment_id', experimentIds);
    return reader.all<DatasetSummary>({
      sql:
        'select distinct d.experiment_id, d.name, d.digest, t.value as context ' +
        'from runs r join run_datasets l on l.run = r.id join datasets d on d.id = l.dataset ' +
        'left join run_dataset_tags t on t.run = l.run and t.dataset = l.dataset and t.key = ? ' +
        `where ${sql} order by d.experiment_id, d.name, d.digest, context limit ?`,
      bindings: [CONTEXT_TAG, ...bindings, limit],
    });
  }
}
