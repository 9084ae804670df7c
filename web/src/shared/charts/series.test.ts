import { describe, expect, it } from 'vitest';
import { columnsOf, originOf, smoothed } from './series.ts';

const points = (...values: number[]) =>
  values.map((value, step) => ({ step, time: 1_000 * (step + 5), value }));

describe('smoothing', () => {
  it('keeps a constant as it is, and does nothing at 0', () => {
    expect(smoothed([2, 2, 2], 0.9).map((value) => Math.round(value * 1e9) / 1e9)).toEqual([
      2, 2, 2,
    ]);
    expect(smoothed([1, 5], 0)).toEqual([1, 5]);
  });

  it('steps over what is no number', () => {
    expect(smoothed([1, Number.NaN, 1], 0.5)).toEqual([1, Number.NaN, 1]);
  });
});

describe('what no axis has room for', () => {
  const settings = { x: 'step', log: false, smoothing: 0 } as const;

  it('is left out where it is infinite', () => {
    const values = points(1, Number.MAX_VALUE, -Number.MAX_VALUE, Number.NaN, 2);
    const [, drawn] = columnsOf([{ id: 'a', label: 'a', points: values }], settings);
    expect(drawn).toEqual([1, null, null, null, 2]);
  });

  it('is drawn from where it begins where steps are close and far out', () => {
    expect(originOf([[2 ** 53, 2 ** 53 + 8]])).toBe(2 ** 53);
    expect(originOf([[2 ** 53]])).toBe(0);
    expect(originOf([[0, 5]])).toBe(0);
    expect(originOf([[]])).toBe(0);
  });
});

describe('the columns of a chart', () => {
  const settings = { x: 'step', log: false, smoothing: 0 } as const;
  const series = [
    { id: 'a', label: 'a', points: points(1, -2) },
    { id: 'b', label: 'b', points: points(3, 4, 5) },
  ];

  it('share the steps', () => {
    expect(columnsOf(series, settings)).toEqual([
      [0, 1, 2],
      [1, -2, null],
      [3, 4, 5],
    ]);
  });

  it('count the seconds, and leave out what has no logarithm', () => {
    expect(columnsOf(series, { ...settings, x: 'relative', log: true })[1]).toEqual([
      1,
      null,
      null,
    ]);
    expect(columnsOf(series, { ...settings, x: 'time' })[0]).toEqual([5, 6, 7]);
  });
});
