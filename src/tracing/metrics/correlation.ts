/** How many traces match: all of them, the first filter, the second, both. */
export interface Counts {
  readonly total: number;
  readonly first: number;
  readonly second: number;
  readonly both: number;
}

/** What is added to each cell, so that few traces don't say too much. */
const PRIOR = 0.5;

/**
 * Normalised pointwise mutual information: 1 where the two always come together, 0 where they have
 * nothing to do with each other, -1 where they never meet; NaN where one never comes.
 */
export function correlate(counts: Counts): { npmi: number; smoothed: number } {
  const { total, first, second, both } = counts;
  if (total <= 0 || first === 0 || second === 0) return { npmi: Number.NaN, smoothed: Number.NaN };
  return { npmi: both === 0 ? -1 : measure(counts, 0), smoothed: measure(counts, PRIOR) };
}

function measure({ total, first, second, both }: Counts, prior: number): number {
  if (both === total) return 1;
  const n11 = both + prior;
  const [n1, n2, n] = [first + 2 * prior, second + 2 * prior, total + 4 * prior];
  const information = Math.log(n11) + Math.log(n) - (Math.log(n1) + Math.log(n2));
  return Math.max(-1, Math.min(1, information / -(Math.log(n11) - Math.log(n))));
}
