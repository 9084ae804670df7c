import { everySearch } from '../../../src/platform/filter/testing/every-search.js';
import {
  type FilterCase,
  generateFilters,
} from '../../../src/platform/filter/testing/generate-filters.js';
import type { Random } from '../../../src/platform/filter/testing/random.js';
import { KEYS, TEXTS } from '../seed/values.js';

/** Every generated search comes from this seed. */
export const SEED = 31_317_2;

type Entity = NonNullable<Parameters<typeof generateFilters>[2]>;

/** One kind of comparison that the seeded data can answer. */
export interface Comparing {
  readonly fields: readonly string[];
  readonly operators: readonly string[];
  readonly values: readonly string[];
}

/**
 * Searches over the whole grammar: random ones, most of them odd, as many that find something, and
 * one for each field, operator, way of quoting and order that there is.
 */
export function searchCases(
  random: Random,
  entity: Entity,
  counts: { odd: number; plain: number },
  comparings: readonly Comparing[],
  orders: readonly string[],
): FilterCase[] {
  const plain = Array.from({ length: counts.plain }, () => ({
    filter: plainFilter(random, comparings),
    order_by: Array.from({ length: random.int(3) }, () => {
      const direction = random.pick(['', ' ASC', ' DESC', ' desc']);
      return random.pick(orders) + direction;
    }),
  }));
  return [...generateFilters(SEED, counts.odd, entity), ...plain, ...everySearch(entity)];
}

function plainFilter(random: Random, comparings: readonly Comparing[]): string {
  const clauses = Array.from({ length: random.int(3) }, () => {
    const { fields, operators, values } = random.pick(comparings);
    const operator = random.pick(operators);
    const field = random.pick(fields);
    if (operator.startsWith('IS')) return `${field} ${operator}`;
    if (!operator.endsWith('IN')) return `${field} ${operator} ${random.pick(values)}`;
    const items = Array.from({ length: 1 + random.int(3) }, () => random.pick(values));
    return `${field} ${operator} (${items.join(', ')})`;
  });
  return clauses.join(' AND ');
}

const quote = (text: string): string => (text.includes("'") ? `"${text}"` : `'${text}'`);

export const QUOTED_TEXTS = TEXTS.filter((text) => !/["']/.test(text) || text === "it's").map(
  quote,
);
export const PATTERNS = [
  "'a%'",
  "'%b%'",
  "'_'",
  "'%'",
  "'A_C'",
  "'%ä'",
  "'a\\%c'",
  "'%日%'",
  '"%Y"',
];
export const SMALL_NUMBERS = ['0', '1', '-1', '0.5', '1.5', '100', '1000', '1e308', '-0.0025'];
export const TIMES = ['0', '1', '100', '1000', '1700000000000', '1600000000000', '1600000050000'];

/** `params.a`, with the key quoted where it must be. */
export const keyed = (prefix: string): string[] =>
  KEYS.map((key) => (/^\w[\w.]*$/.test(key) ? `${prefix}.${key}` : `${prefix}.\`${key}\``));

export const EQUAL = ['=', '!='] as const;
export const LIKE = ['LIKE', 'ILIKE'] as const;
export const NUMERIC = ['=', '!=', '<', '<=', '>', '>='] as const;
export const NULLS = ['IS NULL', 'IS NOT NULL'] as const;
export const LISTS = ['IN', 'NOT IN'] as const;

const ID_NAMES =
  /\b(?:run_id|artifact_uri|artifact_location|model_id|source_run_id|experiment_id)\b/i;

/** Random ids differ between servers: patterns and orders over them have different answers. */
export const dependsOnIds = (text: string): boolean => ID_NAMES.test(text);
export const findsByIds = (filter: string): boolean => dependsOnIds(filter) && /like/i.test(filter);
