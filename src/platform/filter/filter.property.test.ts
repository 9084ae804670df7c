import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MlflowError } from '../../errors.js';
import { MODEL_SEARCH } from '../../registry/models/models.search.js';
import { VERSION_SEARCH } from '../../registry/versions/versions.search.js';
import { TRACE_LANGUAGE } from '../../tracing/search/search.language.js';
import { TRACE_ORDER } from '../../tracing/search/search.order.js';
import { traceStorage } from '../../tracing/search/search.storage.js';
import { EXPERIMENT_SEARCH } from '../../tracking/experiments/experiments.search.js';
import { loggedModelSearch } from '../../tracking/logged-models/logged-models.search.js';
import { RUN_SEARCH } from '../../tracking/runs/runs.search.js';
import { sqliteDialect } from '../db/sqlite-dialect.js';
import { MAX_COMPARISONS, MAX_FILTER_BYTES, parseFilter } from './filter.js';
import type { Comparison } from './language.js';
import { parseOrderBy } from './order-by.js';
import { generateFilters } from './testing/generate-filters.js';
import { printFilter } from './testing/print-filter.js';
import { conditionOf } from './testing/sql-of.js';
import { tokenize } from './tokenize.js';

const searches = {
  runs: RUN_SEARCH,
  experiments: EXPERIMENT_SEARCH,
  models: MODEL_SEARCH,
  versions: VERSION_SEARCH,
  loggedModels: { ...RUN_SEARCH, ...loggedModelSearch([]) },
  traces: {
    language: TRACE_LANGUAGE,
    order: TRACE_ORDER,
    storage: traceStorage([1], sqliteDialect),
  },
};
const all = Object.values(searches);

/** @returns the result, or nothing where the text was refused as it should be */
function attempt<Result>(call: () => Result): Result | undefined {
  try {
    return call();
  } catch (error) {
    if (error instanceof MlflowError && error.status === 400) return undefined;
    throw error;
  }
}

const hostile = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 300 }),
  fc.string({
    unit: fc.constantFrom(...`'"\`´[]();,.:%$#@\\-/*<>=~!&|^? \n\0aZ09_éßİſ😀`),
    maxLength: 80,
  }),
  fc
    .array(
      fc.constantFrom(
        'metrics.a',
        'tags.`x`',
        '=',
        'IN',
        "('a')",
        'AND',
        'IS',
        'NOT',
        'NULL',
        'LIKE',
        "'",
        '--',
        '/*',
        '*/',
        '1e3',
        '::',
        ';',
        'DESC',
        '\ud800',
      ),
      { maxLength: 30 },
    )
    .map((words) => words.join(' ')),
);

describe('hostile text', () => {
  it('is read or refused, never worse', () => {
    fc.assert(
      fc.property(hostile, (text) => {
        for (const search of all) {
          attempt(() => parseFilter(text, search));
          attempt(() => parseOrderBy([text], search));
        }
        expect(
          tokenize(text)
            .map((token) => token.text)
            .join(''),
        ).toBe(text);
      }),
      { numRuns: 2000 },
    );
  });

  it.each([
    "'",
    '"',
    '`',
    '´',
    '(',
    '((',
    '[',
    '[a',
    '/*',
    '--',
    '# ',
    '$$',
    '1',
    'a ',
    'a.',
    '.',
    '-',
    "\\'",
    "''",
    'not ',
    'a   ',
    '😀',
    ', a',
    '%(',
    'asc nulls ',
    "a = 'b' ",
    'a IN (',
    // What backtracks or recurses without end runs into the time-out of tests, or out of stack.
  ])('is read to its end however long it is: %s', (piece) => {
    const text = `metrics.a = ${piece.repeat(MAX_FILTER_BYTES)}`.slice(0, MAX_FILTER_BYTES / 2);
    for (const search of all) {
      attempt(() => parseFilter(text, search));
      attempt(() => parseOrderBy([text], search));
    }
    expect(() => tokenize(text)).not.toThrow();
  });

  it('is refused by its length', () => {
    expect(() => parseFilter('a'.repeat(MAX_FILTER_BYTES + 1), RUN_SEARCH)).toThrow(
      'Invalid filter: it exceeds the limit of 32768 bytes.',
    );
  });

  it('is refused by the number of its comparisons', () => {
    const filter = Array(MAX_COMPARISONS + 1)
      .fill("params.a = 'x'")
      .join(' and ');
    expect(() => parseFilter(filter, RUN_SEARCH)).toThrow(
      'Invalid filter: it holds more than 200 comparisons.',
    );
  });
});

/** Any key can be named in backticks, as long as it holds none. */
const spell = ({ entity, key }: Comparison): string =>
  entity === 'attribute' ? key : `${entity}.\`${key}\``;

const text = fc
  .string({ unit: 'binary' })
  .map((value) => [...value].filter((char) => !/['"\\`\0]|\p{Surrogate}/u.test(char)).join(''));
const operator = (...operators: Comparison['operator'][]) => fc.constantFrom(...operators);
const comparison: fc.Arbitrary<Comparison> = fc.oneof(
  fc.record({
    entity: fc.constant('metric'),
    key: text,
    operator: operator('=', '!=', '<', '<=', '>', '>='),
    value: fc.double({ noNaN: true, noDefaultInfinity: true }).filter((n) => !Object.is(n, -0)),
  }),
  fc.record({
    entity: fc.constantFrom('tag', 'parameter'),
    key: text,
    operator: operator('=', '!=', 'LIKE', 'ILIKE'),
    value: fc.oneof(
      text,
      text.map((value) => `${value}'`),
    ),
  }),
  fc.record({
    entity: fc.constantFrom('tag', 'parameter'),
    key: text,
    operator: operator('IS NULL', 'IS NOT NULL'),
    value: fc.constant(null),
  }),
  fc.record({
    entity: fc.constant('attribute'),
    key: fc.constant('run_id'),
    operator: operator('IN', 'NOT IN'),
    value: fc.array(text, { minLength: 1 }),
  }),
  fc.record({
    entity: fc.constant('attribute'),
    key: fc.constantFrom('start_time', 'end_time'),
    operator: operator('=', '<', '>='),
    value: fc.bigInt({ min: -(2n ** 70n), max: 2n ** 70n }),
  }),
);

describe('any comparison', () => {
  it('is read back from its print', () => {
    fc.assert(
      fc.property(fc.array(comparison, { minLength: 1, maxLength: 5 }), (comparisons) => {
        expect(parseFilter(printFilter(comparisons, spell), RUN_SEARCH)).toEqual(comparisons);
      }),
      { numRuns: 500 },
    );
  });
});

describe.each(Object.keys(searches) as (keyof typeof searches)[])(
  'generated filters of %s',
  (entity) => {
    it('are often valid, and what is valid compiles', () => {
      const search = searches[entity];
      const cases = generateFilters(7, 1500, entity);
      const valid = cases.filter(({ filter }) => attempt(() => parseFilter(filter, search)));
      for (const { filter } of valid) {
        const { sqlite, postgres, bindings } = conditionOf(filter, search);
        expect((sqlite?.match(/\?/g) ?? []).length).toBe(bindings.length);
        expect((postgres?.match(/\$\d+/g) ?? []).length).toBe(bindings.length);
      }
      expect(valid.length).toBeGreaterThan(cases.length * 0.2);
      for (const { order_by } of cases) attempt(() => parseOrderBy(order_by, search));
      expect(generateFilters(7, 1500, entity)).toEqual(cases);
    });
  },
);
