import type { MetricGate, Profile } from '../policy/profile.js';

/** One value of a run or a logged model. */
export interface Measurement {
  readonly name: string;
  readonly value: number;
  /** Of the data set that it was measured on, where one is linked. */
  readonly datasetDigest?: string | undefined;
  /** Computed by the server from a history of samples. */
  readonly derived?: boolean;
}

export interface MetricFacts {
  readonly measured: readonly Measurement[];
  /** The version that serves now, if there is another. */
  readonly champion?: {
    readonly version: number;
    readonly measured: readonly Measurement[];
  };
}

export interface MetricFailure {
  readonly metric: string;
  readonly message: string;
}

/** Whether a metric's name says that it is a 95th or 99th percentile. */
const PERCENTILE = {
  p95: /(^|[_.\-/ ])p95($|[_.\-/ ])/i,
  p99: /(^|[_.\-/ ])p99($|[_.\-/ ])/i,
} as const;

/** @returns the metrics whose name says that they are the percentile */
export const percentilesIn = (
  measured: readonly Measurement[],
  percentile: 'p95' | 'p99',
): readonly Measurement[] =>
  measured.filter(({ name, value }) => PERCENTILE[percentile].test(name) && Number.isFinite(value));

/** @returns what a profile asks of metrics and doesn't get, all of it */
export function metricFailures(
  rules: Profile['metrics'],
  { measured, champion }: MetricFacts,
): readonly MetricFailure[] {
  const missing = rules.require_percentiles
    .filter((percentile) => percentilesIn(measured, percentile).length === 0)
    .map((percentile) => ({
      metric: percentile,
      message: `No metric named for ${percentile} is logged on the run or the logged model.`,
    }));
  const gates = rules.gates.flatMap((gate) =>
    gateFailures(gate, measured, champion?.measured ?? [], champion?.version),
  );
  return [...missing, ...gates];
}

function gateFailures(
  gate: MetricGate,
  measured: readonly Measurement[],
  before: readonly Measurement[],
  champion: number | undefined,
): MetricFailure[] {
  const { metric } = gate;
  const values = measured.filter(({ name }) => name === metric);
  if (values.length === 0) {
    return [{ metric, message: `The metric '${metric}' is not logged, and a gate asks for it.` }];
  }
  const messages = values.flatMap((value) => [
    ...boundFailures(gate, value),
    ...before
      .filter(({ name, datasetDigest }) => name === metric && isSame(datasetDigest, value))
      .flatMap((old) => regressionFailures(gate, value.value, old.value, champion)),
  ]);
  return [...new Set(messages)].map((message) => ({ metric, message }));
}

/** Values of two data sets, or of none that is known, are not compared. */
const isSame = (digest: string | undefined, { datasetDigest }: Measurement): boolean =>
  digest !== undefined && digest === datasetDigest;

function boundFailures({ metric, max, min }: MetricGate, { value }: Measurement): string[] {
  if (!Number.isFinite(value)) return [`'${metric}' is ${value}, which is no measurement.`];
  return [
    ...(max !== undefined && value > max ? [`'${metric}' is ${value}, above ${max}.`] : []),
    ...(min !== undefined && value < min ? [`'${metric}' is ${value}, below ${min}.`] : []),
  ];
}

function regressionFailures(
  gate: MetricGate,
  value: number,
  old: number,
  champion: number | undefined,
): string[] {
  const { metric, better, max_regression, max_regression_percent } = gate;
  if (!Number.isFinite(old) || !Number.isFinite(value)) return [];
  const worse = better === 'lower' ? value - old : old - value;
  const percent = percentOf(worse, old);
  const than = `'${metric}' is ${value}, ${old} in version ${champion} on the same data`;
  return [
    ...(max_regression !== undefined && worse > max_regression
      ? [`${than}: worse by more than ${max_regression}.`]
      : []),
    ...(max_regression_percent !== undefined && percent > max_regression_percent
      ? [`${than}: worse by more than ${max_regression_percent} %.`]
      : []),
  ];
}

/** Anything worse than zero is infinitely worse. */
function percentOf(worse: number, old: number): number {
  if (worse <= 0) return 0;
  return old === 0 ? Number.POSITIVE_INFINITY : (worse / Math.abs(old)) * 100;
}
