import { notFound } from '../../errors.js';
import type { Database } from '../../platform/db/database.js';
import type { OperationTable } from '../../platform/http/operation.js';
import type { Experiment } from './experiments.js';
import { searchExperiments } from './experiments.page.js';
import type { ExperimentService } from './experiments.service.js';
import type { ExperimentStore } from './experiments.store.js';

type Ids =
  | 'createExperiment'
  | 'getExperiment'
  | 'getExperimentByName'
  | 'updateExperiment'
  | 'deleteExperiment'
  | 'restoreExperiment'
  | 'setExperimentTag'
  | 'deleteExperimentTag'
  | 'searchExperiments';

const byId = (input: { experiment_id: string }) => input.experiment_id;

/** The experiments family of the API. */
export const experimentOperations = (
  database: Database,
  store: ExperimentStore,
  service: ExperimentService,
): OperationTable<Ids> => ({
  createExperiment: {
    access: 'create',
    of: 'experiment',
    handler: async ({ name, artifact_location, tags = [] }, by) => ({
      experiment_id: await service.create(
        name,
        artifact_location,
        tags.map(({ key = '', value = '' }) => ({ key, value })),
        by,
      ),
    }),
  },
  getExperiment: {
    access: 'read',
    of: 'experiment',
    id: byId,
    handler: async ({ experiment_id }) => ({
      experiment: toWire(await service.get(database.read, experiment_id)),
    }),
  },
  getExperimentByName: {
    access: 'read',
    of: 'experiment_name',
    id: ({ experiment_name }) => experiment_name,
    handler: async ({ experiment_name }) => {
      const experiment = await store.findByName(database.read, experiment_name);
      if (experiment) return { experiment: toWire(experiment) };
      throw notFound(`Could not find experiment with name '${experiment_name}'`);
    },
  },
  updateExperiment: {
    access: 'edit',
    of: 'experiment',
    id: byId,
    handler: async ({ experiment_id, new_name }, by) => {
      await service.rename(experiment_id, new_name, by);
      return {};
    },
  },
  deleteExperiment: {
    access: 'manage',
    of: 'experiment',
    id: byId,
    handler: async ({ experiment_id }, by) => {
      await service.delete(experiment_id, by);
      return {};
    },
  },
  restoreExperiment: {
    access: 'manage',
    of: 'experiment',
    id: byId,
    handler: async ({ experiment_id }, by) => {
      await service.restore(experiment_id, by);
      return {};
    },
  },
  setExperimentTag: {
    access: 'edit',
    of: 'experiment',
    id: byId,
    handler: async ({ experiment_id, key, value = '' }) => {
      await service.setTag(experiment_id, { key, value });
      return {};
    },
  },
  deleteExperimentTag: {
    access: 'edit',
    of: 'experiment',
    id: byId,
    handler: async ({ experiment_id, key }) => {
      await service.deleteTag(experiment_id, key);
      return {};
    },
  },
  searchExperiments: {
    access: 'read',
    of: 'experiment',
    handler: async (
      { filter = '', order_by = [], view_type, max_results = 0, page_token = '' },
      { scope },
    ) => {
      const { experiments, token } = await searchExperiments(database, store, {
        filter,
        orderBy: order_by,
        view: view_type ?? 'ACTIVE_ONLY',
        maxResults: max_results,
        pageToken: page_token,
        scope,
      });
      return {
        ...(experiments.length > 0 ? { experiments: experiments.map(toWire) } : {}),
        ...(token ? { next_page_token: token } : {}),
      };
    },
  },
});

/** An experiment as the wire shows it; MLflow 3.17 prints a workspace even when it has none. */
export const toWire = ({ experiment_id, workspace, tags, ...rest }: Experiment) => ({
  experiment_id: String(experiment_id),
  ...rest,
  ...(tags.length > 0 ? { tags: [...tags] } : {}),
  workspace,
});
