import type { FilterCase } from './generate-filters.js';
import { GRAMMARS, type SearchGrammar } from './search-grammars.js';

const QUOTES = ['', '`', '"'] as const;
const DIRECTIONS = ['', ' ASC', ' DESC', ' asc', ' desc'] as const;
const LISTS = ["('a')", '("b", \'x y\')', "('a', 'b', '1')", "('1', '2')"] as const;

/**
 * Searches in which every field of an entity meets each of its operators in every spelling of its
 * prefix and in every way of quoting, and every field to sort by comes in both directions. What the
 * random cases hit by luck is here for certain.
 */
export function everySearch(entity: keyof typeof GRAMMARS): FilterCase[] {
  const grammar: SearchGrammar = GRAMMARS[entity];
  const orders = everyOrder(grammar);
  return everyComparison(grammar).map((filter, index) => ({
    filter,
    order_by: [orders[index % orders.length] ?? ''],
  }));
}

const everyOrder = ({ orderFields }: SearchGrammar): string[] =>
  orderFields.flatMap((field) => {
    const [prefix = '', key] = field.split('|');
    const plain = key === undefined ? quotedIfNeeded(prefix) : `${prefix}.${quotedIfNeeded(key)}`;
    const quoted = key === undefined ? `\`${prefix}\`` : `${prefix}.\`${key}\``;
    return [...DIRECTIONS.map((direction) => plain + direction), `${quoted} DESC`];
  });

function everyComparison({ fields }: SearchGrammar): string[] {
  return fields.flatMap(({ prefixes, keys, operators, values }) => {
    // A field with a name of its own comes bare and quoted; of those with any key each takes turns.
    const hasName = prefixes.includes('');
    const spelled = keys.flatMap((key, index) => {
      const quote = pick(QUOTES, index);
      return hasName ? [spell(key, ''), spell(key, quote || '`')] : [spell(key, quote)];
    });
    return operators.flatMap((operator, turn) => {
      const given = operator.endsWith('IN') ? LISTS : values;
      const count = hasName ? Math.max(spelled.length, given.length) : spelled.length;
      return Array.from({ length: count }, (_, index) => {
        const prefix = pick(prefixes, index + turn);
        const key = pick(spelled, index);
        const name = prefix === '' ? key : `${prefix}.${key}`;
        if (operator.startsWith('IS')) return `${name} ${operator}`;
        return `${name} ${operator} ${pick(given, index + turn)}`;
      });
    });
  });
}

const pick = (items: readonly string[], index: number): string => items[index % items.length] ?? '';

const spell = (key: string, quote: string): string =>
  quote === '' ? quotedIfNeeded(key) : `${quote}${key}${quote}`;

const quotedIfNeeded = (key: string): string => (/^\w[\w.]*$/.test(key) ? key : `\`${key}\``);
