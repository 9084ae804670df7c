import type { Node, Operand } from './nodes.js';
import type { Token } from './tokenize.js';

/** The tokens of a filter without its spaces, and which brackets belong together. */
export interface Source {
  readonly text: string;
  readonly tokens: readonly Token[];
  /** From an opening bracket to its closing one; lone brackets are absent. */
  readonly closing: ReadonlyMap<number, number>;
}

/** Prepares tokens for reading. */
export function source(text: string, tokens: readonly Token[]): Source {
  const solid = tokens.filter((token) => token.kind !== 'space');
  return { text, tokens: solid, closing: matchBrackets(solid) };
}

function matchBrackets(tokens: readonly Token[]): Map<number, number> {
  const closing = new Map<number, number>();
  const open: Record<string, number[]> = { ')': [], ']': [] };
  tokens.forEach((token, index) => {
    if (token.kind !== 'mark') return;
    if (token.text === '(') open[')']?.push(index);
    if (token.text === '[') open[']']?.push(index);
    const start = open[token.text]?.pop();
    if (start !== undefined) closing.set(start, index);
  });
  return closing;
}

/** @returns the filter's text from one token up to another */
export function slice({ text, tokens }: Source, from: number, to: number): string {
  const first = tokens[from];
  const last = tokens[to - 1];
  return first && last ? text.slice(first.start, last.start + last.text.length) : '';
}

/**
 * Reads a name, a value, a list, a call or a calculation.
 * @param at index of its first token
 * @returns nothing where no such thing begins
 */
export function readOperand(src: Source, at: number): Node | undefined {
  const first = readTerm(src, at);
  if (first === undefined || !isCalculable(first)) return first;
  let end = first.to;
  for (;;) {
    const sign = src.tokens[end]?.kind;
    if (sign !== 'operator' && sign !== 'wildcard') break;
    const next = readTerm(src, end + 1);
    if (next === undefined || !isCalculable(next)) break;
    end = next.to;
  }
  return end === first.to ? first : operand(src, 'calculation', at, end);
}

const isCalculable = ({ content }: Node): boolean =>
  content.kind !== 'null' && content.kind !== 'hexadecimal';

const operand = (src: Source, kind: Operand['kind'], from: number, to: number): Node => ({
  content: { kind, text: slice(src, from, to) },
  from,
  to,
});

function readTerm(src: Source, at: number): Node | undefined {
  const token = src.tokens[at];
  switch (token?.kind) {
    case 'name':
    case 'symbol':
      return readName(src, at);
    case 'integer':
    case 'float':
    case 'hexadecimal': {
      const end = skipDirections(src, at + 1);
      return operand(src, end > at + 1 ? 'identifier' : token.kind, at, end);
    }
    case 'string':
    case 'placeholder':
      return operand(src, token.kind, at, at + 1);
    case 'keyword':
      return token.text.toUpperCase() === 'NULL' ? operand(src, 'null', at, at + 1) : undefined;
    case 'mark': {
      const close = token.text === '(' ? src.closing.get(at) : undefined;
      return close === undefined ? undefined : operand(src, 'list', at, close + 1);
    }
    default:
      return undefined;
  }
}

function skipDirections(src: Source, at: number): number {
  let end = at;
  while (src.tokens[end]?.kind === 'direction') end++;
  return end;
}

/** A name with its dotted parts, subscripts and direction, or a call `name(...)`. */
function readName(src: Source, at: number): Node {
  const call = endOfCall(src, at);
  if (call !== undefined) return operand(src, 'call', at, call);
  let end = at + 1;
  for (;;) {
    const subscript = endOfBracket(src, end, '[');
    if (subscript !== undefined) end = subscript;
    else if (src.tokens[end]?.kind === 'connector') end = endOfPart(src, end + 1);
    else break;
  }
  return operand(src, 'identifier', at, skipDirections(src, end));
}

/** A connector that nothing fitting follows still belongs to the name. */
function endOfPart(src: Source, at: number): number {
  const part = src.tokens[at];
  if (part === undefined) return at;
  const call = endOfCall(src, at);
  if (call !== undefined) return call;
  if (src.tokens[at - 1]?.text === '::') return at + 1;
  if (part.kind === 'mark') return endOfBracket(src, at, '[') ?? at;
  return ['name', 'symbol', 'string', 'wildcard'].includes(part.kind) ? at + 1 : at;
}

const endOfCall = (src: Source, at: number): number | undefined =>
  src.tokens[at]?.kind === 'name' ? endOfBracket(src, at + 1, '(') : undefined;

function endOfBracket(src: Source, at: number, open: string): number | undefined {
  if (src.tokens[at]?.text !== open || src.tokens[at]?.kind !== 'mark') return undefined;
  const close = src.closing.get(at);
  return close === undefined ? undefined : close + 1;
}
