import type { Operator } from './language.js';
import type { Fragment } from './storage.js';

const MAX = 2n ** 63n - 1n;
const MIN = -(2n ** 63n);

/** Integers that a database can't hold are equal to none it holds; the nearest one stands in. */
export function integerBinding(value: bigint): number | bigint {
  const held = value > MAX ? MAX : value < MIN ? MIN : value;
  const small = Number(held);
  return Number.isSafeInteger(small) ? small : held;
}

const NEVER: Fragment = { sql: '1 = 0', bindings: [] };

/**
 * Compares a column of integers with any number. Databases differ in comparing integers with
 * doubles, and PostgreSQL takes no double for a bigint: so the number is brought to an integer
 * first, without a change of what matches.
 */
export function compareInteger(
  column: string,
  operator: Operator,
  value: number | bigint,
): Fragment {
  const [sign, bound] = normalize(operator, value);
  if (bound >= MIN && bound <= MAX) {
    return { sql: `${column} ${sign} ?`, bindings: [integerBinding(bound)] };
  }
  const isTrue = bound > MAX ? ['<', '<=', '<>'].includes(sign) : ['>', '>=', '<>'].includes(sign);
  return isTrue ? { sql: `${column} is not null`, bindings: [] } : NEVER;
}

function normalize(operator: Operator, value: number | bigint): [sign: string, bound: bigint] {
  const sign = operator === '!=' ? '<>' : operator;
  if (typeof value === 'bigint') return [sign, value];
  if (!Number.isFinite(value)) return [sign, value > 0 ? MAX + 1n : MIN - 1n];
  if (Number.isInteger(value)) return [sign, BigInt(value)];
  const below = BigInt(Math.floor(value));
  switch (sign) {
    case '>':
    case '>=':
      return ['>', below];
    case '<':
    case '<=':
      return ['<=', below];
    default:
      // No integer equals a fraction.
      return [sign, MAX + 1n];
  }
}
