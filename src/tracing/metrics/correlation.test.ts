import { describe, expect, it } from 'vitest';
import { correlate } from './correlation.js';

describe('a correlation', () => {
  it.each([
    [{ total: 0, first: 0, second: 0, both: 0 }, Number.NaN, Number.NaN],
    [{ total: 4, first: 0, second: 2, both: 0 }, Number.NaN, Number.NaN],
    [{ total: 4, first: 2, second: 2, both: 0 }, -1, -0.4421141087],
    [{ total: 4, first: 2, second: 2, both: 2 }, 1, 0.5834881384],
    [{ total: 4, first: 2, second: 2, both: 1 }, 0, 0],
    [{ total: 3, first: 3, second: 3, both: 3 }, 1, 1],
    [{ total: 5, first: 2, second: 3, both: 1 }, -0.1132827526, -0.086683646],
  ])('of %o', (counts, npmi, smoothed) => {
    const found = correlate(counts);
    expect(found.npmi.toFixed(8)).toBe(npmi.toFixed(8));
    expect(found.smoothed.toFixed(8)).toBe(smoothed.toFixed(8));
  });
});
