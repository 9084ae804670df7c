import type { FieldRules, Keys, Operator } from './language.js';

/** Operators of numbers. */
export const NUMERIC: readonly Operator[] = ['=', '!=', '<', '<=', '>', '>='];
/** Operators of text. */
export const TEXT: readonly Operator[] = ['=', '!=', 'LIKE', 'ILIKE'];
/** Operators of text that is looked up in a list, too. */
export const LISTABLE: readonly Operator[] = [...TEXT, 'IN', 'NOT IN'];
/** Operators of text that may be missing. */
export const NULLABLE: readonly Operator[] = [...TEXT, 'IS NULL', 'IS NOT NULL'];

/** The words for a list where only some attributes take one. */
export const onlyLists = (...fields: string[]): string =>
  `Only [${fields.map((field) => `'${field}'`).join(', ')}] attributes support comparison with ` +
  'a list of quoted string values.';

/** The words for anything but text in quotes, where any key may be named. */
export const expectedText = (found: string, { entity }: { readonly entity: string }): string =>
  `Expected a quoted string value for ${entity} (e.g. 'my-value'). Got value ${found}`;

/**
 * Attributes by name.
 * @param groups rules with the names that they hold for; `alias: name` stands for another name
 */
export function attributes(
  unknown: (key: string, keys: readonly string[]) => string,
  ...groups: readonly (readonly [rules: FieldRules, names: Readonly<Record<string, string>>])[]
): Keys {
  const known = new Map(
    groups.flatMap(([rules, names]) =>
      Object.entries(names).map(([key, name]) => [key, { name, rules }] as const),
    ),
  );
  return { known, unknown: (key) => unknown(key, [...known.keys()]) };
}

/** @returns names that stand for themselves */
export const named = (...names: string[]): Record<string, string> =>
  Object.fromEntries(names.map((name) => [name, name]));

/** @returns every prefix with the entity it means */
export const prefixes = (entities: Readonly<Record<string, readonly string[]>>) =>
  new Map(
    Object.entries(entities).flatMap(([entity, words]) => words.map((word) => [word, entity])),
  );
