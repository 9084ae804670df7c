import type { Measurement } from './metric-gates.js';

/** One metric of a run with all its points. */
export interface MetricHistory {
  readonly name: string;
  readonly values: readonly number[];
  readonly datasetDigest?: string | undefined;
}

/** Fewer points say nothing of the hundredth that is worst. */
export const MIN_SAMPLES = 100;

/**
 * Names of metrics that have one point for each sample. A curve of training has many points too,
 * but its percentiles mean nothing.
 */
const PER_SAMPLE =
  /(?:^|[_.\-/ ])(?:(?:abs(?:olute)?|squared|relative)_?(?:err(?:or)?)|error|residual|latency(?:_ms|_s)?|duration|response_time|sample)s?(?:$|[_.\-/ ])/i;

/** Whether a metric's name says that its points are samples. */
export const isPerSample = (name: string): boolean => PER_SAMPLE.test(name);

/**
 * @param percent from 0 to 100
 * @returns the percentile, interpolated between the two nearest points
 */
export function percentileOf(values: readonly number[], percent: number): number {
  const sorted = [...values].sort((one, other) => one - other);
  const position = ((sorted.length - 1) * percent) / 100;
  const [low, high] = [Math.floor(position), Math.ceil(position)];
  const [below = Number.NaN, above = Number.NaN] = [sorted[low], sorted[high]];
  return below === above ? below : below + (above - below) * (position - low);
}

/**
 * Computes P95 and P99 of metrics that were logged for each sample, `abs_error_p95` of `abs_error`,
 * where the client logged none of that name itself.
 */
export function derivedPercentiles(
  histories: readonly MetricHistory[],
  measured: readonly Measurement[],
): readonly Measurement[] {
  const known = new Set(measured.map(({ name }) => name));
  return histories
    .filter(({ name, values }) => isPerSample(name) && values.length >= MIN_SAMPLES)
    .filter(({ values }) => values.every(Number.isFinite))
    .flatMap(({ name, values, datasetDigest }) =>
      [95, 99].map((percent) => ({
        name: `${name}_p${percent}`,
        value: percentileOf(values, percent),
        datasetDigest,
        derived: true,
      })),
    )
    .filter(({ name }) => !known.has(name));
}
