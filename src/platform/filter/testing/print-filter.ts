import type { Comparison } from '../language.js';
import { quoted } from '../python-text.js';

/**
 * Writes comparisons as a filter of the search they were read for.
 * @param spell the name of a field, quoted as need be
 */
export const printFilter = (
  comparisons: readonly Comparison[],
  spell: (comparison: Comparison) => string,
): string =>
  comparisons
    .map((comparison) => `${spell(comparison)} ${comparison.operator}${printValue(comparison)}`)
    .join(' AND ');

function printValue({ value }: Comparison): string {
  if (value === null) return '';
  if (Array.isArray(value)) return ` (${value.map((item) => quoted(String(item))).join(', ')})`;
  if (typeof value === 'string') return value.includes("'") ? ` "${value}"` : ` '${value}'`;
  return ` ${printNumber(value as number | bigint)}`;
}

const printNumber = (value: number | bigint): string => {
  const text = String(value).replace('e+', 'e');
  return Number.isInteger(value) && !text.includes('e') ? `${text}.0` : text;
};
