import { invalidParameter } from '../errors.js';
import { float } from './filter/python-text.js';
import { isDeeperThan } from './http/parse-json.js';
import { printLikePython } from './python-json.js';

/**
 * JSON that is read and printed again without a loss. Texts and names of members have an `s` in
 * front, numbers are their digits behind an `n`: no number is rounded, `1.0` is another than `1`,
 * members keep their order, and `__proto__` is a name like any other.
 */
export type TaggedJson =
  | string
  | boolean
  | null
  | readonly TaggedJson[]
  | { readonly [name: string]: TaggedJson };
export type TaggedObject = Readonly<Record<string, TaggedJson>>;

const MAX_DEPTH = 64;
const WORD = /[-+.\w]+/g;
const NUMBER = /^-?(?:0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?$/;
const NOT_FINITE: ReadonlySet<string> = new Set(['NaN', 'Infinity', '-Infinity']);

/**
 * Reads JSON as Python writes it, NaN and infinities included.
 *
 * @param what names the text in messages
 * @throws MlflowError 400 when it is not JSON, or nested too deeply
 */
export function parseTagged(text: string, what: string): TaggedJson {
  if (isDeeperThan(text, MAX_DEPTH)) {
    throw invalidParameter(`${what} is nested deeper than ${MAX_DEPTH} levels`);
  }
  try {
    return JSON.parse(withTags(text)) as TaggedJson;
  } catch {
    throw invalidParameter(`${what} must be valid JSON`);
  }
}

/** Goes from quote to quote; an expression for whole texts would fail at long ones. */
function withTags(text: string): string {
  const parts: string[] = [];
  let at = 0;
  for (;;) {
    const start = text.indexOf('"', at);
    parts.push(text.slice(at, start < 0 ? undefined : start).replace(WORD, tag));
    if (start < 0) return parts.join('');
    at = endOfText(text, start);
    parts.push('"s', text.slice(start + 1, at));
  }
}

/** @returns the place behind the quote that closes a text */
function endOfText(text: string, start: number): number {
  for (let end = start + 1; ; end += 1) {
    end = text.indexOf('"', end);
    if (end < 0) return text.length;
    let escapes = end;
    while (text[escapes - 1] === '\\') escapes -= 1;
    if ((end - escapes) % 2 === 0) return end + 1;
  }
}

function tag(token: string): string {
  if (NOT_FINITE.has(token)) return `"n${token}"`;
  const parts = NUMBER.exec(token);
  if (parts === null) return token;
  const isDouble = parts[1] !== undefined || parts[2] !== undefined;
  return `"n${isDouble ? printDouble(Number(token)) : token === '-0' ? '0' : token}"`;
}

const printDouble = (value: number): string => {
  if (Number.isFinite(value)) return float(value);
  return value > 0 ? 'Infinity' : '-Infinity';
};

/** Prints it as Python would; sorted by the names of members where equal values must look alike. */
export function printTagged(value: TaggedJson, sorted = false): string {
  if (typeof value === 'string') {
    return isNumber(value) ? value.slice(1) : printLikePython(value.slice(1));
  }
  if (isList(value)) return `[${value.map((item) => printTagged(item, sorted)).join(', ')}]`;
  if (!isObject(value)) return String(value);
  const names = Object.keys(value);
  if (sorted) names.sort();
  const members = names.map(
    (name) => `${printLikePython(name.slice(1))}: ${printTagged(value[name] ?? null, sorted)}`,
  );
  return `{${members.join(', ')}}`;
}

export const isNumber = (value: TaggedJson): boolean =>
  typeof value === 'string' && value.startsWith('n');

export const isText = (value: TaggedJson | undefined): value is string =>
  typeof value === 'string' && value.startsWith('s');

export const isList = (value: TaggedJson): value is readonly TaggedJson[] => Array.isArray(value);

export const isObject = (value: TaggedJson | undefined): value is TaggedObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** @returns the value of a member, if there is one */
export const member = (object: TaggedObject, name: string): TaggedJson | undefined =>
  object[`s${name}`];

/** @returns a text as it is, a number as its digits, anything else as JSON */
export const plainText = (value: TaggedJson): string =>
  typeof value === 'string' ? value.slice(1) : printTagged(value);
