import { float } from '../../platform/filter/python-text.js';

/**
 * A value of OpenTelemetry: integers are bigints and doubles are numbers, so that `1` and `1.0`
 * stay what they are.
 */
export type OtelValue =
  | null
  | string
  | boolean
  | bigint
  | number
  | Uint8Array
  | readonly OtelValue[]
  | OtelMap;
export type OtelMap = ReadonlyMap<string, OtelValue>;

/**
 * Prints a value as MLflow stores it: JSON in Python's spelling, characters beyond ASCII as they
 * are, doubles that JSON has no number for by Python's names for them.
 */
export function printValue(value: OtelValue): string {
  switch (typeof value) {
    case 'string':
      return JSON.stringify(value);
    case 'number':
      return printDouble(value);
    case 'bigint':
    case 'boolean':
      return String(value);
    default:
      if (value === null) return 'null';
      if (value instanceof Map) return printMap(value);
      if (value instanceof Uint8Array) return JSON.stringify(toBase64(value));
      return `[${(value as readonly OtelValue[]).map(printValue).join(', ')}]`;
  }
}

/** Prints an object whose members are printed already. */
export const printMembers = (members: Iterable<readonly [string, string]>): string =>
  `{${[...members].map(([key, text]) => `${JSON.stringify(key)}: ${text}`).join(', ')}}`;

const printMap = (map: OtelMap): string =>
  printMembers([...map].map(([key, value]) => [key, printValue(value)] as const));

function printDouble(value: number): string {
  if (Number.isNaN(value)) return 'NaN';
  if (!Number.isFinite(value)) return value > 0 ? 'Infinity' : '-Infinity';
  return float(value);
}

export const toBase64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64');

/** Databases store no NUL and no half of a surrogate pair. */
export const storable = (text: string): string => text.replace(/[\0\p{Surrogate}]/gu, '\ufffd');
