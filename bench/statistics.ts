/** The value below which the given share of an ascending list lies. */
export function percentile(ascending: Float64Array, share: number): number {
  const index = Math.ceil(ascending.length * share) - 1;
  return ascending[Math.max(0, index)] ?? Number.NaN;
}

export function median(values: readonly number[]): number {
  const ascending = Float64Array.from(values).sort();
  const middle = ascending.length >> 1;
  const upper = ascending[middle] ?? Number.NaN;
  return ascending.length % 2 === 1 ? upper : ((ascending[middle - 1] ?? Number.NaN) + upper) / 2;
}
