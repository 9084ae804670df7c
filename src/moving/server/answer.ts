import { parse } from 'lossless-json';
import type { Value } from '../family.js';

/** An object of an answer. */
export type Answer = Readonly<Record<string, unknown>>;

/** Integers that a number would round; the digits of a fraction are none. */
const LONG = /[:[,]\s*-?\d{16}/;

/** An answer that can't be read. */
export class NoJson extends Error {
  override readonly name = 'NoJson';
}

/**
 * Reads the JSON of an answer, integers beyond 2^53 as bigint.
 *
 * @throws NoJson when it is none
 */
export function parseAnswer(text: string, path: string): Answer {
  let value: unknown;
  try {
    value = LONG.test(text) ? parse(text, undefined, exactly) : JSON.parse(text);
  } catch (error) {
    throw new NoJson(`What the server answers to ${path} is no JSON`, { cause: error });
  }
  return objectOf(value);
}

const exactly = (text: string): number | bigint => {
  const number = Number(text);
  return /^-?\d+$/.test(text) && !Number.isSafeInteger(number) ? BigInt(text) : number;
};

/** A member that should be an object; an empty one where it is something else. */
export const objectOf = (value: unknown): Answer =>
  typeof value === 'object' && value !== null ? (value as Answer) : {};

/** A member that should be a list of objects. */
export const listOf = (value: unknown): readonly Answer[] =>
  Array.isArray(value) ? value.map(objectOf) : [];

/** A text, or null where there is none. */
export const textOf = (value: unknown): string | null =>
  typeof value === 'string' ? value : value === undefined || value === null ? null : String(value);

/** An integer, which protobuf's JSON may write as a text; null where there is none. */
export function integerOf(value: unknown): number | bigint | null {
  if (typeof value === 'number' || typeof value === 'bigint') return value;
  if (typeof value !== 'string' || !/^-?\d+$/.test(value)) return null;
  return exactly(value);
}

/** A double, whose special values are texts; null for what is not a number. */
export function doubleOf(value: unknown): number | null {
  const number = value === undefined || value === null ? 0 : Number(value);
  if (Number.isNaN(number)) return null;
  // MLflow stores infinities as the greatest numbers.
  return Math.max(-Number.MAX_VALUE, Math.min(Number.MAX_VALUE, number));
}

/** Tags and params: a list of keys and values. */
export const pairsOf = (value: unknown): { key: string; value: string }[] =>
  listOf(value).map((pair) => ({ key: textOf(pair.key) ?? '', value: textOf(pair.value) ?? '' }));

/** Tags and metadata of a trace: a map, or in older releases a list. */
export const mapOf = (value: unknown): { key: string; value: string }[] =>
  Array.isArray(value)
    ? pairsOf(value)
    : Object.entries(objectOf(value)).map(([key, text]) => ({ key, value: textOf(text) ?? '' }));

/** The values of a point, as columns. */
export function pointOf(
  metric: Answer,
): Readonly<Record<'value' | 'is_nan' | 'step' | 'timestamp', Value>> {
  const value = doubleOf(metric.value);
  return {
    ...{ value: value ?? 0, is_nan: value === null ? 1 : 0 },
    ...{ step: integerOf(metric.step) ?? 0, timestamp: integerOf(metric.timestamp) ?? 0 },
  };
}
