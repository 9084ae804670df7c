import { isLosslessNumber, type LosslessNumber, stringify } from 'lossless-json';
import { DIFFERENCES, type GoldenDifference } from './differences.js';
import type { GoldenExchange } from './exchange.js';

/**
 * What of two exchanges differs, each as `place: golden | ours`; nothing when they are equal or when
 * the difference is meant.
 *
 * Numbers are compared by their text where the golden one is an integer: a client that reads JSON
 * without a schema would notice `3.0` in place of `3`, or lost digits. Where the golden one has a
 * fraction or an exponent, the doubles must be the same: MLflow's clients read such members as
 * doubles, whether `3.0` or `3` stands there. A number and a text that spells it differ.
 */
export function differencesOf(golden: GoldenExchange, ours: GoldenExchange): readonly string[] {
  const found = [...walk(golden, ours, '')];
  if (found.length === 0 || DIFFERENCES.some((one) => isMeant(one, golden, ours))) return [];
  return found;
}

function* walk(golden: unknown, ours: unknown, place: string): Generator<string> {
  if (isLosslessNumber(golden) && isLosslessNumber(ours)) {
    if (!sameNumber(golden, ours)) yield `${place}: ${golden.value} | ${ours.value}`;
  } else if (isObject(golden) && isObject(ours)) {
    for (const name of new Set([...Object.keys(golden), ...Object.keys(ours)])) {
      yield* walk(memberOf(golden, name), memberOf(ours, name), `${place}/${name}`);
    }
  } else if (golden !== ours) {
    yield `${place}: ${show(golden)} | ${show(ours)}`;
  }
}

/** Lists are objects with indices here. */
const isObject = (value: unknown): value is object =>
  typeof value === 'object' && value !== null && !isLosslessNumber(value);

const memberOf = (value: object, name: string): unknown =>
  Object.hasOwn(value, name) ? (value as Record<string, unknown>)[name] : undefined;

const show = (value: unknown): string => stringify(value)?.slice(0, 500) ?? 'left out';

function sameNumber({ value: golden }: LosslessNumber, { value: ours }: LosslessNumber): boolean {
  return /^-?\d+$/.test(golden) ? golden === ours : Object.is(Number(golden), Number(ours));
}

function isMeant(
  { on, golden, ours }: GoldenDifference,
  one: GoldenExchange,
  other: GoldenExchange,
): boolean {
  if (!on.test(`${one.method} ${one.path}`)) return false;
  if ([...walk(requestOf(one), requestOf(other), '')].length > 0) return false;
  return golden.test(answerOf(one)) && ours.test(answerOf(other));
}

const requestOf = ({ method, path, query, request }: GoldenExchange): unknown[] => [
  ...[method, path, query, request],
];

/** The status, the type and the JSON of an answer, for the patterns of meant differences. */
const answerOf = ({ status, type, response }: GoldenExchange): string =>
  `${status} ${type} ${stringify(response) ?? ''}`;
