import type { Database } from '../../platform/db/database.js';
import type { OperationTable } from '../../platform/http/operation.js';
import { jsonText } from '../../platform/http/reply.js';
import { idempotencyKey } from '../../platform/idempotency.js';
import type { Keeper } from '../../platform/keeper.js';
import { parseExperimentIds } from '../experiments/experiments.js';
import { noRun } from './runs.js';
import { searchRuns } from './runs.page.js';
import type { RunService } from './runs.service.js';
import type { RunStore } from './runs.store.js';
import { runInfoToWire, runToJson } from './runs.wire.js';

type Ids =
  | 'createRun'
  | 'getRun'
  | 'updateRun'
  | 'deleteRun'
  | 'restoreRun'
  | 'logParam'
  | 'setTag'
  | 'deleteTag'
  | 'logModel'
  | 'searchRuns';

const byId = (input: { run_id: string }) => input.run_id;

/** The runs family of the API, but for search and batches. */
export const runOperations = (
  database: Database,
  store: RunStore,
  service: RunService,
  keeper: Pick<Keeper, 'logging'>,
): OperationTable<Ids> => ({
  createRun: {
    access: 'edit',
    of: 'experiment',
    id: ({ experiment_id = '' }) => experiment_id,
    handler: async (
      { experiment_id, user_id = '', run_name = '', start_time = 0, tags = [] },
      call,
    ) => {
      const wish = {
        experimentId: experiment_id,
        userId: user_id,
        name: run_name,
        startTime: start_time,
        tags: tags.map(({ key = '', value = '' }) => ({ key, value })),
        idempotencyKey: idempotencyKey(call.headers['idempotency-key']),
      };
      const created = await service.create(wish, call);
      const data = { tags: [...created.tags] };
      return { run: { info: runInfoToWire(created.info), data, inputs: {} } };
    },
  },
  getRun: {
    access: 'read',
    of: 'run',
    id: byId,
    handler: async ({ run_id }) => {
      const row = await store.read(database.read, run_id);
      if (row === undefined) throw noRun(run_id);
      return jsonText(`{"run":${runToJson(row, true)}}`);
    },
  },
  updateRun: {
    access: 'edit',
    of: 'run',
    id: byId,
    handler: async ({ run_id, status, end_time, run_name }) => {
      const info = await service.update(run_id, { status, endTime: end_time, name: run_name });
      return { run_info: runInfoToWire(info) };
    },
  },
  deleteRun: {
    access: 'manage',
    of: 'run',
    id: byId,
    handler: async ({ run_id }, by) => {
      await service.delete(run_id, by);
      return {};
    },
  },
  restoreRun: {
    access: 'manage',
    of: 'run',
    id: byId,
    handler: async ({ run_id }, by) => {
      await service.restore(run_id, by);
      return {};
    },
  },
  logParam: {
    access: 'edit',
    of: 'run',
    id: byId,
    handler: async ({ run_id, key, value = '' }, by) => {
      await keeper.logging(by, (check) => service.logParam(run_id, { key, value }, check));
      return {};
    },
  },
  setTag: {
    access: 'edit',
    of: 'run',
    id: byId,
    handler: async ({ run_id, key, value = '' }) => {
      await service.setTag(run_id, { key, value });
      return {};
    },
  },
  deleteTag: {
    access: 'edit',
    of: 'run',
    id: byId,
    handler: async ({ run_id, key }) => {
      await service.deleteTag(run_id, key);
      return {};
    },
  },
  logModel: {
    access: 'edit',
    of: 'run',
    id: byId,
    handler: async ({ run_id, model_json }) => {
      await service.logModel(run_id, model_json);
      return {};
    },
  },
  searchRuns: {
    access: 'read',
    of: 'experiment',
    id: ({ experiment_ids = [] }) => experiment_ids,
    narrow: (input, experiment_ids) => ({ ...input, experiment_ids: [...experiment_ids] }),
    handler: async (input) => {
      const { filter = '', order_by = [], run_view_type, page_token = '' } = input;
      const { rows, token } = await searchRuns(database, store, {
        experimentIds: parseExperimentIds(input.experiment_ids ?? []),
        filter,
        orderBy: order_by,
        view: run_view_type ?? 'ACTIVE_ONLY',
        maxResults: input.max_results,
        pageToken: page_token,
      });
      const runs = rows.map((row) => runToJson(row, false)).join(',');
      const parts = [
        ...(rows.length > 0 ? [`"runs":[${runs}]`] : []),
        ...(token ? [`"next_page_token":${JSON.stringify(token)}`] : []),
      ];
      return jsonText(`{${parts.join(',')}}`);
    },
  },
});
