import type { Api, Call } from './api.js';
import type { Context, Driver } from './driver.js';
import { RequestFactory } from './requests.js';
import { createRuns, fraction, inTurn, readRun, START_TIME } from './runs.js';
import type { HistoryAnswer, MetricPoint } from './wire.js';

const RUNS = 50;
/** Of so many runs every acknowledged point is read back after a round. */
const VERIFIED_RUNS = 6;
const KEYS = ['loss', 'accuracy', 'val_loss', 'val_accuracy', 'lr', 'grad_norm', 'f1', 'auc'];

export async function logMetric({ api, experimentId }: Context): Promise<Driver> {
  const runs = await createRuns(api, experimentId, RUNS);
  const pointsOf = (id: number) => [metricPoint(Math.floor(id / RUNS), 1, 0)];
  const factory = new RequestFactory((id): Call => {
    const runId = inTurn(runs, id);
    const [point] = pointsOf(id);
    return {
      method: 'POST',
      path: '/runs/log-metric',
      body: { run_uuid: runId, run_id: runId, ...point },
    };
  });
  return metricDriver(api, runs, factory, pointsOf);
}

export function logBatch(points: number) {
  return async ({ api, experimentId }: Context): Promise<Driver> => {
    const runs = await createRuns(api, experimentId, RUNS);
    const pointsOf = (id: number) =>
      Array.from({ length: points }, (_, i) => metricPoint(Math.floor(id / RUNS), points, i));
    const factory = new RequestFactory((id): Call => {
      const body = { run_id: inTurn(runs, id), metrics: pointsOf(id) };
      return { method: 'POST', path: '/runs/log-batch', body };
    });
    return metricDriver(api, runs, factory, pointsOf);
  };
}

function metricDriver(
  api: Api,
  runs: readonly string[],
  factory: RequestFactory,
  pointsOf: (id: number) => MetricPoint[],
): Driver {
  return {
    requests: async (count) => factory.endless(count),
    verify: async ({ acknowledged, sample }) => {
      const complaints: string[] = [];
      const chosen = new Set(sample.slice(0, VERIFIED_RUNS).map(({ id }) => inTurn(runs, id)));
      for (const runId of chosen) {
        const ids = acknowledged.filter((id) => inTurn(runs, id) === runId);
        complaints.push(...(await missingPoints(api, runId, ids.flatMap(pointsOf))));
      }
      return complaints;
    },
  };
}

/**
 * The point at a place of the n-th batch that a run gets. A batch holds all keys at one step, then
 * all at the next; no two batches of a run share a step.
 */
function metricPoint(batch: number, batchSize: number, index: number): MetricPoint {
  const keys = Math.min(KEYS.length, batchSize);
  const step = batch * Math.ceil(batchSize / keys) + Math.floor(index / keys);
  // A batch of one goes through the keys from step to step.
  const key = inTurn(KEYS, keys === 1 ? step : index % keys);
  const value = fraction(step * KEYS.length + index);
  return { key, value, timestamp: START_TIME + step * 1000, step };
}

async function missingPoints(api: Api, runId: string, points: readonly MetricPoint[]) {
  const complaints: string[] = [];
  const { metrics: latest = [] } = (await readRun(api, runId)).data;
  for (const key of KEYS) {
    const expected = points.filter((point) => point.key === key);
    if (expected.length === 0) continue;
    const path = `/metrics/get-history?run_id=${runId}&metric_key=${key}`;
    const stored = new Set((await api.get<HistoryAnswer>(path)).metrics?.map(identity));
    const missing = expected.filter((point) => !stored.has(identity(point)));
    if (missing.length > 0) {
      complaints.push(`${missing.length} of ${expected.length} points of ${key} are not stored`);
    }
    const lastStep = Math.max(...expected.map(({ step }) => step));
    const latestStep = latest.find((point) => point.key === key)?.step ?? -1;
    if (latestStep < lastStep) complaints.push(`${key} at step ${lastStep} is not the latest`);
  }
  return complaints;
}

function identity({ step, timestamp, value }: MetricPoint): string {
  return `${step} ${timestamp} ${value}`;
}
