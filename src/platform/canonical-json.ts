import { createHash } from 'node:crypto';
import canonicalize from 'canonicalize';

/** A value that JSON can say exactly. */
export type JsonValue = null | boolean | number | string | readonly JsonValue[] | JsonObject;

/** An object of JSON. What stands behind a key may be missing. */
export interface JsonObject {
  readonly [key: string]: JsonValue | undefined;
}

/**
 * Writes a value as RFC 8785 (JCS) does: members sorted by their UTF-16 units, numbers as ECMAScript
 * prints them, no blanks. Equal values have equal texts, so that a hash of the text stands for the
 * value. Members that are `undefined` are left out.
 *
 * @throws TypeError for what RFC 8785 can't write: a number that is not finite, half of a surrogate
 *   pair, a bigint, a value that holds itself, or no value at all
 */
export function canonicalJson(value: unknown): string {
  let text: string | undefined;
  try {
    text = canonicalize(value);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new TypeError(`Not a value of canonical JSON: ${reason}`, { cause: error });
  }
  if (text === undefined) throw new TypeError('Not a value of canonical JSON: it is undefined');
  return text;
}

/** @returns SHA-256 of the UTF-8 bytes of {@link canonicalJson}, in 64 hexadecimal digits */
export const canonicalDigest = (value: unknown): string =>
  createHash('sha256').update(canonicalJson(value), 'utf8').digest('hex');
