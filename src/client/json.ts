import { parse, stringify } from 'lossless-json';
import { INT64_FIELDS } from './int64-fields.js';

/** An integer of 16 digits or more somewhere: JSON.parse might round it. */
const LARGE_INTEGER = /[:[,\s]-?\d{16,}[\s,\]}]/;

/** Prints a body: a bigint keeps every digit, NaN and the infinities become their names. */
export function printJson(value: unknown): string {
  let large = false;
  try {
    return JSON.stringify(value, (_, inner: unknown) => {
      if (typeof inner === 'bigint') large = true;
      return printable(inner);
    });
  } catch (error) {
    if (!large) throw error;
    return stringify(value, (_, inner) => printable(inner)) ?? '';
  }
}

/** JSON has no number for these three; MLflow reads and writes their names. */
const printable = (value: unknown): unknown =>
  typeof value === 'number' && !Number.isFinite(value) ? String(value) : value;

/** Parses an answer. An int64 beyond 2^53 becomes a bigint, all other numbers stay numbers. */
export function parseJson(text: string): unknown {
  if (!LARGE_INTEGER.test(text)) return JSON.parse(text) as unknown;
  return parse(text, exact, { parseNumber });
}

function parseNumber(text: string): number | bigint {
  const number = Number(text);
  return Number.isSafeInteger(number) || !/^-?\d+$/.test(text) ? number : BigInt(text);
}

/** A double may be printed without a dot as well, and must come as a number all the same. */
const exact = (key: string, value: unknown): unknown =>
  typeof value === 'bigint' && !INT64_FIELDS.has(key) ? Number(value) : value;
