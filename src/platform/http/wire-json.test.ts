import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseJsonBody } from './parse-json.js';
import { printJson, toStoredDouble } from './wire-json.js';

describe('printing an answer', () => {
  it('prints bigints as numbers with every digit and leaves out what is absent', () => {
    expect(
      printJson({ a: 2n ** 63n - 1n, b: [-(2n ** 63n)], c: undefined, d: '5', e: 'x"y' }),
    ).toBe('{"a":9223372036854775807,"b":[-9223372036854775808],"d":"5","e":"x\\"y"}');
  });

  it('prints what has no bigint as JSON.stringify does', () => {
    expect(printJson({ a: 1e300, b: null, c: ['é'] })).toBe('{"a":1e+300,"b":null,"c":["é"]}');
  });

  it('tells anything else that can not be printed', () => {
    const circle: Record<string, unknown> = {};
    circle.self = circle;
    expect(() => printJson(circle)).toThrow(TypeError);
  });

  it('is read back as it was', () => {
    const int64 = fc
      .bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n })
      .map((value) => (Number.isSafeInteger(Number(value)) ? Number(value) : value));
    const object = fc.dictionary(
      fc.stringMatching(/^[a-z_]{1,8}$/),
      fc.oneof(int64, fc.string(), fc.boolean(), fc.array(int64, { maxLength: 3 })),
    );
    fc.assert(
      fc.property(object, (value) => {
        expect(parseJsonBody(printJson(value))).toEqual({ ...value });
      }),
    );
  });
});

describe('a double is stored', () => {
  it.each([
    [1.5, 1.5, 0],
    [-0.25, -0.25, 0],
    ['NaN', 0, 1],
    [Number.NaN, 0, 1],
    ['Infinity', Number.MAX_VALUE, 0],
    [Number.NEGATIVE_INFINITY, -Number.MAX_VALUE, 0],
    [Number.MAX_VALUE, Number.MAX_VALUE, 0],
    [5e-324, 5e-324, 0],
  ] as const)('%s as %d with the mark %d', (given, value, isNan) => {
    expect(toStoredDouble(given)).toEqual({ value, isNan });
  });
});
