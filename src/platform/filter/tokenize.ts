import { followsWord, LETTER, LONG_WORD, matchAt, SPACE, testAt, WORD } from './characters.js';
import { isAlwaysReserved, isReserved } from './words.js';

/**
 * - `name` a bare or backtick-quoted word; `symbol` a double-quoted one
 * - `keyword` a word of SQL; `direction` is `ASC` or `DESC` (with `NULLS LAST` and the like)
 * - `comparison` an operator between a field and a value; `operator` any other
 * - `connector` joins the parts of a name (`.`); `mark` is punctuation; `other` belongs nowhere
 */
export type TokenKind =
  | 'space'
  | 'comment'
  | 'name'
  | 'symbol'
  | 'string'
  | 'integer'
  | 'float'
  | 'hexadecimal'
  | 'placeholder'
  | 'keyword'
  | 'direction'
  | 'comparison'
  | 'operator'
  | 'wildcard'
  | 'connector'
  | 'mark'
  | 'other';

export interface Token {
  readonly kind: TokenKind;
  readonly text: string;
  /** Where the token begins in the filter. */
  readonly start: number;
}

type Scan = readonly [kind: TokenKind, end: number];

const LINE_COMMENT = /(?:--|# )[^\r\n]*(?:\r\n|\r|\n|$)/y;
const NUMBER_END = /[A-Za-z_\xc0-\xdc\xe0-\xf6\xf8-\xfc]/y;
const HEXADECIMAL = /-?0x[\da-f]+/iy;
const EXPONENTIAL = /-?\d+(?:\.\d+)?e-?\d+/iy;
const DECIMAL = /-?(?:\d+\.\d*|\.\d+)/y;
const INTEGER = /-?\d+/y;
const BRACKETED = /\[[^\][]+\]/y;
const PREFIXED_NAME = /(?:@|##|#)[A-Za-z\xc0-\xdc\xe0-\xf6\xf8-\xfc][\p{L}\p{N}_]+/uy;
const FORMAT_PLACEHOLDER = /%(?:\([\p{L}\p{N}_]+\))?s/iuy;
const WORD_PLACEHOLDER = /[$:][\p{L}\p{N}_]+/uy;
const COMMAND = /\\[\p{L}\p{N}_]+/uy;
const BEFORE_DOT = /\s*\.(?!\d)/y;
const MATCHING = /(?:not\s+)?(?:i|r)?like(?![\p{L}\p{N}_])/iuy;
const REGEXP = /(?:not\s+)?regexp(?:\s+binary)?(?![\p{L}\p{N}_])/iuy;
const DIRECTION =
  /(?:(?:asc|desc)(?:\s+nulls\s+(?:first|last))?|nulls\s+(?:first|last))(?![\p{L}\p{N}_])/iuy;
const PHRASE = /(?:not\s+null|(?:order|group)\s+by)(?![\p{L}\p{N}_])/iuy;
const COMPARISON = /[<>=~!]+/y;
const SPECIAL_OPERATOR = /#>>?|@>|<@|-|#-/y;
const OPERATOR = /[+/@#%^&|-]+/y;
const CONNECTOR = /\.|->>?|::/y;

/**
 * Splits a filter into tokens; every character belongs to one. Work grows with the length alone.
 * @param text a filter or an order_by clause, whatever it holds
 */
export function tokenize(text: string): Token[] {
  const tokens: Token[] = [];
  // Found once: a search from every `/*` that is never closed would take quadratic time.
  const lastComment = text.lastIndexOf('*/');
  let start = 0;
  while (start < text.length) {
    const [kind, end] = scan(text, start, lastComment);
    tokens.push({ kind, text: text.slice(start, end), start });
    start = end;
  }
  return tokens;
}

type Scanner = (text: string, at: number, lastComment: number) => Scan | undefined;

const by =
  (pattern: RegExp, kind: TokenKind): Scanner =>
  (text, at) => {
    const found = matchAt(pattern, text, at);
    return found ? [kind, at + found.length] : undefined;
  };
const one =
  (kind: TokenKind): Scanner =>
  (_, at) => [kind, at + 1];

const space = by(SPACE, 'space');
const connector = by(CONNECTOR, 'connector');
const prefixedName = by(PREFIXED_NAME, 'name');
const operators = [by(SPECIAL_OPERATOR, 'operator'), by(OPERATOR, 'operator')] as const;
const comparisons = [operators[0], by(COMPARISON, 'comparison')] as const;

/** What a token can be, by its first character; the first that fits counts. */
const SCANNERS: readonly (readonly [characters: string, scanners: readonly Scanner[]])[] = [
  ['ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_', [scanWord]],
  ['0123456789', [scanNumber, scanWord]],
  [' \t\n\r', [space]],
  ['\'"`', [scanQuoted]],
  ['[', [scanQuoted, one('mark')]],
  ['();,]', [one('mark')]],
  ['.', [scanNumber, connector]],
  ['-', [scanComment, scanNumber, connector, ...operators]],
  ['#', [scanComment, prefixedName, ...operators]],
  ['@', [prefixedName, ...operators]],
  ['/', [scanComment, ...operators]],
  ['+&^|', operators],
  ['%', [scanPlaceholder, ...operators]],
  ['?$', [scanPlaceholder]],
  [':', [scanPlaceholder, connector, one('mark')]],
  ['*', [one('wildcard')]],
  ['<>=~!', comparisons],
  ['\\', [by(COMMAND, 'other')]],
];
const scannersOf = new Map(
  SCANNERS.flatMap(([characters, scanners]) => [...characters].map((char) => [char, scanners])),
);
const UNCOMMON: readonly Scanner[] = [space, scanQuoted, scanWord];

function scan(text: string, at: number, lastComment: number): Scan {
  for (const scanner of scannersOf.get(text[at] ?? '') ?? UNCOMMON) {
    const found = scanner(text, at, lastComment);
    if (found !== undefined) return found;
  }
  return ['other', at + (isPair(text, at) ? 2 : 1)];
}

const isPair = (text: string, at: number): boolean => (text.codePointAt(at) ?? 0) > 0xffff;

function scanComment(text: string, at: number, lastComment: number): Scan | undefined {
  const line = matchAt(LINE_COMMENT, text, at);
  if (line !== undefined) return ['comment', at + line.length];
  if (lastComment < at + 2 || !text.startsWith('/*', at)) return undefined;
  return ['comment', text.indexOf('*/', at + 2) + 2];
}

const QUOTES: Readonly<Record<string, TokenKind>> = {
  "'": 'string',
  '"': 'symbol',
  '`': 'name',
  '´': 'name',
};

function scanQuoted(text: string, at: number): Scan | undefined {
  const quote = text[at] ?? '';
  if (quote === '[') {
    const before = text[at - 1];
    if (before === ']' || before === ')' || followsWord(text, at)) return undefined;
    const name = matchAt(BRACKETED, text, at);
    return name === undefined ? undefined : ['name', at + name.length];
  }
  const kind = QUOTES[quote];
  if (kind === undefined) return undefined;
  const end = endOfQuoted(text, at, quote, quote === "'" || quote === '"');
  return end === undefined ? undefined : [kind, end];
}

/**
 * A doubled quote, and in strings one behind a backslash, goes on; where the text ends without a
 * closing quote, the last of those closes after all.
 */
function endOfQuoted(
  text: string,
  at: number,
  quote: string,
  backslash: boolean,
): number | undefined {
  let escaped: number | undefined;
  for (let i = at + 1; i < text.length; i++) {
    if (text[i] === quote) {
      if (text[i + 1] !== quote) return i + 1;
      escaped = i + 1;
      i++;
    } else if (backslash && text[i] === '\\' && text[i + 1] === quote) {
      escaped = i + 2;
      i++;
    }
  }
  return escaped;
}

function scanPlaceholder(text: string, at: number): Scan | undefined {
  if (text[at] === '?') return ['placeholder', at + 1];
  const found =
    matchAt(FORMAT_PLACEHOLDER, text, at) ??
    (followsWord(text, at) ? undefined : matchAt(WORD_PLACEHOLDER, text, at));
  return found === undefined ? undefined : ['placeholder', at + found.length];
}

function scanNumber(text: string, at: number): Scan | undefined {
  const hexadecimal = matchAt(HEXADECIMAL, text, at);
  if (hexadecimal !== undefined) return ['hexadecimal', at + hexadecimal.length];
  const exponential = matchAt(EXPONENTIAL, text, at);
  if (exponential !== undefined) return ['float', at + exponential.length];
  const decimal = unlessGlued(text, at, matchAt(DECIMAL, text, at));
  if (decimal !== undefined) return ['float', decimal];
  const integer = unlessGlued(text, at, matchAt(INTEGER, text, at));
  return integer === undefined ? undefined : ['integer', integer];
}

/** A number that runs into a letter gives its last digit away to the word. */
function unlessGlued(text: string, at: number, found: string | undefined): number | undefined {
  if (found === undefined) return undefined;
  const end = at + found.length;
  if (!testAt(NUMBER_END, text, end)) return end;
  const shorter = found.slice(0, -1);
  const isNumber = /\d$/.test(shorter) ? /\d$/.test(found) : /\d\.$/.test(shorter);
  return isNumber ? end - 1 : undefined;
}

function scanWord(text: string, at: number): Scan | undefined {
  const word = matchAt(WORD, text, at);
  if (word === undefined) return undefined;
  const end = at + word.length;
  if (isAlwaysReserved(word)) return ['keyword', end];
  if (testAt(LETTER, text, at)) {
    const isPart = text[at - 1] === '.' || text[end] === '(' || testAt(BEFORE_DOT, text, end);
    if (isPart) return ['name', end];
  }
  return scanPhrase(text, at) ?? scanPlainWord(text, at);
}

function scanPhrase(text: string, at: number): Scan | undefined {
  const matching = matchAt(MATCHING, text, at) ?? matchAt(REGEXP, text, at);
  if (matching !== undefined) return ['comparison', at + matching.length];
  const direction = matchAt(DIRECTION, text, at);
  if (direction !== undefined) return ['direction', at + direction.length];
  const phrase = matchAt(PHRASE, text, at);
  return phrase === undefined ? undefined : ['keyword', at + phrase.length];
}

function scanPlainWord(text: string, at: number): Scan {
  const word = matchAt(LONG_WORD, text, at) ?? '';
  return [isReserved(word) ? 'keyword' : 'name', at + word.length];
}
