import type { Database } from '../../platform/db/database.js';
import type { OperationTable } from '../../platform/http/operation.js';
import { printLikePython } from '../../platform/python-json.js';
import { checkMaxResults } from '../../platform/rules/limits.js';
import type { EvaluationDataset } from './datasets.js';
import { searchDatasets } from './datasets.page.js';
import type { DatasetService } from './datasets.service.js';
import type { DatasetStore } from './datasets.store.js';
import { recordsToJson } from './records.js';
import type { RecordStore } from './records.store.js';

type Ids =
  | 'createDataset'
  | 'getDataset'
  | 'deleteDataset'
  | 'searchEvaluationDatasets'
  | 'setDatasetTags'
  | 'deleteDatasetTag'
  | 'upsertDatasetRecords'
  | 'getDatasetRecords'
  | 'deleteDatasetRecords'
  | 'getDatasetExperimentIds'
  | 'addDatasetToExperiments'
  | 'removeDatasetFromExperiments';

export interface DatasetOperationParts {
  readonly database: Database;
  readonly datasets: DatasetStore;
  readonly records: RecordStore;
  readonly service: DatasetService;
}

/** Records of a page, unless the caller says otherwise. */
const DEFAULT_RECORDS = 1_000;

/** Evaluation datasets. */
export const datasetOperations = ({
  database,
  datasets,
  records,
  service,
}: DatasetOperationParts): OperationTable<Ids> => ({
  createDataset: {
    access: 'edit',
    of: 'experiment',
    id: ({ experiment_ids = [] }) => experiment_ids,
    // A dataset of no experiment belongs to nobody who could be asked for it.
    also: ({ experiment_ids = [] }) =>
      experiment_ids.length > 0 ? [] : [{ access: 'admin', of: 'server', id: '' }],
    handler: async ({ name, tags = '', experiment_ids = [] }) => {
      const dataset = datasetToWire(await service.create(name, tags, experiment_ids));
      // Only here MLflow tells them with the dataset.
      const ids = [...new Set(experiment_ids)];
      return { dataset: ids.length > 0 ? { ...dataset, experiment_ids: ids } : dataset };
    },
  },
  getDataset: {
    access: 'read',
    of: 'evaluation_dataset',
    id: ({ dataset_id }) => dataset_id,
    handler: async ({ dataset_id }) => ({
      dataset: datasetToWire(await service.get(database.read, dataset_id)),
    }),
  },
  deleteDataset: {
    access: 'manage',
    of: 'evaluation_dataset',
    id: ({ dataset_id }) => dataset_id,
    handler: async ({ dataset_id }, by) => {
      await service.delete(dataset_id, by);
      return {};
    },
  },
  searchEvaluationDatasets: {
    access: 'read',
    of: 'experiment',
    id: ({ experiment_ids = [] }) => experiment_ids,
    handler: async (input, { scope }) => {
      const { datasets: found, token } = await searchDatasets(database, datasets, {
        experimentIds: input.experiment_ids ?? [],
        filter: input.filter_string ?? '',
        orderBy: input.order_by ?? [],
        maxResults: input.max_results,
        pageToken: input.page_token ?? '',
        scope,
      });
      return {
        ...(found.length > 0 ? { datasets: found.map(datasetToWire) } : {}),
        ...(token === undefined ? {} : { next_page_token: token }),
      };
    },
  },
  setDatasetTags: {
    access: 'edit',
    of: 'evaluation_dataset',
    id: ({ dataset_id }) => dataset_id,
    handler: async ({ dataset_id, tags }) => {
      await service.setTags(dataset_id, tags);
      return {};
    },
  },
  deleteDatasetTag: {
    access: 'edit',
    of: 'evaluation_dataset',
    id: ({ dataset_id }) => dataset_id,
    handler: async ({ dataset_id, key }) => {
      await service.deleteTag(dataset_id, key);
      return {};
    },
  },
  upsertDatasetRecords: {
    access: 'edit',
    of: 'evaluation_dataset',
    id: ({ dataset_id }) => dataset_id,
    handler: async ({ dataset_id, records: json }) => {
      const { inserted, updated } = await service.upsert(dataset_id, json);
      return { inserted_count: inserted, updated_count: updated };
    },
  },
  getDatasetRecords: {
    access: 'read',
    of: 'evaluation_dataset',
    id: ({ dataset_id }) => dataset_id,
    handler: async ({ dataset_id, max_results, page_token }) => {
      const size = max_results || DEFAULT_RECORDS;
      checkMaxResults(size);
      const dataset = await datasets.key(database.read, dataset_id);
      if (dataset === undefined) return { records: '[]' };
      const { rows, token } = await records.page(dataset, size, page_token);
      return {
        records: await recordsToJson(dataset_id, rows),
        ...(token === undefined ? {} : { next_page_token: token }),
      };
    },
  },
  deleteDatasetRecords: {
    access: 'edit',
    of: 'evaluation_dataset',
    id: ({ dataset_id }) => dataset_id,
    handler: async ({ dataset_id = '', dataset_record_ids = [] }) => ({
      deleted_count: await service.deleteRecords(dataset_id, dataset_record_ids),
    }),
  },
  getDatasetExperimentIds: {
    access: 'read',
    of: 'evaluation_dataset',
    id: ({ dataset_id }) => dataset_id,
    handler: async ({ dataset_id }) => {
      const ids = await datasets.experimentIds(database.read, dataset_id);
      return ids.length > 0 ? { experiment_ids: ids.map(String) } : {};
    },
  },
  addDatasetToExperiments: {
    access: 'edit',
    of: 'experiment',
    id: ({ experiment_ids = [] }) => experiment_ids,
    also: ({ dataset_id: id = '' }) => [{ access: 'edit', of: 'evaluation_dataset', id }],
    handler: async ({ dataset_id = '', experiment_ids = [] }) => ({
      dataset: datasetToWire(await service.addTo(dataset_id, experiment_ids)),
    }),
  },
  removeDatasetFromExperiments: {
    access: 'edit',
    of: 'experiment',
    id: ({ experiment_ids = [] }) => experiment_ids,
    also: ({ dataset_id: id = '' }) => [{ access: 'edit', of: 'evaluation_dataset', id }],
    handler: async ({ dataset_id = '', experiment_ids = [] }) => ({
      dataset: datasetToWire(await service.removeFrom(dataset_id, experiment_ids)),
    }),
  },
});

function datasetToWire(dataset: EvaluationDataset) {
  const { schema, num_records, created_by, last_updated_by } = dataset;
  return {
    dataset_id: dataset.dataset_id,
    name: dataset.name,
    tags: printLikePython(dataset.tags),
    ...(schema === null ? {} : { schema }),
    ...(num_records === null ? {} : { profile: printProfile(num_records) }),
    digest: dataset.digest,
    created_time: dataset.created_time,
    last_update_time: dataset.last_update_time,
    ...(created_by === null ? {} : { created_by }),
    ...(last_updated_by === null ? {} : { last_updated_by }),
  };
}

/** A dataset that has lost all of its records has a profile of null. */
const printProfile = (num_records: number): string =>
  printLikePython(num_records > 0 ? { num_records } : null);
