import { invalidParameter } from '../../errors.js';
import { check } from './check.js';
import type { Comparison, Language } from './language.js';
import { parse } from './parse.js';

/** The longest filter and the longest order_by clause, in bytes of UTF-8. */
export const MAX_FILTER_BYTES = 32 * 1024;

/** Comparisons of a filter: planning each is work for the database, which has bounds of its own. */
export const MAX_COMPARISONS = 200;

const LONE_SURROGATE = /\p{Surrogate}/u;

/**
 * Reads a search filter.
 * @param text as the client sent it; absent or empty means no filter
 * @throws {MlflowError} INVALID_PARAMETER_VALUE in MLflow's words where it can't be understood
 */
export function parseFilter(
  text: string | undefined,
  { language }: { readonly language: Language },
): Comparison[] {
  if (!text) return [];
  refuseUnstorable(text, 'filter');
  const { wording } = language;
  const { statements, stray, comparisons } = parse(text, language.names);
  if (statements === 0) throw invalidParameter(wording.blank(text));
  if (statements > 1) throw invalidParameter(wording.severalStatements(text));
  if (stray.length > 0) throw invalidParameter(wording.stray(stray, text));
  if (comparisons.length > MAX_COMPARISONS) {
    throw invalidParameter(`Invalid filter: it holds more than ${MAX_COMPARISONS} comparisons.`);
  }
  return check(comparisons, language);
}

/**
 * Refuses text that is too long to read, or that no database could hold.
 * @param what names the parameter in the message
 */
export function refuseUnstorable(text: string, what: string): void {
  if (Buffer.byteLength(text) > MAX_FILTER_BYTES) {
    throw invalidParameter(`Invalid ${what}: it exceeds the limit of ${MAX_FILTER_BYTES} bytes.`);
  }
  if (text.includes('\0') || LONE_SURROGATE.test(text)) {
    throw invalidParameter(`Invalid ${what}: it contains characters that are not valid text.`);
  }
}
