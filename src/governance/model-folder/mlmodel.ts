import { parse } from 'yaml';
import { hasTooManyTokens } from '../documents/yaml-tokens.js';

/** What an `MLmodel` file says, as far as it can be relied upon. */
export interface Mlmodel {
  readonly flavors: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  /** As it stands there. */
  readonly signature: unknown;
}

/** Bytes; a signature may have thousands of columns. */
export const LONGEST_MLMODEL = 4 * 1024 * 1024;

/** Reads an `MLmodel` file. @returns undefined when it can not be read */
export function parseMlmodel(text: string): Mlmodel | undefined {
  if (text.length > LONGEST_MLMODEL || hasTooManyTokens(text)) return undefined;
  try {
    // Aliases may stand for each other and make a short text an endless one.
    const all = objectOf(parse(text, { schema: 'core', maxAliasCount: 100 }));
    if (all === undefined) return undefined;
    const flavors = Object.entries(objectOf(all.flavors) ?? {});
    return {
      flavors: Object.fromEntries(flavors.map(([name, value]) => [name, objectOf(value) ?? {}])),
      signature: all.signature ?? undefined,
    };
  } catch {
    return undefined;
  }
}

/** @returns undefined for what is no object, such as a list */
export const objectOf = (value: unknown): Record<string, unknown> | undefined =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Record<string, unknown>)
    : undefined;
