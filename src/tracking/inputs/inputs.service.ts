import { badRequest } from '../../errors.js';
import type { Database, Transaction } from '../../platform/db/database.js';
import {
  checkDatasetInput,
  checkModelId,
  type DatasetInput,
  datasetKey,
  firstMentions,
  type ModelOutput,
} from './inputs.js';
import type { InputStore } from './inputs.store.js';

/** What inputs need of runs. */
export interface ActiveRuns {
  /** @throws MlflowError 404 when there is no such run, 400 when it is deleted */
  lock(
    tx: Transaction,
    runId: string,
  ): Promise<{ readonly id: number; readonly experiment_id: number }>;
}

/** Logs what went into a run and what came out of it. Each call is one transaction. */
export class InputService {
  readonly #database: Database;
  readonly #store: InputStore;
  readonly #runs: ActiveRuns;

  constructor(database: Database, store: InputStore, runs: ActiveRuns) {
    this.#database = database;
    this.#store = store;
    this.#runs = runs;
  }

  /** What the run has already stays as it is, tags included. */
  async logInputs(
    runId: string,
    datasets: readonly DatasetInput[],
    modelIds: readonly string[],
  ): Promise<void> {
    for (const input of datasets) checkDatasetInput(input);
    for (const id of modelIds) checkModelId(id);
    const inputs = firstMentions(datasets);
    await this.#database.write(async (tx) => {
      const run = await this.#runs.lock(tx, runId);
      await this.#linkDatasets(tx, run, inputs);
      if (modelIds.length > 0) {
        await this.#store.linkModels(tx, run.id, [...new Set(modelIds)]);
      }
    });
  }

  /** A model may be a run's output once, whatever the step. */
  async logOutputs(runId: string, outputs: readonly ModelOutput[]): Promise<void> {
    for (const { modelId } of outputs) checkModelId(modelId);
    const distinct = new Map(outputs.map((output) => [output.modelId, output]));
    await this.#database.write(async (tx) => {
      const run = await this.#runs.lock(tx, runId);
      if (outputs.length === 0) return;
      const inserted = await this.#store.insertOutputs(tx, run.id, [...distinct.values()]);
      if (inserted === outputs.length) return;
      throw badRequest(`A model can be logged as an output of run '${runId}' only once.`);
    });
  }

  async #linkDatasets(
    tx: Transaction,
    run: { readonly id: number; readonly experiment_id: number },
    inputs: readonly DatasetInput[],
  ): Promise<void> {
    if (inputs.length === 0) return;
    const datasets = inputs.map(({ dataset }) => dataset);
    const ids = await this.#store.ensureDatasets(tx, run.experiment_id, datasets);
    for (const { dataset, tags } of inputs) {
      const id = ids.get(datasetKey(dataset));
      if (id === undefined) throw new Error('A dataset that was just stored is not there');
      if (!(await this.#store.linkDataset(tx, run.id, id)) || tags.length === 0) continue;
      if (new Set(tags.map(({ key }) => key)).size < tags.length) {
        throw badRequest('The tags of a dataset input must have distinct keys.');
      }
      await this.#store.insertTags(tx, run.id, id, tags);
    }
  }
}
