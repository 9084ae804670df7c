import { parse as parseLossless } from 'lossless-json';
import { isDeeperThan } from '../../platform/http/parse-json.js';

/** A double of stored JSON that is written as one, such as `1.0`; integers are bigints or safe. */
export class Double {
  readonly value: number;

  constructor(value: number) {
    this.value = value;
  }
}

/** Deeper values stay text: whoever reads them recurses. */
const MAX_DEPTH = 64;
/** Numbers that JSON.parse would round, or would read as integers although they are doubles. */
const DELICATE = /\d\.0|\d[eE][+-]?\d|\d{16}|NaN|Infinity/;
const NOT_FINITE = /"(?:[^"\\]|\\.)*"|\bNaN\b|-?\bInfinity\b/g;
const MARK = '\0double:';

/**
 * Parses JSON as Python writes it: doubles stay doubles, integers keep every digit, and there is
 * NaN and Infinity.
 *
 * @returns nothing where it is no JSON, or is nested too deeply
 */
export function parseStored(text: string): unknown {
  if (isDeeperThan(text, MAX_DEPTH)) return undefined;
  try {
    if (!DELICATE.test(text)) return JSON.parse(text) as unknown;
    return parseLossless(withMarks(text), unmark, NUMBERS);
  } catch {
    return undefined;
  }
}

/** Is this the JSON of a text, a list or an object? Numbers and words are taken for plain text. */
export function isStructured(text: string): boolean {
  if (!/^[ \t\r\n]*["[{]/.test(text)) return false;
  const value = parseStored(text);
  return typeof value === 'string' || (typeof value === 'object' && value !== null);
}

const withMarks = (text: string): string =>
  text.replace(NOT_FINITE, (token) =>
    token.startsWith('"') ? token : JSON.stringify(MARK + token),
  );

const unmark = (_: string, value: unknown): unknown =>
  typeof value === 'string' && value.startsWith(MARK)
    ? new Double(Number(value.slice(MARK.length)))
    : value;

const NUMBERS = {
  parseNumber: (text: string): bigint | Double =>
    /^-?\d+$/.test(text) ? BigInt(text) : new Double(Number(text)),
  onDuplicateKey: ({ newValue }: { newValue: unknown }) => newValue,
};
