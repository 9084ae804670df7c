import type { Language } from './language.js';
import { quoted, set } from './python-text.js';

const base = {
  blank: (filter: string) => `Invalid filter '${filter}'. Could not be parsed.`,
  severalStatements: (filter: string) =>
    `Search filter contained multiple expression ${quoted(filter)}. ` +
    'Provide AND-ed expression list.',
  parts: (_text: string, parts: number) =>
    `Invalid comparison clause. Expected 3 tokens found ${parts}`,
};

/** The words of searches that put offending clauses in quotes. */
export const QUOTING_CLAUSES: Language['wording'] = {
  ...base,
  stray: (clauses) =>
    `Invalid clause(s) in filter string: ${clauses.map((clause) => `'${clause}'`).join(', ')}`,
};

/** The words of searches that print offending clauses as they are. */
export const PLAIN_CLAUSES: Language['wording'] = {
  ...base,
  stray: (clauses) => `Invalid clause(s) in filter string: ${clauses.join(', ')}`,
};

/** The words for an attribute that does not exist. */
export const unknownAttribute = (key: string, keys: readonly string[]): string =>
  `Invalid attribute key '${key}' specified. Valid keys are '${set(keys)}'`;
