import { invalidParameter } from '../../errors.js';
import { float } from '../../platform/filter/python-text.js';
import { toStoredDouble, type WireDouble } from '../../platform/http/wire-json.js';
import { checkKey, checkLength, isPlainKey } from '../../platform/rules/names.js';
import type { Int64 } from '../runs/runs.js';

/** A metric as a request brings it. */
export interface MetricInput {
  readonly key?: string;
  readonly value?: WireDouble;
  readonly timestamp?: Int64;
  readonly step?: Int64;
  readonly model_id?: string;
  readonly dataset_name?: string;
  readonly dataset_digest?: string;
}

/** A point as it is stored: NaN is 0 with a mark; the timestamp in ms since the epoch. */
export interface MetricPoint {
  readonly key: string;
  readonly value: number;
  readonly isNan: 0 | 1;
  readonly timestamp: Int64;
  readonly step: Int64;
}

/** A point that also belongs to a logged model. */
export interface ModelPoint extends MetricPoint {
  readonly modelId: string;
  readonly datasetName: string | undefined;
  readonly datasetDigest: string | undefined;
}

const MAX_KEY = 250;
const RUN_ID = /^[A-Za-z0-9][\p{L}\p{N}_-]{0,255}$/u;

/** Batches and inputs check the form of the run id before they look for the run. */
export function checkBatchRunId(runId: string): void {
  if (RUN_ID.test(runId)) return;
  throw invalidParameter(`Invalid value ${JSON.stringify(runId)} for parameter 'run_id' supplied.`);
}

/**
 * @param index where the metric stands in a batch; absent for a single one
 * @returns the point as it is stored
 * @throws MlflowError 400 for a bad name or a negative timestamp
 */
export function checkMetric(metric: MetricInput, index?: number): MetricPoint {
  const { key = '', value = 0, timestamp = 0, step = 0 } = metric;
  const isPlain = isPlainKey(key, MAX_KEY);
  if (!isPlain) checkKey(key, place(index, 'name'), 'Metric name', Number.POSITIVE_INFINITY);
  const stored = toStoredDouble(value);
  if (timestamp < 0) {
    throw invalidParameter(
      `Invalid value ${timestamp} for parameter '${place(index, 'timestamp')}' supplied: metric '${key}' (value=${float(Number(value))}). Timestamp must be a nonnegative long (64-bit integer) `,
    );
  }
  if (!isPlain) checkLength(key, 'Metric name', MAX_KEY);
  if (Boolean(metric.dataset_name) !== Boolean(metric.dataset_digest)) {
    throw invalidParameter(
      'Both dataset_name and dataset_digest must be provided if one is provided',
    );
  }
  return { key, value: stored.value, isNan: stored.isNan, timestamp, step };
}

const place = (index: number | undefined, field: string): string =>
  index === undefined ? field : `metrics[${index}].${field}`;

/** @returns the points that name a logged model, as points of that model */
export function modelPoints(
  metrics: readonly MetricInput[],
  points: readonly MetricPoint[],
): ModelPoint[] {
  if (!metrics.some(({ model_id }) => model_id)) return [];
  return points.flatMap((point, index) => {
    const { model_id, dataset_name, dataset_digest } = metrics[index] ?? {};
    if (!model_id) return [];
    return [
      { ...point, modelId: model_id, datasetName: dataset_name, datasetDigest: dataset_digest },
    ];
  });
}

/** What the points of one key in one request come to. */
export interface KeyPoints {
  /** The greatest by (step, timestamp, value): what a run shows as its metric. */
  readonly latest: MetricPoint;
  /** The least by (timestamp, step): where they begin in a history. */
  readonly first: MetricPoint;
}

/** @returns what the points of each key come to, ordered by key */
export function byKey(points: readonly MetricPoint[]): KeyPoints[] {
  const keys = new Map<string, { latest: MetricPoint; first: MetricPoint }>();
  for (const point of points) {
    const known = keys.get(point.key);
    if (known === undefined) {
      keys.set(point.key, { latest: point, first: point });
      continue;
    }
    if (isLater(point, known.latest)) known.latest = point;
    if (isEarlier(point, known.first)) known.first = point;
  }
  const list = [...keys.values()];
  // Writers that take row locks in one order can't wait for each other in a circle.
  return list.length < 2 ? list : list.sort((a, b) => (a.first.key < b.first.key ? -1 : 1));
}

function isLater(one: MetricPoint, other: MetricPoint): boolean {
  if (one.step !== other.step) return one.step > other.step;
  if (one.timestamp !== other.timestamp) return one.timestamp > other.timestamp;
  return one.value > other.value;
}

function isEarlier(one: MetricPoint, other: MetricPoint): boolean {
  if (one.timestamp !== other.timestamp) return one.timestamp < other.timestamp;
  return one.step < other.step;
}
