import { invalidParameter, missingParameter } from '../../errors.js';
import { float, list } from '../../platform/filter/python-text.js';
import type { Fragment } from '../../platform/filter/storage.js';
import type { Input } from '../../platform/http/operation.js';
import { checkMaxResults } from '../../platform/rules/limits.js';
import { parseExperimentIds } from '../../tracking/experiments/experiments.js';
import {
  type AggregationType,
  type TraceMetric,
  VIEWS,
  type ViewType,
} from './metrics.catalogue.js';
import { readMetricFilter } from './metrics.filters.js';

/** An aggregation and what it is called in the answer: `AVG`, `P50.0`. */
export interface Aggregation {
  readonly label: string;
  readonly type: AggregationType;
  /** 0 to 1, for percentiles. */
  readonly share: number;
}

/** A request for numbers of a chart that has been read and checked. */
export interface MetricQuery {
  readonly experimentIds: readonly number[];
  readonly view: ViewType;
  readonly name: string;
  readonly metric: TraceMetric;
  readonly aggregations: readonly Aggregation[];
  readonly dimensions: readonly string[];
  readonly filters: readonly Fragment[];
  readonly bucketSeconds: number | undefined;
  /** In ms, both inclusive. */
  readonly start: bigint | undefined;
  readonly end: bigint | undefined;
  readonly maxResults: number;
  readonly pageToken: string;
  /** What a page token belongs to. */
  readonly token: Readonly<Record<string, unknown>>;
}

/** In a longer bucket than 31 years nothing can be told apart, and its ns exceed 64 bits. */
const MAX_BUCKET_SECONDS = 1_000_000_000;

/** @throws MlflowError 400 in MLflow's words */
export function readMetricQuery(input: Input<'queryTraceMetrics'>): MetricQuery {
  // An unknown view reads as absent and stands for the first one, as in MLflow.
  const { view_type: view = 'TRACES', metric_name: name, dimensions = [], filters = [] } = input;
  const { metrics } = VIEWS[view];
  const metric = Object.hasOwn(metrics, name) ? metrics[name] : undefined;
  const aggregations = input.aggregations.map(readAggregation);
  if (metric === undefined) {
    throw invalidParameter(
      `metric_name must be one of ${list(Object.keys(metrics))}, got '${name}'`,
    );
  }
  checkAggregations(aggregations, metric);
  checkDimensions(dimensions, metric);
  const bucketSeconds = readBucket(input);
  checkMaxResults(input.max_results);
  return {
    experimentIds: [...new Set(parseExperimentIds(input.experiment_ids))],
    view,
    name,
    metric,
    aggregations: [...new Map(aggregations.map((one) => [one.label, one])).values()],
    dimensions: [...new Set(dimensions)],
    filters: filters.map((filter) => readMetricFilter(filter, view)),
    bucketSeconds,
    start: toBigInt(input.start_time_ms),
    end: toBigInt(input.end_time_ms),
    maxResults: input.max_results,
    pageToken: input.page_token ?? '',
    token: { ...input, page_token: undefined, max_results: undefined },
  };
}

const toBigInt = (value: number | bigint | undefined): bigint | undefined =>
  value === undefined ? undefined : BigInt(value);

function readAggregation(given: Input<'queryTraceMetrics'>['aggregations'][number]): Aggregation {
  const { aggregation_type: type = 'COUNT', percentile_value: percentile } = given;
  if (type !== 'PERCENTILE') {
    if (percentile === undefined) return { label: type, type, share: 0 };
    throw invalidParameter(
      `Percentile value is only allowed for PERCENTILE aggregation type, got ${type}`,
    );
  }
  if (percentile === undefined) {
    throw invalidParameter('Percentile value is required for PERCENTILE aggregation');
  }
  const value = Number(percentile);
  if (value >= 0 && value <= 100) return { label: `P${float(value)}`, type, share: value / 100 };
  throw invalidParameter(`Percentile value must be between 0 and 100, got ${float(value)}`);
}

function checkAggregations(aggregations: readonly Aggregation[], metric: TraceMetric): void {
  if (aggregations.length === 0) throw missingParameter('aggregations');
  const wrong = new Set(
    aggregations.map(({ type }) => type).filter((type) => !metric.aggregations.includes(type)),
  );
  if (wrong.size === 0) return;
  throw invalidParameter(
    `Found invalid aggregation_type(s): ${list([...wrong].sort())}. ` +
      `Supported aggregation types: ${list([...metric.aggregations].sort())}`,
  );
}

function checkDimensions(dimensions: readonly string[], metric: TraceMetric): void {
  const wrong = new Set(dimensions.filter((name) => !metric.dimensions.includes(name)));
  if (wrong.size === 0) return;
  throw invalidParameter(
    `Found invalid dimension(s): ${list([...wrong].sort())}. ` +
      `Supported dimensions: ${list([...metric.dimensions].sort())}`,
  );
}

function readBucket(input: Input<'queryTraceMetrics'>): number | undefined {
  const seconds = Number(input.time_interval_seconds ?? 0);
  if (seconds === 0) return undefined;
  if (input.start_time_ms === undefined || input.end_time_ms === undefined) {
    throw invalidParameter(
      'start_time_ms and end_time_ms are required if time_interval_seconds is set',
    );
  }
  if (seconds > 0 && seconds <= MAX_BUCKET_SECONDS) return seconds;
  throw invalidParameter(
    `Invalid value ${seconds} for parameter 'time_interval_seconds' supplied. It must be between 1 and ${MAX_BUCKET_SECONDS}`,
  );
}
