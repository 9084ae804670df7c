import { type Random, seededRandom } from './random.js';
import { GRAMMARS, type SearchGrammar } from './search-grammars.js';

/** A search as a client could send it: many are valid, the rest wrong in one of many ways. */
export interface FilterCase {
  readonly filter: string;
  readonly order_by: string[];
}

/**
 * Generates searches over the whole grammar of an entity: every prefix, operator, way of quoting
 * and spacing, and typical mistakes.
 * @param seed the same seed gives the same cases
 * @param entity whose fields to use
 */
export function generateFilters(
  seed: number,
  count: number,
  entity: keyof typeof GRAMMARS = 'runs',
): FilterCase[] {
  const random = seededRandom(seed);
  const grammar = GRAMMARS[entity];
  return Array.from({ length: count }, () => ({
    filter: filter(random, grammar),
    order_by: Array.from({ length: random.int(4) }, () => orderClause(random, grammar)),
  }));
}

function filter(random: Random, grammar: SearchGrammar): string {
  if (random.chance(0.02)) return random.pick(['', ' ', ';', 'AND', 'a', "'x'", '()', '\n', '--']);
  const clauses = Array.from({ length: 1 + random.int(3) }, () => comparison(random, grammar));
  let text = clauses.reduce((left, right) => left + joiner(random) + right);
  if (random.chance(0.04)) text = ` ${text} `;
  return random.chance(0.08) ? damage(random, text) : text;
}

const joiner = (random: Random): string =>
  random.chance(0.9)
    ? random.pick([' AND ', ' and ', ' And ', '  AND\n', ' AND\t'])
    : random.pick([' OR ', ' ', ', ', '; ', ' && ', ' AND AND ', ' AND NOT ', ' , ', ' and not ']);

function comparison(random: Random, grammar: SearchGrammar): string {
  const field = random.pick(grammar.fields);
  const key = random.chance(0.05) ? random.pick(ODD_KEYS) : random.pick(field.keys);
  const prefix = random.chance(0.04) ? random.pick(ODD_PREFIXES) : random.pick(field.prefixes);
  const name =
    prefix === '' ? quoteKey(random, key, 0.2) : `${prefix}.${quoteKey(random, key, 0.3)}`;
  const operator = random.chance(0.1) ? random.pick(OPERATORS) : random.pick(field.operators);
  const [before, after] = [space(random, operator), space(random, operator)];
  const shown = random.chance(0.12) ? operator.toLowerCase() : operator;
  if (operator.startsWith('IS')) return `${name} ${shown}`;
  return `${name}${before}${shown}${after}${value(random, operator, field.values)}`;
}

function space(random: Random, operator: string): string {
  const blank = random.pick([' ', ' ', ' ', '  ', '\t', '\n']);
  return /^[A-Z]/.test(operator) || random.chance(0.7) ? blank : '';
}

function quoteKey(random: Random, key: string, probability: number): string {
  if (!/^\w[\w.]*$/.test(key) && random.chance(0.8)) return `\`${key}\``;
  if (!random.chance(probability)) return key;
  return random.pick([`\`${key}\``, `"${key}"`, `'${key}'`]);
}

function value(random: Random, operator: string, values: readonly string[]): string {
  if (random.chance(0.08)) return random.pick(ODD_VALUES);
  if (operator.endsWith('IN')) {
    const items = Array.from({ length: random.int(4) }, () => random.pick(LIST_ITEMS));
    return `(${items.join(random.pick([', ', ',', ' , ']))}${random.chance(0.1) ? ',' : ''})`;
  }
  return random.pick(values);
}

/** One edit such as a typing mistake makes. */
function damage(random: Random, text: string): string {
  const at = random.int(text.length + 1);
  const cut = random.int(4);
  return text.slice(0, at) + random.pick(DAMAGES) + text.slice(at + cut);
}

function orderClause(random: Random, grammar: SearchGrammar): string {
  const [prefix, key] = random.pick(grammar.orderFields).split('|') as [string, string | undefined];
  const name =
    key === undefined ? quoteKey(random, prefix, 0.1) : `${prefix}.${quoteKey(random, key, 0.25)}`;
  const direction = random.pick(['', '', ' ASC', ' DESC', ' asc', ' desc', ' Desc', '  DESC']);
  const clause = name + direction;
  if (!random.chance(0.1)) return clause;
  return random.pick([
    `${clause} NULLS LAST`,
    ` ${clause}`,
    `${clause},`,
    `${name} BAD`,
    `${clause} `,
    `${name} DESC DESC`,
    `-${clause}`,
    '',
    ' ',
    `${clause}; a`,
    `${name}, name`,
  ]);
}

const OPERATORS = [
  '=',
  '!=',
  '<',
  '<=',
  '>',
  '>=',
  'LIKE',
  'ILIKE',
  'IN',
  'NOT IN',
  'IS NULL',
  'IS NOT NULL',
  '==',
  '<>',
  'NOT LIKE',
  'RLIKE',
  '=~',
  'BETWEEN',
  'IS',
  '!',
  'CONTAINS',
] as const;
const ODD_PREFIXES = [
  'foo',
  'Metrics',
  'tagz',
  '`params`',
  'metrics ',
  '"tags"',
  'attributes',
  'run',
  'attribute',
  'x.y',
  'experiment',
] as const;
const ODD_KEYS = [
  'foo',
  'a b',
  'a/b',
  'a-b',
  'a:b',
  '*',
  '5',
  '5a',
  '12a',
  '1.5',
  'in',
  'from',
  'order',
  'key',
  'é',
  '日本',
  'a[0]',
  '_x',
  'a$b',
  'experiment_id',
  'lifecycle_stage',
  '',
  'a.b.c',
  'a..b',
  'x()',
] as const;
const ODD_VALUES = [
  "'x'",
  '"x"',
  '`x`',
  'x',
  '5',
  '-5',
  '+5',
  '1.5',
  '1e3',
  '1e+3',
  '.5',
  '5.',
  '0x1F',
  '1_000',
  'NULL',
  'true',
  "('a')",
  '(1)',
  '()',
  "''",
  "'it''s'",
  "'a\\'b'",
  '"a""b"',
  "'a' 'b'",
  '- 1',
  '1 + 2',
  'nan',
  'inf',
  '99999999999999999999',
  "'unclosed",
  '',
  ':p',
  '?',
  "'日本'",
  "'%'",
  "'5'",
  '1e999',
  "'1.5'",
] as const;
const LIST_ITEMS = [
  "'a'",
  '"b"',
  "'a' 'b'",
  "'x, y'",
  '1',
  "'1'",
  "'2'",
  "'it''s'",
  "'a\\nb'",
  "'FINISHED'",
  "u'a'",
  'a',
  'None',
  "'\\x41'",
  "'m1'",
] as const;
const DAMAGES = [
  '',
  "'",
  '"',
  '`',
  '(',
  ')',
  ';',
  '--',
  '/*',
  ',',
  '.',
  ' ',
  '=',
  '\\',
  '[',
  ']',
  '%',
  '#',
  '$',
  '::',
  '->',
  '€',
  '😀',
  ' /* c */ ',
] as const;
