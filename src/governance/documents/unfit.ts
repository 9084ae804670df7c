import type { JsonValue } from '../../platform/json-value.js';

export interface DocumentLimits {
  /** Of the text as it was sent. */
  readonly characters: number;
  /** Objects and lists inside of each other. */
  readonly depth: number;
  /** Of all kinds, each as often as aliases repeat it. */
  readonly values: number;
}

/** Names by which code that is careless reaches what all objects share. */
const FORBIDDEN_KEYS = new Set(['__proto__', 'constructor', 'prototype']);

const quote = (text: string): string => JSON.stringify(text.slice(0, 100));

const LONE_SURROGATE = /\p{Surrogate}/u;

/** @returns a sentence that says what plain JSON of a bounded size can't hold, if there is any */
export function findUnfit(root: unknown, limits: DocumentLimits): string | undefined {
  let values = 0;
  const check = (value: unknown, depth: number): string | undefined => {
    values += 1;
    if (values > limits.values) return `The text holds more than ${limits.values} values.`;
    if (typeof value === 'string') return unfitText(value);
    if (typeof value === 'number') {
      return Number.isFinite(value) ? undefined : `${value} is not a number that JSON can hold.`;
    }
    if (value === null || typeof value === 'boolean') return undefined;
    if (typeof value !== 'object') return `A ${typeof value} is not a value that JSON can hold.`;
    if (depth >= limits.depth) return `The text is nested deeper than ${limits.depth} levels.`;
    if (Array.isArray(value)) {
      for (const member of value) {
        const problem = check(member, depth + 1);
        if (problem !== undefined) return problem;
      }
      return undefined;
    }
    if (Object.getPrototypeOf(value) !== Object.prototype) {
      return 'The text holds a value of a type that JSON has not.';
    }
    for (const [key, member] of Object.entries(value)) {
      if (FORBIDDEN_KEYS.has(key)) return `The key ${quote(key)} is not allowed.`;
      const problem = unfitText(key) ?? check(member, depth + 1);
      if (problem !== undefined) return problem;
    }
    return undefined;
  };
  return check(root, 0);
}

function unfitText(text: string): string | undefined {
  if (text.includes('\0')) return 'A text holds the character NUL.';
  return LONE_SURROGATE.test(text) ? 'A text holds half of a surrogate pair.' : undefined;
}

/** Whether a value is an object of JSON, and not a list. */
export const isObject = (
  value: unknown,
): value is { readonly [key: string]: JsonValue | undefined } =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
