import { parse } from 'lossless-json';
import { invalidParameter } from '../../errors.js';
import { float } from '../../platform/filter/python-text.js';
import { printLikePython } from '../../platform/python-json.js';

/**
 * Values of assessments are stored as the JSON text that MLflow stores, to the last space:
 * filters with LIKE look into it, and structured expectations are shown as that text.
 */

/** @returns the text of a value that came as JSON of its own: every number in it is a double */
export const printValue = (value: unknown): string => print(value, doubled);

const doubled = (value: number | bigint): string => float(Number(value));

/** @returns the text of a value that came as JSON inside of a string: integers stay integers */
export function respellJson(text: string): string {
  refuseDeep(text);
  let value: unknown;
  try {
    value = parse(text, undefined, EXACTLY);
  } catch {
    throw invalidParameter('The serialized value of an expectation is not valid JSON.');
  }
  return print(value, exact);
}

const EXACTLY = {
  parseNumber: (text: string) => (/^-?\d+$/.test(text) ? BigInt(text) : Number(text)),
  onDuplicateKey: ({ newValue }: { newValue: unknown }) => newValue,
};

const exact = (value: number | bigint): string =>
  typeof value === 'bigint' ? String(value) : float(value);

function print(value: unknown, number: (value: number | bigint) => string): string {
  if (typeof value === 'number' || typeof value === 'bigint') {
    const text = number(value);
    if (/[\d]/.test(text)) return text;
    throw invalidParameter('The value of an assessment holds a number that no double can hold.');
  }
  if (Array.isArray(value)) return `[${value.map((item) => print(item, number)).join(', ')}]`;
  if (typeof value !== 'object' || value === null) return printLikePython(value);
  const members = Object.entries(value).map(
    ([key, member]) => `${printLikePython(key)}: ${print(member, number)}`,
  );
  return `{${members.join(', ')}}`;
}

const MAX_DEPTH = 64;

/** Counts brackets, strings aside, before a parser recurses into them. */
function refuseDeep(text: string): void {
  let depth = 0;
  for (const [token] of text.matchAll(/"(?:[^"\\]|\\.)*"|[[\]{}]/gs)) {
    if (token === '[' || token === '{') depth += 1;
    if (token === ']' || token === '}') depth -= 1;
    if (depth > MAX_DEPTH) {
      throw invalidParameter(
        `The value of an assessment is nested deeper than ${MAX_DEPTH} levels.`,
      );
    }
  }
}

/** What charts make of a value: a number, or 1 and 0 for yes and no. */
export interface Weight {
  readonly number: number | null;
  readonly isNumber: 0 | 1;
}

/** @param text as it is stored */
export function weigh(text: string): Weight {
  const value: unknown = JSON.parse(text);
  if (typeof value === 'number') {
    return Number.isFinite(value) ? { number: value, isNumber: 1 } : NOTHING;
  }
  const word = typeof value === 'string' ? value.trim().toLowerCase() : value;
  if (word === true || word === 'yes') return { number: 1, isNumber: 0 };
  if (word === false || word === 'no') return { number: 0, isNumber: 0 };
  return NOTHING;
}

const NOTHING: Weight = { number: null, isNumber: 0 };
