import { parse as parseLossless } from 'lossless-json';
import { invalidParameter } from '../../errors.js';

/** An integer of 16 digits or more somewhere: JSON.parse might round it. */
const LARGE_INTEGER = /[:[,\s]-?\d{16,}[\s,\]}]/;
const MAX_DEPTH = 64;
/** Objects and lists of a body, and members of one object: what a parser makes costs more than bytes. */
const MAX_CONTAINERS = 500_000;
const MAX_MEMBERS = 10_000;
/** Characters of `"":0,`: what is shorter than so many of them needs no counting. */
const SHORTEST_MEMBER = 5;
/** Digits of an integer; reading those of one takes time that grows with their square. */
const MAX_DIGITS = 400;

/**
 * Parses a JSON body into an object. Integers beyond 2^53 become bigint; an empty body is `{}`;
 * a JSON string holding JSON (some clients encode twice) is parsed again.
 *
 * @throws MlflowError 400 when it is not a JSON object, nested too deeply, or of too many parts
 */
export function parseJsonBody(text: string): Record<string, unknown> {
  if (text.trim() === '') return {};
  let value = parse(text);
  if (typeof value === 'string') value = parse(value);
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw invalidParameter('The request body must be a JSON object');
  }
  return value as Record<string, unknown>;
}

function parse(text: string): unknown {
  if (isDeeperThan(text, MAX_DEPTH)) {
    throw invalidParameter(`The request body is nested deeper than ${MAX_DEPTH} levels`);
  }
  if (hasTooManyParts(text)) {
    throw invalidParameter(
      `The request body holds more than ${MAX_MEMBERS} members in one object, or more than ` +
        `${MAX_CONTAINERS} objects and lists`,
    );
  }
  try {
    return parseExactly(text);
  } catch (error) {
    const reason = error instanceof Error ? error.message.slice(0, 200) : '';
    throw invalidParameter(`The request body is not valid JSON: ${reason}`);
  }
}

/** Parses JSON; integers beyond 2^53 become bigint. */
export const parseExactly = (text: string): unknown =>
  LARGE_INTEGER.test(text)
    ? parseLossless(text, undefined, EXACTLY)
    : (JSON.parse(text) as unknown);

/** As JSON.parse but for integers; the last of two equal members counts there too. */
const EXACTLY = {
  parseNumber: exactNumber,
  onDuplicateKey: ({ newValue }: { newValue: unknown }) => newValue,
};

function exactNumber(text: string): number | bigint {
  if (text.length > MAX_DIGITS) throw new Error(`A number has more than ${MAX_DIGITS} digits`);
  const number = Number(text);
  if (Number.isSafeInteger(number) || !/^-?\d+$/.test(text)) return number;
  return BigInt(text);
}

/** Counts brackets of JSON, strings aside, before anything recurses into them. */
export function isDeeperThan(text: string, levels: number): boolean {
  if (count(text, '{[', levels) <= levels) return false;
  let depth = 0;
  return anyMark(text, (mark) => {
    if (mark === 'open') depth += 1;
    else if (mark === 'close') depth -= 1;
    return depth > levels;
  });
}

/** Whether what a body is made of takes far longer to make than to send. */
function hasTooManyParts(text: string): boolean {
  if (text.length < SHORTEST_MEMBER * MAX_MEMBERS) return false;
  if (
    count(text, ':', MAX_MEMBERS) <= MAX_MEMBERS &&
    count(text, '{[', MAX_CONTAINERS) <= MAX_CONTAINERS
  )
    return false;
  const members: number[] = [];
  let containers = 0;
  return anyMark(text, (mark) => {
    if (mark === 'open') {
      containers += 1;
      members.push(0);
    } else if (mark === 'close') members.pop();
    else members.push((members.pop() ?? 0) + 1);
    return containers > MAX_CONTAINERS || (members.at(-1) ?? 0) > MAX_MEMBERS;
  });
}

/** Looks at brackets and colons of JSON, strings aside, until one of them is what is looked for. */
function anyMark(text: string, found: (mark: 'open' | 'close' | 'member') => boolean): boolean {
  let quoted = false;
  for (let index = 0; index < text.length; index += 1) {
    const code = text.charCodeAt(index);
    if (quoted) {
      if (code === 0x5c) index += 1;
      else if (code === 0x22) quoted = false;
    } else if (code === 0x22) quoted = true;
    else if (code === 0x7b || code === 0x5b) {
      if (found('open')) return true;
    } else if (code === 0x7d || code === 0x5d) {
      if (found('close')) return true;
    } else if (code === 0x3a && found('member')) return true;
  }
  return false;
}

/** A bound that costs little, since most bodies stay far below it: characters inside strings count. */
function count(text: string, characters: string, enough: number): number {
  let found = 0;
  for (const character of characters) {
    let index = text.indexOf(character);
    while (index !== -1 && found <= enough) {
      found += 1;
      index = text.indexOf(character, index + 1);
    }
  }
  return found;
}
