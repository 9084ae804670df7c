import { invalidParameter } from '../../errors.js';
import { lookUp } from './check.js';
import { refuseUnstorable } from './filter.js';
import type { Keys, Naming } from './language.js';
import { readOperand, source } from './operands.js';
import { list } from './python-text.js';
import { type Token, tokenize } from './tokenize.js';

/** One field to sort by. */
export interface SortTerm {
  readonly entity: string;
  readonly key: string;
  readonly ascending: boolean;
  /** Narrows a logged model's metric to what was measured on a dataset. */
  readonly dataset?: { readonly dataset_name?: string; readonly dataset_digest?: string };
}

/** Which fields an entity can be sorted by. */
export interface OrderLanguage {
  readonly naming: Naming;
  readonly keys: ReadonlyMap<string, Keys>;
  /** Entities that a filter may name but an order can't, with the words for it. */
  readonly refused: ReadonlyMap<string, string>;
  /** A second mention of a field: an error, or without effect. */
  readonly duplicates: 'refused' | 'ignored';
}

/**
 * Reads the order_by clauses of a search: `<name> [ASC|DESC]` each.
 * @throws {MlflowError} INVALID_PARAMETER_VALUE in MLflow's words
 */
export function parseOrderBy(
  clauses: readonly string[] | undefined,
  { order }: { readonly order: OrderLanguage },
): SortTerm[] {
  const terms: SortTerm[] = [];
  const seen = new Set<string>();
  for (const clause of clauses ?? []) {
    const term = readClause(clause, order);
    const id = `${term.entity}.${term.key}`;
    if (seen.has(id)) {
      if (order.duplicates === 'ignored') continue;
      throw invalidParameter(`\`order_by\` contains duplicate fields: ${list(clauses ?? [])}`);
    }
    seen.add(id);
    terms.push(term);
  }
  return terms;
}

function readClause(clause: string, order: OrderLanguage): SortTerm {
  refuseUnstorable(clause, 'order_by clause');
  const { name, ascending } = splitDirection(clause);
  const found = lookUp(name, order);
  const refused = order.refused.get(found.entity);
  if (refused !== undefined) throw invalidParameter(refused);
  return { entity: found.entity, key: found.name, ascending };
}

const unparsed = (clause: string) =>
  invalidParameter(`Invalid order_by clause '${clause}'. Could not be parsed.`);

function splitDirection(clause: string): { name: string; ascending: boolean } {
  if (!isOneName(clause)) throw unparsed(clause);
  const words = splitWords(clause);
  if (words === undefined || words.length > 2) throw unparsed(clause);
  const [name = '', direction] = words;
  if (direction === undefined) return { name: clause.trim(), ascending: true };
  if (!/^(?:asc|desc)$/i.test(direction)) {
    throw invalidParameter(`Invalid ordering key in order_by clause '${clause}'.`);
  }
  return { name: name.trim(), ascending: direction.toLowerCase() === 'asc' };
}

/** The whole clause, to its last character, is a name; a second word behind it is its direction. */
function isOneName(clause: string): boolean {
  const tokens = tokenize(clause);
  const src = source(clause, tokens);
  if (tokens[0]?.kind === 'space' || tokens.at(-1)?.kind === 'space') return false;
  if (isTimestamp(src.tokens)) return true;
  const first = readOperand(src, 0);
  const second = first && readOperand(src, first.to);
  const last = second ?? first;
  return (
    last !== undefined &&
    last.to === src.tokens.length &&
    last.content.kind === 'identifier' &&
    first?.content.kind !== 'string'
  );
}

/** `timestamp` is a word of SQL and yet a field here. */
function isTimestamp(tokens: readonly Token[]): boolean {
  const [first, second] = tokens;
  if (first?.text !== 'timestamp') return false;
  return tokens.length === 1 || (tokens.length === 2 && second?.kind === 'direction');
}

const WORDS = /\s*((?:[^\s"'`\\]|\\.|'[^']*'|["`](?:[^"`\\]|\\.)*["`])+)\s*/sy;

/**
 * Splits at spaces outside of quotes and takes the quotes away.
 * @returns nothing where a quote is not closed
 */
function splitWords(clause: string): string[] | undefined {
  const words: string[] = [];
  let at = 0;
  while (at < clause.length) {
    WORDS.lastIndex = at;
    const found = WORDS.exec(clause);
    if (found === null) return undefined;
    words.push(unquoteParts(found[1] ?? ''));
    at += found[0].length;
  }
  return words;
}

const PART = /\\(.)|'([^']*)'|["`]((?:[^"`\\]|\\.)*)["`]/gs;

const unquoteParts = (word: string): string =>
  word.replace(
    PART,
    (_, escaped?: string, single?: string, double?: string) =>
      escaped ?? single ?? (double ?? '').replace(/\\(["\\])/g, '$1'),
  );
