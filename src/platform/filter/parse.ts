import type { Node, RawComparison } from './nodes.js';
import { readOperand, type Source, slice, source } from './operands.js';
import { type Token, tokenize } from './tokenize.js';

/** What a filter was found to hold. */
export interface ParsedFilter {
  /** How many statements: `;` separates them. Only the first was read. */
  readonly statements: number;
  readonly comparisons: readonly RawComparison[];
  /** What is neither a comparison nor `AND`, as written. */
  readonly stray: readonly string[];
}

/**
 * Reads a filter as a list of comparisons. `AND` between them is passed over rather than required:
 * the comparisons hold together anyway. Knows nothing of entities and never throws.
 * @param names words of SQL that name fields here
 */
export function parse(text: string, names: ReadonlySet<string> = NONE): ParsedFilter {
  const tokens = tokenize(text).map((token) => (names.has(token.text) ? asName(token) : token));
  const src = source(text, tokens);
  const clauses = joinNullAndIn(
    src,
    joinSeries(src, attachComments(src, joinAliases(src, read(src)))),
  );
  const comparisons: RawComparison[] = [];
  const stray: string[] = [];
  for (const { content, from, to } of clauses) {
    if (content.kind === 'clause') comparisons.push(content);
    else if (!isKeyword(content, 'AND')) stray.push(slice(src, from, to));
  }
  return { statements: countStatements(tokens), comparisons, stray };
}

const NONE: ReadonlySet<string> = new Set();
const asName = (token: Token): Token =>
  token.kind === 'keyword' ? { ...token, kind: 'name' } : token;

const isKeyword = (content: Node['content'], word: string): boolean =>
  content.kind === 'keyword' && content.text.toUpperCase() === word;

/** Comparisons by operator, and everything that is not part of one, in order. */
function read(src: Source): Node[] {
  const nodes: Node[] = [];
  for (let at = 0; at < src.tokens.length; ) {
    const node = readComparison(src, at) ?? tokenNode(src, at);
    nodes.push(node);
    at = node.to;
  }
  return nodes;
}

const tokenNode = (src: Source, at: number): Node => ({
  content: src.tokens[at] as Token,
  from: at,
  to: at + 1,
});

/** A further operator behind a comparison compares its outcome. */
function readComparison(src: Source, at: number): Node | undefined {
  const first = readOperand(src, at);
  if (first === undefined) return undefined;
  let node = first;
  for (;;) {
    const operator = src.tokens[node.to];
    const right = operator?.kind === 'comparison' ? readOperand(src, node.to + 1) : undefined;
    if (right === undefined || !isComparable(node) || !isComparable(right)) break;
    node = comparison(src, [asOperand(src, node), right], operator?.text ?? '', 3);
  }
  return node.content.kind === 'null' ? undefined : node;
}

const asOperand = (src: Source, node: Node): Node =>
  node.content.kind === 'clause'
    ? { ...node, content: { kind: 'calculation', text: slice(src, node.from, node.to) } }
    : node;

const isComparable = ({ content }: Node): boolean => content.kind !== 'hexadecimal';

function comparison(src: Source, sides: readonly Node[], operator: string, parts: number): Node {
  const [left, right] = sides.map((side) => side.content) as [
    RawComparison['left'],
    RawComparison['right'],
  ];
  const from = sides[0]?.from ?? 0;
  const to = (sides[1] ?? sides[0])?.to ?? 0;
  const written = slice(src, from, to);
  const text = right === undefined ? `${written} ${operator}` : written;
  return { content: { kind: 'clause', left, operator, right, parts, text }, from, to };
}

const ALIASED = new Set([
  'identifier',
  'list',
  'call',
  'calculation',
  'clause',
  'integer',
  'float',
  'hexadecimal',
]);

/** A name right behind another thing is its alias in SQL, so the two are one. */
function joinAliases(src: Source, nodes: readonly Node[]): Node[] {
  const joined: Node[] = [];
  for (let i = 0; i < nodes.length; i++) {
    const [node, next] = [nodes[i], nodes[i + 1]] as [Node, Node | undefined];
    if (next?.content.kind === 'identifier' && ALIASED.has(node.content.kind)) {
      const text = slice(src, node.from, next.to);
      joined.push({ content: { kind: 'identifier', text }, from: node.from, to: next.to });
      i++;
    } else {
      joined.push(node);
    }
  }
  return joined;
}

const COMMENTED = new Set(['identifier', 'list', 'call', 'calculation', 'clause']);

/** A comment that more text follows becomes a part of what stands before it. */
function attachComments(src: Source, nodes: readonly Node[]): Node[] {
  const lastSolid = nodes.findLastIndex((node) => node.content.kind !== 'comment');
  const attached: Node[] = [];
  nodes.forEach((node, index) => {
    const before = attached.at(-1);
    const owned = node.content.kind === 'comment' && index < lastSolid && before !== undefined;
    if (!owned || !COMMENTED.has(before.content.kind)) {
      attached.push(node);
      return;
    }
    const content =
      before.content.kind === 'clause'
        ? { ...before.content, parts: before.content.parts + 1 }
        : { ...before.content, text: slice(src, before.from, node.to) };
    attached[attached.length - 1] = { content, from: before.from, to: node.to } as Node;
  });
  return attached;
}

const LISTED = new Set([
  ...['identifier', 'string', 'integer', 'float', 'placeholder', 'call', 'calculation'],
  ...['clause', 'keyword', 'comment', 'wildcard', 'series'],
]);

/** `a, b, c` outside of parentheses is one thing, and wrong as a whole. */
function joinSeries(src: Source, nodes: readonly Node[]): Node[] {
  const joined: Node[] = [];
  for (let i = 0; i < nodes.length; i++) {
    const node = nodes[i] as Node;
    const [before, after] = [joined.at(-1), nodes[i + 1]];
    const isComma = node.content.kind === 'mark' && node.content.text === ',';
    if (isComma && before && after && isListed(before) && isListed(after)) {
      const text = slice(src, before.from, after.to);
      joined[joined.length - 1] = {
        content: { kind: 'series', text },
        from: before.from,
        to: after.to,
      };
      i++;
    } else {
      joined.push(node);
    }
  }
  return joined;
}

const isListed = ({ content }: Node): boolean => LISTED.has(content.kind);

/** Comparisons whose operator is words: `IN (...)`, `NOT IN (...)`, `IS NULL`, `IS NOT NULL`. */
function joinNullAndIn(src: Source, nodes: readonly Node[]): Node[] {
  const joined: Node[] = [];
  let at = 0;
  while (at < nodes.length) {
    const window = nodes.slice(at, at + 4);
    if (window[0]?.content.kind !== 'identifier' || window.length < 3) {
      joined.push(...window.slice(0, 1));
      at += 1;
      continue;
    }
    const [found, length] = readWords(src, window);
    joined.push(...found);
    at += length;
  }
  return joined;
}

function readWords(src: Source, window: readonly Node[]): [found: readonly Node[], length: number] {
  const [field, second, third, fourth] = window as [Node, Node, Node, Node | undefined];
  const thirdText = third.content.kind === 'keyword' ? third.content.text.toUpperCase() : '';
  if (isKeyword(second.content, 'IN') && third.content.kind === 'list') {
    return [[comparison(src, [field, third], second.content.text, 3)], 3];
  }
  if (isKeyword(second.content, 'IS') && (thirdText === 'NULL' || thirdText === 'NOT NULL')) {
    return [[comparison(src, [field], `IS ${thirdText}`, 2)], 3];
  }
  const isNotIn = isKeyword(second.content, 'NOT') && thirdText === 'IN';
  if (isNotIn && fourth?.content.kind === 'list') {
    return [[comparison(src, [field, fourth], 'NOT IN', 3)], 4];
  }
  return [window, window.length];
}

/** Semicolons inside parentheses separate nothing, and what is only space is no statement. */
function countStatements(tokens: readonly Token[]): number {
  let statements = 0;
  let depth = 0;
  let isOpen = false;
  for (const { kind, text } of tokens) {
    if (kind === 'space') continue;
    if (!isOpen && (statements === 0 || kind !== 'comment')) {
      statements += 1;
      isOpen = true;
      depth = 0;
    }
    if (kind !== 'mark') continue;
    if (text === '(') depth += 1;
    if (text === ')') depth -= 1;
    if (text === ';' && depth <= 0) isOpen = false;
  }
  return statements;
}
