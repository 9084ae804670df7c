import { invalidParameter } from '../../errors.js';
import type { Database } from '../../platform/db/database.js';
import type { Input, OperationTable, Requirement } from '../../platform/http/operation.js';
import { jsonText, type Reply } from '../../platform/http/reply.js';
import { jsonStream } from '../../platform/http/stream-reply.js';
import type { Keeper } from '../../platform/keeper.js';
import {
  checkBulk,
  checkHistoryLimit,
  checkInterval,
  MAX_BULK_POINTS,
  pointToWire,
} from './history.js';
import { inParts } from './history-parts.js';
import { historyToken } from './history-token.js';
import type { MetricService } from './metrics.service.js';
import type { MetricStore } from './metrics.store.js';
import type { HistorySampler } from './sampling.js';

type Ids =
  | 'logMetric'
  | 'logBatch'
  | 'getMetricHistory'
  | 'getMetricHistoryBulk'
  | 'getMetricHistoryBulkInterval';

const byId = (input: { run_id: string }) => input.run_id;

/** A metric may be one of a logged model too, which may belong to somebody else. */
const editsModels = (ids: readonly string[]): readonly Requirement[] =>
  [...new Set(ids)]
    .filter((id) => id !== '')
    .map((id) => ({ access: 'edit', of: 'logged_model', id }));

/** The metrics family of the API, and batches. */
export const metricOperations = (
  database: Database,
  store: MetricStore,
  service: MetricService,
  sampler: HistorySampler,
  keeper: Pick<Keeper, 'logging'>,
): OperationTable<Ids> => ({
  logMetric: {
    access: 'edit',
    of: 'run',
    id: byId,
    also: ({ model_id = '' }) => editsModels([model_id]),
    handler: async ({ run_id, ...metric }) => {
      await service.logMetric(run_id, metric);
      return {};
    },
  },
  logBatch: {
    access: 'edit',
    of: 'run',
    id: byId,
    also: ({ metrics = [] }) => editsModels(metrics.map(({ model_id = '' }) => model_id)),
    handler: async ({ run_id, metrics = [], params = [], tags = [] }, by) => {
      const batch = {
        runId: run_id,
        metrics,
        params: params.map(({ key = '', value = '' }) => ({ key, value })),
        tags: tags.map(({ key = '', value = '' }) => ({ key, value })),
      };
      if (params.length === 0) await service.logBatch(batch);
      else await keeper.logging(by, (check) => service.logBatch(batch, check));
      return {};
    },
  },
  getMetricHistory: {
    access: 'read',
    of: 'run',
    id: byId,
    handler: (input) =>
      input.max_results === undefined
        ? wholeHistory(database, store, input)
        : historyPage(database, store, input, input.max_results),
  },
  getMetricHistoryBulk: {
    access: 'read',
    of: 'run',
    id: ({ run_id = [] }) => run_id,
    handler: async ({ run_id = [], metric_key, max_results }) => {
      const key = checkBulk(run_id, metric_key);
      const limit = Math.min(Number(max_results), MAX_BULK_POINTS);
      if (limit < 1) {
        throw invalidParameter("Invalid value for parameter 'max_results': it must be positive.");
      }
      const rows = await store.historyOfMany(database.scan, run_id, key, limit);
      return { metrics: rows.map((row) => ({ ...pointToWire(key, row), run_id: row.run_id })) };
    },
  },
  getMetricHistoryBulkInterval: {
    access: 'read',
    of: 'run',
    id: ({ run_ids }) => run_ids,
    handler: async ({ run_ids, metric_key, start_step, end_step, max_results }) => {
      const { buckets, steps } = checkInterval({
        runIds: run_ids,
        start: start_step,
        end: end_step,
        max: max_results,
      });
      const rows = await sampler.sample(run_ids, metric_key, buckets, steps);
      const metrics = rows.map((row) => ({
        ...pointToWire(metric_key, row),
        run_id: row.run_id,
      }));
      return metrics.length > 0 ? { metrics } : {};
    },
  },
});

/** Points that are read at a time: about 800 kB of JSON. */
const PART = 10_000;

type HistoryInput = Input<'getMetricHistory'>;

async function wholeHistory(
  database: Database,
  store: MetricStore,
  { run_id, metric_key, page_token }: HistoryInput,
): Promise<Reply<never>> {
  // The whole has no pages, but a broken token is a fault of the caller's all the same.
  if (page_token) historyToken(run_id, metric_key).decode(page_token);
  const { scan } = database;
  const first = await store.historyPart(scan, run_id, metric_key, PART);
  if (first.list === '') return jsonText('{}');
  if (first.last === undefined) return jsonText(`{"metrics":[${first.list}]}`);
  return jsonStream(
    inParts(first, (last) => store.historyPart(scan, run_id, metric_key, PART, last)),
  );
}

async function historyPage(
  database: Database,
  store: MetricStore,
  { run_id, metric_key, page_token }: HistoryInput,
  limit: number,
) {
  checkHistoryLimit(limit);
  const token = historyToken(run_id, metric_key);
  const after = page_token ? token.decode(page_token) : undefined;
  const rows = await store.historyPage(database.scan, run_id, metric_key, limit + 1, after);
  const page = rows.slice(0, limit);
  const last = page.at(-1);
  return {
    ...(page.length > 0 ? { metrics: page.map((row) => pointToWire(metric_key, row)) } : {}),
    ...(last && rows.length > limit ? { next_page_token: token.encode(last) } : {}),
  };
}
