import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Mismatch } from './explain.js';
import {
  type Read,
  readBoolean,
  readDouble,
  readEnum,
  readInt32,
  readInt64,
  readString,
} from './scalars.js';

/** @returns what is read, or `refused` */
function outcome(read: Read, raw: unknown): unknown {
  try {
    return read(raw);
  } catch (error) {
    if (error instanceof Mismatch) return 'refused';
    throw error;
  }
}

const INT64_MAX = 2n ** 63n - 1n;
const INT64_MIN = -(2n ** 63n);

describe('an int64', () => {
  it.each([
    [5, 5],
    ['7', 7],
    ['-7', -7],
    ['+7', 7],
    ['007', 7],
    ['7.0', 7],
    ['1e3', 1_000],
    ['1e+05', 100_000],
    ['-1.5E1', -15],
    ['1.7e+12', 1_700_000_000_000],
    [7.0, 7],
    [1e3, 1_000],
    [2 ** 53, 9_007_199_254_740_992n],
    [1e18, 10n ** 18n],
    [9_007_199_254_740_993n, 9_007_199_254_740_993n],
    [5n, 5],
    [String(INT64_MAX), INT64_MAX],
    [String(INT64_MIN), INT64_MIN],
  ])('is read from %s', (raw, value) => {
    expect(Number(outcome(readInt64, raw))).toBe(Number(value));
    expect(typeof outcome(readInt64, raw)).toBe(typeof value);
    expect(BigInt(outcome(readInt64, raw) as bigint)).toBe(BigInt(value));
  });

  it.each([
    [1.5],
    ['1.5'],
    ['1e-3'],
    ['1e+2.5'],
    ['1e19'],
    ['1e400'],
    ['1_000'],
    [' 1'],
    [''],
    ['x'],
    ['0x10'],
    [true],
    [[]],
    [{}],
    [Number.NaN],
    [Number.POSITIVE_INFINITY],
    [1e19],
    [INT64_MAX + 1n],
    [INT64_MIN - 1n],
    ['9223372036854775808'],
    ['0'.repeat(41)],
  ])('is not %s', (raw) => {
    expect(outcome(readInt64, raw)).toBe('refused');
  });

  it('keeps every digit, and is a bigint only where a number would round it', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: INT64_MIN, max: INT64_MAX }), (value) => {
        for (const raw of [value, String(value)]) {
          const read = readInt64(raw) as number | bigint;
          expect(BigInt(read)).toBe(value);
          expect(typeof read).toBe(Number.isSafeInteger(Number(value)) ? 'number' : 'bigint');
        }
      }),
    );
  });
});

describe('an int32', () => {
  it.each([
    [2_147_483_647, 2_147_483_647],
    ['-2147483648', -2_147_483_648],
    [1e9, 1_000_000_000],
  ])('is read from %j', (raw, value) => {
    expect(outcome(readInt32, raw)).toBe(value);
  });

  it.each([2_147_483_648, -2_147_483_649, '2147483648', 2_147_483_648n, 0.5])(
    'is not %s',
    (raw) => {
      expect(outcome(readInt32, raw)).toBe('refused');
    },
  );
});

describe('a double', () => {
  it.each([
    [0.1, 0.1],
    ['1.5', 1.5],
    ['-1.5e-3', -0.0015],
    ['.5', 0.5],
    ['5.', 5],
    ['+2', 2],
    [true, 1],
    [false, 0],
    [9_007_199_254_740_993n, 9_007_199_254_740_992],
    ['NaN', Number.NaN],
    ['Infinity', Number.POSITIVE_INFINITY],
    ['-Infinity', Number.NEGATIVE_INFINITY],
    ['1e400', Number.POSITIVE_INFINITY],
  ])('is read from %s', (raw, value) => {
    expect(outcome(readDouble, raw)).toBe(value);
  });

  it.each([
    ['nan'],
    ['infinity'],
    ['inf'],
    ['+Infinity'],
    [''],
    [' '],
    ['0x1'],
    ['1,5'],
    ['.'],
    ['1e'],
    [[]],
    [{}],
    // What a bare number too large for a double has become.
    [Number.POSITIVE_INFINITY],
    [10n ** 400n],
  ])('is not %s', (raw) => {
    expect(outcome(readDouble, raw)).toBe('refused');
  });

  it('survives being printed and read, as number and as text', () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (value) => {
        expect(readDouble(value)).toBe(value);
        expect(readDouble(`${value}`)).toBe(Object.is(value, -0) ? 0 : value);
      }),
    );
  });
});

describe('an enum', () => {
  const read = readEnum(['LOW', 'HIGH'], [1, 20]);

  it.each([
    ['LOW', 'LOW'],
    [1, 'LOW'],
    ['20', 'HIGH'],
    ['low', undefined],
    ['OTHER', undefined],
    ['', undefined],
  ])('reads %j as %j', (raw, value) => {
    expect(outcome(read, raw)).toBe(value);
  });

  it.each([[0], [2], ['2'], [1.5], [true], [[]], [{}]])('refuses %j', (raw) => {
    expect(outcome(read, raw)).toBe('refused');
  });
});

describe('strings and booleans', () => {
  it('are taken as what they are alone', () => {
    expect(outcome(readString, 'x')).toBe('x');
    expect([5, true, 5n, [], {}, 'a\0', '\ud800'].map((raw) => outcome(readString, raw))).toEqual(
      Array(7).fill('refused'),
    );
    expect(outcome(readString, '😀\u2028')).toBe('😀\u2028');
    expect(outcome(readBoolean, false)).toBe(false);
    expect([0, 1, 'true', '', []].map((raw) => outcome(readBoolean, raw))).toEqual(
      Array(5).fill('refused'),
    );
  });
});
