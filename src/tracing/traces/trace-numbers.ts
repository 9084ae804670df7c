import { float } from '../../platform/filter/python-text.js';
import { METADATA } from './traces.js';

/** Numbers of a trace or span that charts add up, by name. */
export type Numbers = ReadonlyMap<string, number>;

export const TOKEN_KEYS = [
  'input_tokens',
  'output_tokens',
  'total_tokens',
  'cache_read_input_tokens',
  'cache_creation_input_tokens',
  'cache_creation_input_tokens_above_1hr',
] as const;
export const COST_KEYS = ['input_cost', 'output_cost', 'total_cost'] as const;

/** Metadata that holds numbers: as JSON for clients, as numbers for charts. */
export const COUNTED = {
  [METADATA.tokenUsage]: { keys: TOKEN_KEYS, print: String, isFit: Number.isSafeInteger },
  [METADATA.cost]: { keys: COST_KEYS, print: float, isFit: Number.isFinite },
} as const;
export type Counted = keyof typeof COUNTED;

export const COUNTED_KEYS = Object.keys(COUNTED) as Counted[];

/**
 * Reads token usage or costs from JSON. Members that are unknown or no number are left out.
 *
 * @returns nothing where the text is no JSON object
 */
export function readNumbers(kind: Counted, text: string | undefined): Numbers | undefined {
  const object = parseObject(text);
  if (object === undefined) return undefined;
  const { keys, isFit } = COUNTED[kind];
  const found = keys.flatMap((key) => {
    const value = Object.hasOwn(object, key) ? toNumber(object[key]) : undefined;
    return value !== undefined && isFit(value) ? [[key, value] as const] : [];
  });
  return new Map(found);
}

/** @returns the numbers as MLflow writes them into metadata; nothing where there are none */
export function printNumbers(kind: Counted, numbers: Numbers): string | undefined {
  const { keys, print } = COUNTED[kind];
  const members = keys.flatMap((key) => {
    const value = numbers.get(key);
    return value === undefined ? [] : [`"${key}": ${print(value)}`];
  });
  return members.length === 0 ? undefined : `{${members.join(', ')}}`;
}

function parseObject(text: string | undefined): Record<string, unknown> | undefined {
  if (text === undefined) return undefined;
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
    return value as Record<string, unknown>;
  } catch {
    return undefined;
  }
}

const NUMBER = /^\s*[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?\s*$/;

function toNumber(value: unknown): number | undefined {
  if (typeof value === 'number') return value;
  return typeof value === 'string' && NUMBER.test(value) ? Number(value) : undefined;
}
