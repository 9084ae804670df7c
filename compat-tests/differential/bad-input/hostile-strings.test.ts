import { beforeAll, describe, expect, inject, it } from 'vitest';
import { seededRandom } from '../../../src/platform/filter/testing/random.js';
import type { Question } from '../support/ask.js';
import { type Field, fieldsOf, routes, type Samples, withField } from './contract-cases.js';
import { expectSafe, snapshot } from './rules.js';
import { makeSamples } from './samples.js';

const { ours } = inject('urls');
const MEGABYTE = 2 ** 20;

/** No database and no encoding holds these: they are refused wherever they stand. */
const NO_TEXT = ['a\0b', '\0', '\ud800', 'x\udc00y', '\udfff\ud800'];
/** Odd, and often right. */
const ODD = [
  ...[
    '\u202eabc',
    '😀'.repeat(50),
    '\u0301'.repeat(300),
    ' ',
    '\r\n\t',
    '\u2028',
    '\ufeff',
    '\uffff',
  ],
  ...["'; DROP TABLE runs; --", '../../etc/passwd', '%00', '%', '%s%n', '__proto__', 'constructor'],
  ...['{{7*7}}', '<script>', '\\', '`', '"', 'x'.repeat(8_000), '1e999', '-0', '0x10', '\u0130'],
];
/** An index of PostgreSQL holds long texts only where they can be packed: these can't. */
const random = seededRandom(3);
const noise = (length: number): string =>
  Array.from({ length }, () => String.fromCodePoint(0x4e00 + random.int(20_000))).join('');
const LONG = ['x'.repeat(MEGABYTE), '('.repeat(70_000), noise(1_000), noise(100_000)];

let samples: Samples = {};
beforeAll(async () => {
  samples = await makeSamples(ours);
});

const isText = ({ schema, where }: Field) =>
  where === 'path' || (schema.type === 'string' && schema.enum === undefined);

const questions = (route: (typeof routes)[number], values: readonly string[]): Question[] =>
  fieldsOf(route)
    .filter(isText)
    .flatMap((field) =>
      values
        // A line of a request has its own limit.
        .filter((value) => field.where === 'body' || value.length < 4_000)
        // A lone surrogate can't be written in a URL.
        .filter((value) => field.where === 'body' || !/\p{Surrogate}/u.test(value))
        .map((value) => withField(route, samples, field, value)),
    );

const withTexts = routes.filter((route) => fieldsOf(route).some(isText));
const about = (route: (typeof routes)[number]) => ({
  name: `${route.method} ${route.path}`,
  route,
});

describe('texts that are none', () => {
  let before = '';
  beforeAll(async () => {
    before = await snapshot(ours);
  });
  it.each(withTexts.map(about))('$name', async ({ route }) => {
    await expectSafe(ours, questions(route, NO_TEXT), ({ status }) => status >= 400);
  });
  it('leave nothing behind', async () => {
    expect(await snapshot(ours)).toBe(before);
  });
});

describe('odd and long texts', () => {
  it.each(withTexts.map(about))('$name', async ({ route }) => {
    await expectSafe(ours, questions(route, ODD));
    await expectSafe(ours, questions(route, LONG));
  });
});
