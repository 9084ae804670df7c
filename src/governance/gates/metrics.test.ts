import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { MetricGate } from '../policy/profile.js';
import { type Measurement, metricFailures, percentilesIn } from './metric-gates.js';
import { derivedPercentiles, isPerSample, percentileOf } from './percentiles.js';

const measure = (name: string, value = 1, datasetDigest?: string): Measurement => ({
  name,
  value,
  datasetDigest,
});

describe('a percentile', () => {
  it.each([
    ['p95', true],
    ['latency_p95', true],
    ['P95', true],
    ['eval/p95', true],
    ['p95.latency', true],
    ['abs-error-p95-ms', true],
    ['err p95', true],
    ['p950', false],
    ['up95', false],
    ['p9', false],
    ['p95x', false],
    ['', false],
  ])('named %j: %s', (name, is) => {
    expect(percentilesIn([measure(name)], 'p95').length === 1).toBe(is);
  });

  it('that is no number is none', () => {
    expect(percentilesIn([measure('p99', Number.NaN)], 'p99')).toEqual([]);
    expect(percentilesIn([measure('p99', Number.POSITIVE_INFINITY)], 'p99')).toEqual([]);
  });

  it('lies between the least and the greatest, and grows', () => {
    const samples = fc.array(fc.double({ noNaN: true, min: -1e9, max: 1e9 }), { minLength: 1 });
    fc.assert(
      fc.property(samples, (values) => {
        const [p50, p95, p99] = [50, 95, 99].map((percent) => percentileOf(values, percent));
        expect(p50).toBeLessThanOrEqual(p95 ?? Number.NaN);
        expect(p95).toBeLessThanOrEqual(p99 ?? Number.NaN);
        expect(p99).toBeLessThanOrEqual(Math.max(...values));
        expect(p50).toBeGreaterThanOrEqual(Math.min(...values));
      }),
    );
    expect(percentileOf([1, 2, 3, 4], 95)).toBeCloseTo(3.85);
    expect(percentileOf([7], 99)).toBe(7);
  });

  it('is derived of a hundred samples, and only where none was logged', () => {
    const values = Array.from({ length: 101 }, (_, index) => index);
    const history = { name: 'abs_error', values, datasetDigest: 'd' };
    expect(derivedPercentiles([history], [])).toEqual([
      { name: 'abs_error_p95', value: 95, datasetDigest: 'd', derived: true },
      { name: 'abs_error_p99', value: 99, datasetDigest: 'd', derived: true },
    ]);
    expect(derivedPercentiles([history], [measure('abs_error_p95')])).toHaveLength(1);
    expect(derivedPercentiles([{ ...history, values: values.slice(2) }], [])).toEqual([]);
    expect(derivedPercentiles([{ ...history, name: 'train_loss' }], [])).toEqual([]);
    expect(derivedPercentiles([{ ...history, values: [...values, Number.NaN] }], [])).toEqual([]);
  });

  it.each([
    ['abs_error', true],
    ['eval/latency', true],
    ['latency_ms', true],
    ['residuals', true],
    ['loss', false],
    ['learning_rate', false],
    ['error', true],
    ['terror', false],
  ])('is derived of %s: %s', (name, is) => {
    expect(isPerSample(name)).toBe(is);
  });
});

describe('a gate', () => {
  const failures = (
    gate: Partial<MetricGate>,
    measured: readonly Measurement[],
    champion: readonly Measurement[] = [],
  ) =>
    metricFailures(
      { require_percentiles: [], gates: [{ metric: 'm', better: 'lower', ...gate }] },
      { measured, champion: { version: 3, measured: champion } },
    ).map(({ message }) => message);

  it.each<[string, Partial<MetricGate>, number, number | undefined, string[]]>([
    ['lets a value below its bound pass', { max: 1 }, 1, undefined, []],
    ['refuses what is above', { max: 1 }, 1.5, undefined, ["'m' is 1.5, above 1."]],
    ['refuses what is below', { min: 0.9 }, 0.8, undefined, ["'m' is 0.8, below 0.9."]],
    [
      'refuses what is no number',
      { max: 1 },
      Number.NaN,
      undefined,
      ["'m' is NaN, which is no measurement."],
    ],
    ['lets a small step back pass', { max_regression: 0.1 }, 1.05, 1, []],
    [
      'refuses a large one',
      { max_regression: 0.1 },
      1.2,
      1,
      ["'m' is 1.2, 1 in version 3 on the same data: worse by more than 0.1."],
    ],
    [
      'refuses one in percent',
      { max_regression_percent: 5 },
      106,
      100,
      ["'m' is 106, 100 in version 3 on the same data: worse by more than 5 %."],
    ],
    [
      'knows what is better',
      { max_regression: 0.01, better: 'higher' },
      0.8,
      0.9,
      ["'m' is 0.8, 0.9 in version 3 on the same data: worse by more than 0.01."],
    ],
    ['lets what is better pass', { max_regression: 0, better: 'higher' }, 0.95, 0.9, []],
    [
      'refuses anything worse than zero',
      { max_regression_percent: 50 },
      0.1,
      0,
      ["'m' is 0.1, 0 in version 3 on the same data: worse by more than 50 %."],
    ],
  ])('%s', (_, gate, value, old, expected) => {
    const champion = old === undefined ? [] : [measure('m', old, 'd')];
    expect(failures(gate, [measure('m', value, 'd')], champion)).toEqual(expected);
  });

  it('compares on the same data alone', () => {
    const gate = { max_regression: 0 };
    expect(failures(gate, [measure('m', 2, 'd')], [measure('m', 1, 'e')])).toEqual([]);
    expect(failures(gate, [measure('m', 2)], [measure('m', 1)])).toEqual([]);
    expect(failures(gate, [], [])).toEqual([
      "The metric 'm' is not logged, and a gate asks for it.",
    ]);
  });
});
