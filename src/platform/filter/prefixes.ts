/** @returns what every text begins with that a pattern of LIKE matches */
export const literalPrefix = (pattern: string): string => /^[^%_]*/.exec(pattern)?.[0] ?? '';

/** @returns the first characters of a text, as databases count them */
export const cut = (text: string, characters: number): string =>
  text.length <= characters ? text : Array.from(text).slice(0, characters).join('');

const LAST = 0x10ffff;
const SURROGATES = { first: 0xd800, behind: 0xe000 };

/**
 * @returns the least text behind all that begin with this one, in the order of code points, which is
 *   that of UTF-8's bytes; nothing where there is none
 */
export function textBehind(prefix: string): string | undefined {
  const points = Array.from(prefix, (character) => character.codePointAt(0) ?? 0);
  while (points.at(-1) === LAST) points.pop();
  const last = points.pop();
  if (last === undefined) return undefined;
  const next = last + 1 === SURROGATES.first ? SURROGATES.behind : last + 1;
  return String.fromCodePoint(...points, next);
}
