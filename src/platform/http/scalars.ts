import { Mismatch } from './explain.js';

/** Turns a raw JSON value into what a handler gets. Throws {@link Mismatch}. */
export type Read = (raw: unknown) => unknown;

const INT64 = { min: -(2n ** 63n), max: 2n ** 63n - 1n };
const INT32 = { min: -(2n ** 31n), max: 2n ** 31n - 1n };
const INTEGER = /^[+-]?\d+$/;
const NUMBER = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/;
const NOT_FINITE = new Map([
  ['NaN', Number.NaN],
  ['Infinity', Number.POSITIVE_INFINITY],
  ['-Infinity', Number.NEGATIVE_INFINITY],
]);

/** PostgreSQL stores no NUL, and half of a surrogate pair is no character in any encoding. */
const NO_TEXT = /[\0\p{Surrogate}]/u;

export const readString: Read = (raw) => {
  if (typeof raw !== 'string') throw new Mismatch(raw);
  if (NO_TEXT.test(raw)) throw new Mismatch(raw, '', NO_TEXT_HINT);
  return raw;
};

/** Characters of a text for which the contract names no other bound. */
export const MOST_TEXT = 1_000_000;

/** @returns a reader of texts of so many characters at most */
export function textReader(most: number): Read {
  return (raw) => {
    if (typeof raw === 'string' && raw.length > most) {
      throw new Mismatch(raw, '', `Text must not be longer than ${most} characters.`);
    }
    return readString(raw);
  };
}

const readMost = textReader(MOST_TEXT);
const NO_TEXT_HINT = 'Text must not hold NUL or a lone surrogate.';

/** A value of any type: its texts are under the same rule, and so are its keys. */
export const readAny: Read = (raw) => {
  if (typeof raw === 'string') return readMost(raw);
  if (Array.isArray(raw)) for (const item of raw) readAny(item);
  else if (typeof raw === 'object' && raw !== null) {
    for (const [key, value] of Object.entries(raw)) {
      readMost(key);
      readAny(value);
    }
  }
  return raw;
};

export const readBoolean: Read = (raw) => {
  if (typeof raw !== 'boolean') throw new Mismatch(raw);
  return raw;
};

/**
 * protobuf's JSON takes an integer as a number, as text, and as a float without a fraction. R writes
 * every number as text, and 100000 as `1e+05`.
 */
function readInteger(raw: unknown, range: { min: bigint; max: bigint }): number | bigint {
  if (typeof raw === 'number' && Number.isSafeInteger(raw)) {
    if (range === INT64 || (raw >= Number(range.min) && raw <= Number(range.max))) return raw;
    throw new Mismatch(raw);
  }
  const exact = toBigInt(raw);
  if (exact === undefined || exact < range.min || exact > range.max) throw new Mismatch(raw);
  const number = Number(exact);
  return Number.isSafeInteger(number) ? number : exact;
}

function toBigInt(raw: unknown): bigint | undefined {
  if (typeof raw === 'bigint') return raw;
  if (typeof raw === 'number' && Number.isInteger(raw)) return BigInt(raw);
  if (typeof raw !== 'string' || raw.length > 40) return undefined;
  if (INTEGER.test(raw)) return BigInt(raw);
  const number = NUMBER.test(raw) ? Number(raw) : Number.NaN;
  return Number.isInteger(number) ? BigInt(number) : undefined;
}

export const readInt64: Read = (raw) => readInteger(raw, INT64);
export const readInt32: Read = (raw) => readInteger(raw, INT32);

/**
 * Number, numeric text, or protobuf's names of what JSON has no number for. A bare number beyond
 * the doubles (`1e400`) is refused: infinity has to be meant.
 */
export const readDouble: Read = (raw) => {
  if (typeof raw === 'number' || typeof raw === 'bigint' || typeof raw === 'boolean') {
    const value = Number(raw);
    if (Number.isFinite(value)) return value;
    throw new Mismatch(raw);
  }
  if (typeof raw === 'string') {
    const special = NOT_FINITE.get(raw);
    if (special !== undefined) return special;
    if (raw.length <= 400 && NUMBER.test(raw)) return Number(raw);
  }
  throw new Mismatch(raw);
};

/**
 * An enum by name or number. A name that is not known leaves the field unset, as in protobuf's
 * JSON (`status: "BAD"` changes no status); a number that is not known is refused.
 */
export function readEnum(names: readonly string[], numbers: readonly number[]): Read {
  return (raw) => {
    if (typeof raw === 'string') {
      if (names.includes(raw)) return raw;
      return INTEGER.test(raw) ? nameOf(Number(raw), raw) : undefined;
    }
    if (typeof raw === 'number') return nameOf(raw, raw);
    throw new Mismatch(raw);
  };
  function nameOf(number: number, raw: unknown): string {
    const name = names[numbers.indexOf(number)];
    if (name === undefined) throw new Mismatch(raw);
    return name;
  }
}
