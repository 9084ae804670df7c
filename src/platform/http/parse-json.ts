import { parse as parseLossless } from 'lossless-json';
import { invalidParameter } from '../../errors.js';

/** An integer of 16 digits or more somewhere: JSON.parse might round it. */
const LARGE_INTEGER = /[:[,\s]-?\d{16,}[\s,\]}]/;
const MAX_DEPTH = 64;

/**
 * Parses a JSON body into an object. Integers beyond 2^53 become bigint; an empty body is `{}`;
 * a JSON string holding JSON (some clients encode twice) is parsed again.
 *
 * @throws MlflowError 400 when it is not a JSON object, or nested too deeply
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
  const number = Number(text);
  if (Number.isSafeInteger(number) || !/^-?\d+$/.test(text)) return number;
  return BigInt(text);
}

/** Counts brackets of JSON, strings aside, before anything recurses into them. */
export function isDeeperThan(text: string, levels: number): boolean {
  let depth = 0;
  let quoted = false;
  if (countBrackets(text, levels) <= levels) return false;
  for (let index = 0; index < text.length; index += 1) {
    const code = text.charCodeAt(index);
    if (quoted) {
      if (code === 0x5c) index += 1;
      else if (code === 0x22) quoted = false;
    } else if (code === 0x22) quoted = true;
    else if (code === 0x7b || code === 0x5b) {
      depth += 1;
      if (depth > levels) return true;
    } else if (code === 0x7d || code === 0x5d) depth -= 1;
  }
  return false;
}

/** A bound for the depth that costs little: most bodies hold fewer brackets than levels allowed. */
function countBrackets(text: string, enough: number): number {
  let count = 0;
  for (const bracket of ['{', '[']) {
    let index = text.indexOf(bracket);
    while (index !== -1 && count <= enough) {
      count += 1;
      index = text.indexOf(bracket, index + 1);
    }
  }
  return count;
}
