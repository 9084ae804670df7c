import { Lexer } from 'yaml';

/** A scalar is one, however long it is; an `MLmodel` has some hundred. */
export const MOST_TOKENS = 100_000;

/**
 * Whether a YAML text is more than a server can parse while others wait: that costs a time for each
 * token, and a file of some megabytes may hold millions. To split a text into them costs little.
 */
export function hasTooManyTokens(text: string): boolean {
  let tokens = 0;
  for (const _ of new Lexer().lex(text)) {
    tokens += 1;
    if (tokens > MOST_TOKENS) return true;
  }
  return false;
}
