import { RE2JS } from 're2js';
import { invalidParameter } from '../../errors.js';

/**
 * Regular expressions of clients. They are read as RE2 does, which matches in a time that grows
 * with the text alone: no references back, no looking around. Of that, only what PostgreSQL means
 * by the same or by other signs is taken, so that a search finds the same on every database.
 */
const MAX_LENGTH = 1_000;
/** Characters and signs with all repetitions written out: `(a{100}){10}` has a thousand. */
const MAX_SIZE = 2_000;
/** The most repetitions that PostgreSQL counts to. */
const MAX_REPEAT = 255;

/**
 * @returns the pattern
 * @throws MlflowError 400 where it is none, is too large, or holds what is not supported
 */
export function checkPattern(pattern: string): string {
  toPostgresPattern(pattern);
  return pattern;
}

/**
 * @returns the pattern as PostgreSQL's `~` has to be given it
 * @throws MlflowError as {@link checkPattern}
 */
export function toPostgresPattern(pattern: string): string {
  if (pattern.length > MAX_LENGTH) {
    throw refused(pattern, `it has more than ${MAX_LENGTH} characters`);
  }
  const tokens = pattern.match(TOKEN) ?? [];
  if (sizeOf(tokens) > MAX_SIZE) throw refused(pattern, 'it is too large');
  requireCompilable(pattern);
  let at = 0;
  return tokens
    .map((token) => {
      at += token.length;
      return token.startsWith('[') ? bracket(pattern, token) : sign(pattern, token, at);
    })
    .join('');
}

/** Compiling takes a time that grows with this. */
function sizeOf(tokens: readonly string[]): number {
  const outer: number[] = [];
  let [size, last] = [0, 0];
  for (const token of tokens) {
    if (token.startsWith('(') && !token.endsWith(')')) {
      outer.push(size);
      size = 0;
    } else if (token === ')') {
      last = size + 1;
      size = (outer.pop() ?? 0) + last;
    } else if (/^\{./.test(token)) {
      const times = Math.max(...(token.match(/\d+/g) ?? []).map(Number), 1);
      size += last * (times - 1);
      last *= times;
    } else {
      last = 1;
      size += 1;
    }
  }
  return outer.reduce((sum, part) => sum + part, size);
}

function requireCompilable(pattern: string): void {
  try {
    RE2JS.compile(pattern);
  } catch {
    throw refused(pattern, 'it is not a regular expression that can be matched in bounded time');
  }
}

const refused = (pattern: string, reason: string) =>
  invalidParameter(`Invalid pattern for RLIKE '${pattern.slice(0, 200)}': ${reason}.`);

const ESCAPE = /\\(?:x\{[\da-f]+\}|x[\da-f]{2}|[0-7]{1,3}|.)/.source;
const TOKEN = new RegExp(
  [
    ESCAPE,
    `\\[\\^?\\]?(?:\\[:\\^?\\w+:\\]|${ESCAPE}|[^\\]\\\\])*\\]`,
    '\\(\\?P?<\\w+>',
    '\\(\\?[^:)]*[:)]',
    '\\{\\d+(?:,\\d*)?\\}',
    '.',
  ].join('|'),
  'isug',
);
/** What a quantifier can't follow in PostgreSQL. */
const POSITION = /^(?:[\^$]|\\[bBAz])$/;
const QUANTIFIER = /[*+?{]/;

/** @param end where the token ends in the pattern */
function sign(pattern: string, token: string, end: number): string {
  if (POSITION.test(token) && QUANTIFIER.test(pattern[end] ?? '')) {
    throw refused(pattern, `nothing can be repeated behind '${token}'`);
  }
  if (token.startsWith('\\')) return escaped(pattern, token);
  // Groups are not asked for what they matched.
  if (token === '(' || token === '(?:' || token.endsWith('>')) return '(?:';
  if (token.startsWith('(?')) {
    if (token === '(?i)' && end === token.length) return token;
    throw refused(pattern, `'${token}' is not supported`);
  }
  if (token === '.') return '[^\\n]';
  if (token === '{') return '\\{';
  const counts = token.length > 1 ? token.match(/\d+/g) : null;
  if (counts?.some((count) => Number(count) > MAX_REPEAT)) {
    throw refused(pattern, `it repeats more than ${MAX_REPEAT} times`);
  }
  return token;
}

const SAME = /^\\(?:[dswDSWafnrtvA]|[^\p{L}\p{N}])$/u;
const OTHERWISE: Readonly<Record<string, string>> = { '\\b': '\\y', '\\B': '\\Y', '\\z': '\\Z' };

function escaped(pattern: string, token: string): string {
  if (SAME.test(token)) return token;
  const other = OTHERWISE[token];
  if (other !== undefined) return other;
  const hexadecimal = /^\\x\{?([\da-f]+)\}?$/i.exec(token)?.[1];
  const octal = /^\\([0-7]{1,3})$/.exec(token)?.[1];
  if (hexadecimal === undefined && octal === undefined) {
    throw refused(pattern, `'${token}' is not supported`);
  }
  const code =
    hexadecimal === undefined ? Number.parseInt(octal ?? '', 8) : Number.parseInt(hexadecimal, 16);
  // PostgreSQL has no text with NUL, and takes no half of a pair.
  if (code === 0 || (code >= 0xd800 && code <= 0xdfff)) throw refused(pattern, 'it holds no text');
  return `\\U${code.toString(16).padStart(8, '0')}`;
}

const MEMBER = new RegExp(`\\[:\\^?\\w+:\\]|${ESCAPE}|.`, 'isug');

/** A set of characters; one that opens a bracket inside has to be marked in PostgreSQL. */
function bracket(pattern: string, token: string): string {
  const open = /^\[\^?\]?/.exec(token)?.[0] ?? '';
  const members = token.slice(open.length, -1).replace(MEMBER, (member) => {
    if (member === '[') return '\\[';
    if (member.startsWith('[:^')) throw refused(pattern, `'${member}' is not supported`);
    return member.startsWith('\\') ? escaped(pattern, member) : member;
  });
  return `${open}${members}]`;
}

const compiled = new Map<string, RE2JS>();
const MAX_COMPILED = 100;

/** Whether a pattern that {@link checkPattern} has taken matches a part of the text. */
export function matches(pattern: string, text: string): boolean {
  let regex = compiled.get(pattern);
  if (regex === undefined) {
    if (compiled.size >= MAX_COMPILED) compiled.clear();
    regex = RE2JS.compile(pattern);
    compiled.set(pattern, regex);
  }
  return regex.test(text);
}
