import { invalidParameter } from '../../errors.js';
import { quoted, tuple } from './python-text.js';

const EMPTY =
  'While parsing a list in the query, expected a non-empty list of string values, but got empty list';
const ILL_FORMED =
  'While parsing a list in the query, expected a non-empty list of string values, but got ill-formed list.';
const WRONG_TYPE =
  'While parsing a list in the query, expected string value, punctuation, or whitespace, but got different type in list: ';

const SPACE = /[ \t\f\r\n]*/y;
const STRING = /[urURfF]?(?:'((?:[^'\\\r\n]|\\.)*)'|"((?:[^"\\\r\n]|\\.)*)")/sy;
const SCALAR = /(?:None|True|False|[+-]?[\d.][\w.+]*)(?=[\s,)])/y;

/**
 * Reads `('a', 'b')` with the rules of Python's literals: escapes work, neighbouring strings are
 * one, a trailing comma is fine.
 * @throws {MlflowError} where it is not a list of strings
 */
export function readStringList(text: string): string[] {
  const items: { readonly shown: string; readonly value: string | undefined }[] = [];
  let at = skip(text, 1);
  while (text[at] !== ')') {
    const scalar = matched(SCALAR, text, at)?.[0];
    if (scalar === undefined) {
      const [value, end] = readStrings(text, at);
      items.push({ shown: quoted(value), value });
      at = end;
    } else {
      items.push({ shown: scalar, value: undefined });
      at = skip(text, at + scalar.length);
    }
    if (text[at] === ',') at = skip(text, at + 1);
    else if (text[at] !== ')') throw invalidParameter(ILL_FORMED);
  }
  if (at !== text.length - 1) throw invalidParameter(ILL_FORMED);
  if (items.length === 0) throw invalidParameter(EMPTY);
  return items.map(({ value }) => {
    if (value !== undefined) return value;
    throw invalidParameter(WRONG_TYPE + tuple(items.map((item) => item.shown)));
  });
}

function matched(pattern: RegExp, text: string, at: number): RegExpExecArray | null {
  pattern.lastIndex = at;
  return pattern.exec(text);
}

const skip = (text: string, at: number): number => at + (matched(SPACE, text, at)?.[0].length ?? 0);

function readStrings(text: string, at: number): [value: string, end: number] {
  let end = at;
  let value = '';
  for (;;) {
    const found = matched(STRING, text, end);
    if (found === null) break;
    const body = found[1] ?? found[2] ?? '';
    const isRaw = /^[rR]/.test(found[0]);
    if (/^[fF]/.test(found[0])) throw invalidParameter(ILL_FORMED);
    value += isRaw ? body : resolveEscapes(body);
    end = skip(text, end + found[0].length);
  }
  if (end === at) throw invalidParameter(ILL_FORMED);
  return [value, end];
}

const SIMPLE: Readonly<Record<string, string>> = {
  '\n': '',
  '\\': '\\',
  "'": "'",
  '"': '"',
  a: '\x07',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
};
const ESCAPE = /\\(?:([0-7]{1,3})|x([\da-fA-F]{2})|u([\da-fA-F]{4})|U([\da-fA-F]{8})|(.))/gs;

function resolveEscapes(body: string): string {
  return body.replace(
    ESCAPE,
    (all: string, octal?: string, x?: string, u?: string, long?: string, plain?: string) => {
      const hex = x ?? u ?? long;
      if (octal !== undefined) return String.fromCharCode(Number.parseInt(octal, 8));
      if (hex !== undefined) return fromCode(Number.parseInt(hex, 16));
      if (plain !== undefined && 'xuUN'.includes(plain)) throw invalidParameter(ILL_FORMED);
      return SIMPLE[plain ?? ''] ?? all;
    },
  );
}

function fromCode(code: number): string {
  if (code > 0x10ffff) throw invalidParameter(ILL_FORMED);
  return String.fromCodePoint(code);
}
