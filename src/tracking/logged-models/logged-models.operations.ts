import type { Database } from '../../platform/db/database.js';
import type { Input, OperationTable } from '../../platform/http/operation.js';
import { jsonText } from '../../platform/http/reply.js';
import type { Keeper } from '../../platform/keeper.js';
import { type KeyValue, noModel } from './logged-models.js';
import { type LoggedModelSearch, searchLoggedModels } from './logged-models.pages.js';
import type { LoggedModelService } from './logged-models.service.js';
import type { LoggedModelRow, LoggedModelStore } from './logged-models.store.js';
import { loggedModelToJson } from './logged-models.wire.js';

type Ids =
  | 'createLoggedModel'
  | 'getLoggedModel'
  | 'finalizeLoggedModel'
  | 'deleteLoggedModel'
  | 'searchLoggedModels'
  | 'setLoggedModelTags'
  | 'deleteLoggedModelTag'
  | 'logLoggedModelParams';

const byId = (input: { model_id: string }) => input.model_id;

/** The logged models of the API, but for their artifacts. */
export const loggedModelOperations = (
  database: Database,
  store: LoggedModelStore,
  service: LoggedModelService,
  keeper: Pick<Keeper, 'logging'>,
): OperationTable<Ids> => ({
  createLoggedModel: {
    access: 'edit',
    of: 'experiment',
    id: ({ experiment_id }) => experiment_id,
    also: ({ source_run_id: id = '' }) => (id === '' ? [] : [{ access: 'read', of: 'run', id }]),
    handler: async (input) => {
      const row = await service.create({
        experimentId: input.experiment_id,
        name: input.name ?? '',
        modelType: input.model_type ?? '',
        sourceRunId: input.source_run_id ?? '',
        params: fromWire(input.params),
        tags: fromWire(input.tags),
      });
      return modelReply(row);
    },
  },
  getLoggedModel: {
    access: 'read',
    of: 'logged_model',
    id: byId,
    handler: async ({ model_id, allow_deleted = false }) => {
      const row = await store.read(database.read, model_id, allow_deleted);
      if (row === undefined) throw noModel(model_id);
      return modelReply(row);
    },
  },
  finalizeLoggedModel: {
    access: 'edit',
    of: 'logged_model',
    id: byId,
    // A status by a name that is not known is unset, as in every message.
    handler: async ({ model_id, status = 'LOGGED_MODEL_STATUS_UNSPECIFIED' }) =>
      modelReply(await service.finalize(model_id, status)),
  },
  deleteLoggedModel: {
    access: 'manage',
    of: 'logged_model',
    id: byId,
    handler: async ({ model_id }, by) => {
      await service.delete(model_id, by);
      return {};
    },
  },
  searchLoggedModels: {
    access: 'read',
    of: 'experiment',
    id: ({ experiment_ids }) => experiment_ids,
    narrow: (input, experiment_ids) => ({ ...input, experiment_ids: [...experiment_ids] }),
    handler: async (input) => {
      const page = await searchLoggedModels(database, store, searchFromWire(input));
      const { models, nextPageToken: token } = page;
      const list = models.length > 0 ? `"models":[${models.map(loggedModelToJson).join(',')}]` : '';
      return jsonText(`{${list}${token ? `,"next_page_token":${JSON.stringify(token)}` : ''}}`);
    },
  },
  setLoggedModelTags: {
    access: 'edit',
    of: 'logged_model',
    id: byId,
    handler: async ({ model_id, tags }) => {
      await service.setTags(model_id, fromWire(tags));
      return {};
    },
  },
  deleteLoggedModelTag: {
    access: 'edit',
    of: 'logged_model',
    id: byId,
    handler: async ({ model_id, tag_key }, by) => {
      await service.deleteTag(model_id, tag_key, by);
      return {};
    },
  },
  logLoggedModelParams: {
    access: 'edit',
    of: 'logged_model',
    id: byId,
    handler: async ({ model_id, params }, by) => {
      await keeper.logging(by, (check) => service.logParams(model_id, fromWire(params), check));
      return {};
    },
  },
});

const modelReply = (row: LoggedModelRow) =>
  jsonText<{ model?: object }>(`{"model":${loggedModelToJson(row)}}`);

const fromWire = (list: readonly Partial<KeyValue>[] = []): KeyValue[] =>
  list.map(({ key = '', value = '' }) => ({ key, value }));

const searchFromWire = (input: Input<'searchLoggedModels'>): LoggedModelSearch => ({
  experimentIds: input.experiment_ids,
  filter: input.filter ?? '',
  datasets: (input.datasets ?? []).map(({ dataset_name = '', dataset_digest }) =>
    dataset_digest ? { dataset_name, dataset_digest } : { dataset_name },
  ),
  orderBy: input.order_by ?? [],
  maxResults: input.max_results,
  pageToken: input.page_token ?? '',
});
