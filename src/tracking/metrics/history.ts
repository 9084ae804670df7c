import { invalidParameter, invalidRequest } from '../../errors.js';
import type { WireDouble } from '../../platform/http/wire-json.js';
import type { Int64 } from '../runs/runs.js';
import type { HistoryRow } from './metrics.store.js';

export const MAX_BULK_RUNS = 100;
export const MAX_BULK_POINTS = 25_000;
const MAX_SAMPLED_POINTS = 2_500;

/** A point of a history as the wire shows it. */
export const pointToWire = (key: string, row: HistoryRow) => ({
  key,
  value: (row.is_nan === 1 ? 'NaN' : row.value) as WireDouble,
  timestamp: row.timestamp,
  step: row.step,
});

/** @throws MlflowError 400 in MLflow's wording for get-history's own parameter */
export function checkHistoryLimit(max: number): void {
  if (max >= 1) return;
  throw invalidParameter(
    `Invalid value ${max} for parameter 'max_results' supplied. It must be a positive integer.`,
  );
}

/** @throws MlflowError 400 unless the bulk request names 1 to 100 runs and a metric */
export function checkBulk(runIds: readonly string[], key: string | undefined): string {
  const name = 'GetMetricHistoryBulk request';
  if (runIds.length === 0) throw invalidParameter(`${name} must specify at least one run_id.`);
  if (runIds.length > MAX_BULK_RUNS) {
    throw invalidParameter(
      `${name} cannot specify more than ${MAX_BULK_RUNS} run_ids. Received ${runIds.length} run_ids.`,
    );
  }
  if (!key) throw invalidParameter(`${name} must specify a metric_key.`);
  return key;
}

export interface Interval {
  readonly runIds: readonly string[];
  readonly start: Int64 | undefined;
  readonly end: Int64 | undefined;
  readonly max: number | undefined;
}

/**
 * @returns the most points of each run, and the steps that they may come from
 * @throws MlflowError 400 in MLflow's wording (semantics-tracking 8)
 */
export function checkInterval({ runIds, start, end, max = MAX_SAMPLED_POINTS }: Interval): {
  readonly buckets: number;
  readonly steps: readonly [Int64, Int64] | undefined;
} {
  if (runIds.length > MAX_BULK_RUNS) {
    throw invalidRequest(
      `GetMetricHistoryBulkInterval request must specify at most ${MAX_BULK_RUNS} run_ids. Received ${runIds.length} run_ids.`,
    );
  }
  if (max < 1 || max > MAX_SAMPLED_POINTS) {
    throw invalidRequest(`max_results must be between 1 and ${MAX_SAMPLED_POINTS}.`);
  }
  if (start === undefined && end === undefined) return { buckets: max, steps: undefined };
  if (start === undefined || end === undefined) {
    throw invalidParameter(
      'If either start step or end step are specified, both must be specified.',
    );
  }
  if (start > end) {
    throw invalidParameter(
      `end_step must be greater than start_step. Found start_step=${start} and end_step=${end}.`,
    );
  }
  return { buckets: max, steps: [start, end] };
}

/**
 * Puts the sampled rows of each run in the order of the request. The last row of a run is always
 * shown: in place of the last sampled one where all places are taken.
 */
export function arrangeSamples<Row extends HistoryRow & { readonly is_last: number }>(
  rows: readonly Row[],
  runIds: readonly string[],
  max: number,
): Row[] {
  const byRun = new Map<string, Row[]>();
  for (const row of rows) {
    const list = byRun.get(row.run_id);
    if (list) list.push(row);
    else byRun.set(row.run_id, [row]);
  }
  return [...new Set(runIds)].flatMap((runId) => {
    const list = byRun.get(runId) ?? [];
    const last = list.at(-1);
    return last && list.length > max ? [...list.slice(0, max - 1), last] : list;
  });
}
