/**
 * Prints a handler's answer as protobuf's JSON does: absent fields are left out, an int64 beyond
 * 2^53 keeps every digit.
 */
export function printJson(value: unknown): string {
  try {
    return JSON.stringify(value);
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    return printWithBigInts(value);
  }
}

/** Stands before the digits of a bigint until the text is made; no client can send it as a key. */
const MARK = '\u0000int:';

function printWithBigInts(value: unknown): string {
  const text = JSON.stringify(value, (_, inner) =>
    typeof inner === 'bigint' ? `${MARK}${inner}` : inner,
  );
  return text.replace(/"\\u0000int:(-?\d+)"/g, '$1');
}

/** JSON has no number for these three; protobuf prints their names. */
export type WireDouble = number | 'NaN' | 'Infinity' | '-Infinity';

/** The largest double stands for infinity in the store, as in MLflow's. */
const MAX = Number.MAX_VALUE;

/** A metric value as it is stored: NaN is 0 with a mark, infinities are the largest doubles. */
export interface StoredDouble {
  readonly value: number;
  readonly isNan: 0 | 1;
}

export function toStoredDouble(given: WireDouble): StoredDouble {
  const value = Number(given);
  if (Number.isNaN(value)) return { value: 0, isNan: 1 };
  return { value: Math.min(Math.max(value, -MAX), MAX), isNan: 0 };
}
