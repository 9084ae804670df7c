import { invalidParameter } from '../../errors.js';

/** What protobuf's timestamp can say: the years 1 to 9999. */
const FIRST_MS = Date.parse('0001-01-01T00:00:00Z');
const LAST_MS = Date.parse('9999-12-31T23:59:59.999Z');
const TIMESTAMP =
  /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.(\d{1,9}))?(?:Z|([+-])([01]\d|2[0-3]):([0-5]\d))$/;
const DURATION = /^(-?)(\d{1,12})(?:\.(\d{1,9}))?s$/;
/** Seconds, of either sign: about 10,000 years. */
const MAX_DURATION = 315_576_000_000;

/**
 * Reads a time as protobuf's JSON writes it: RFC 3339, with up to nine digits of a second.
 *
 * @returns ms since the epoch, rounded down
 * @throws MlflowError 400
 */
export function parseTimestamp(text: string, field: string): number {
  const [, local = '', fraction = '', sign = '+', hours = '0', minutes = '0'] =
    TIMESTAMP.exec(text) ?? [];
  const seconds = Date.parse(`${local}Z`);
  // A day that its month does not have is read as one of the next month.
  if (Number.isNaN(seconds) || new Date(seconds).toISOString().slice(0, 19) !== local) {
    throw invalid(text, field, "a time such as '2026-01-31T12:00:00.500Z'");
  }
  const offset = (Number(hours) * 60 + Number(minutes)) * 60_000 * (sign === '-' ? -1 : 1);
  return checkTimestamp(seconds + milliseconds(fraction) - offset, field);
}

/**
 * Reads a duration as protobuf's JSON writes it: `1.5s`.
 *
 * @returns ms, rounded towards zero
 * @throws MlflowError 400
 */
export function parseDuration(text: string, field: string): number {
  const [, sign = '', seconds = '', fraction = ''] = DURATION.exec(text) ?? [];
  if (seconds === '' || Number(seconds) > MAX_DURATION) {
    throw invalid(text, field, "a duration such as '1.5s'");
  }
  const duration = Number(seconds) * 1_000 + milliseconds(fraction);
  return sign === '-' && duration > 0 ? -duration : duration;
}

/**
 * @returns the time, which is one that can be printed again
 * @throws MlflowError 400 for a time outside of the years 1 to 9999
 */
export function checkTimestamp(ms: number | bigint, field: string): number {
  if (ms >= FIRST_MS && ms <= LAST_MS) return Number(ms);
  throw invalid(String(ms), field, 'a time in the years 1 to 9999');
}

/** Prints a time as protobuf's JSON does: no fraction where there is none. */
export const printTimestamp = (ms: number): string =>
  new Date(ms).toISOString().replace('.000Z', 'Z');

/** Prints a duration as protobuf's JSON does: `2s`, `1.500s`. */
export function printDuration(ms: number): string {
  const rest = Math.abs(ms) % 1_000;
  const seconds = (Math.abs(ms) - rest) / 1_000;
  const fraction = rest === 0 ? '' : `.${String(rest).padStart(3, '0')}`;
  return `${ms < 0 ? '-' : ''}${seconds}${fraction}s`;
}

const milliseconds = (fraction: string): number => Number(fraction.slice(0, 3).padEnd(3, '0'));

const invalid = (text: string, field: string, wanted: string) =>
  invalidParameter(
    `Invalid value ${JSON.stringify(text)} for parameter '${field}' supplied: expected ${wanted}.`,
  );
