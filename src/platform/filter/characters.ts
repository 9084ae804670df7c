/** What counts as space, letter or word in a filter. Sticky patterns; each is linear by itself. */

/** Unicode spaces, the control characters that separate fields included. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: separators count as space
export const SPACE = /[\t-\r\x1c-\x20\x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]+/uy;

/** Letters, digits and underscores of any script. */
export const WORD = /[\p{L}\p{N}_]+/uy;

/** A word that goes on through `$` and `#`. */
export const LONG_WORD = /[\p{L}\p{N}_][\p{L}\p{N}_$#]*/uy;

/** What may open an ordinary name: a Latin letter. */
export const LETTER = /[A-Za-z\xc0-\xdc\xe0-\xf6\xf8-\xfc]/y;

/**
 * Matches a sticky pattern at one place.
 * @returns the matched text, or nothing
 */
export function matchAt(pattern: RegExp, text: string, position: number): string | undefined {
  pattern.lastIndex = position;
  return pattern.exec(text)?.[0];
}

/** @returns whether a sticky pattern matches at this place */
export function testAt(pattern: RegExp, text: string, position: number): boolean {
  pattern.lastIndex = position;
  return pattern.test(text);
}

/** @returns whether the character before this place belongs to a word */
export function followsWord(text: string, position: number): boolean {
  if (position === 0) return false;
  const low = text.charCodeAt(position - 1) & 0xfc00;
  return testAt(WORD, text, position - (low === 0xdc00 && position > 1 ? 2 : 1));
}
