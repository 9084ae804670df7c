import { invalidParameter } from '../../errors.js';
import type { Database } from '../../platform/db/database.js';
import type { Input, OperationTable, Requirement } from '../../platform/http/operation.js';
import { parseExperimentId } from '../experiments/experiments.js';
import { checkBatchRunId } from '../metrics/metrics.js';
import type { DatasetInput } from './inputs.js';
import type { InputService } from './inputs.service.js';
import type { InputStore } from './inputs.store.js';

const MAX_EXPERIMENTS = 20;
const MAX_SUMMARIES = 1_000;

/** Inputs and outputs of runs, and the datasets of experiments. */
export const inputOperations = (
  database: Database,
  store: InputStore,
  service: InputService,
): OperationTable<'logInputs' | 'logOutputs' | 'searchDatasets'> => ({
  logInputs: {
    access: 'edit',
    of: 'run',
    id: ({ run_id }) => run_id,
    also: ({ models = [] }) => editsModels(models),
    handler: async ({ run_id, datasets = [], models = [] }) => {
      checkBatchRunId(run_id);
      await service.logInputs(
        run_id,
        datasets.map(fromWire),
        models.map(({ model_id = '' }) => model_id),
      );
      return {};
    },
  },
  logOutputs: {
    access: 'edit',
    of: 'run',
    id: ({ run_id }) => run_id,
    also: ({ models = [] }) => editsModels(models),
    handler: async ({ run_id, models }) => {
      const outputs = models.map(({ model_id = '', step = 0 }) => ({ modelId: model_id, step }));
      await service.logOutputs(run_id, outputs);
      return {};
    },
  },
  searchDatasets: {
    access: 'read',
    of: 'experiment',
    id: ({ experiment_ids = [] }) => experiment_ids,
    handler: async ({ experiment_ids = [] }) => {
      checkExperimentCount(experiment_ids.length);
      const ids = experiment_ids.map(parseExperimentId);
      const summaries = await store.summaries(database.scan, ids, MAX_SUMMARIES);
      if (summaries.length === 0) return {};
      return {
        dataset_summaries: summaries.map(({ experiment_id, name, digest, context }) => ({
          experiment_id: String(experiment_id),
          name,
          digest,
          ...(context ? { context } : {}),
        })),
      };
    },
  },
});

/** What a run takes in or puts out, a logged model is told of. */
const editsModels = (models: readonly { readonly model_id?: string }[]): readonly Requirement[] =>
  models.flatMap(({ model_id: id = '' }) =>
    id === '' ? [] : [{ access: 'edit', of: 'logged_model', id }],
  );

type DatasetOnWire = NonNullable<Input<'logInputs'>['datasets']>[number];

const fromWire = ({ dataset = {}, tags = [] }: DatasetOnWire): DatasetInput => ({
  dataset: {
    name: dataset.name ?? '',
    digest: dataset.digest ?? '',
    sourceType: dataset.source_type ?? '',
    source: dataset.source ?? '',
    schema: dataset.schema,
    profile: dataset.profile,
  },
  tags: tags.map(({ key = '', value = '' }) => ({ key, value })),
});

function checkExperimentCount(count: number): void {
  if (count === 0) {
    throw invalidParameter('SearchDatasets request must specify at least one experiment_id.');
  }
  if (count <= MAX_EXPERIMENTS) return;
  throw invalidParameter(
    `SearchDatasets request cannot specify more than ${MAX_EXPERIMENTS} experiment_ids. ` +
      `Received ${count} experiment_ids.`,
  );
}
