import { expect, it } from 'vitest';
import { float, list, quoted, set, toInteger, tuple } from './python-text.js';

it.each([
  ['a', "'a'"],
  ["it's", '"it\'s"'],
  [`'"`, `'\\'"'`],
  ['a\n\t\\', "'a\\n\\t\\\\'"],
  ['\0\x7f\u200b\u00e9\u{1f600}\u2028', "'\\x00\\x7f\\u200b\u00e9\u{1f600}\\u2028'"],
])('quotes %j', (text, shown) => {
  expect(quoted(text)).toBe(shown);
});

it.each([
  [1000, '1000.0'],
  [-0, '-0.0'],
  [0.1, '0.1'],
  [-1.5, '-1.5'],
  [1e16, '1e+16'],
  [123456789012345680, '1.2345678901234568e+17'],
  [1e-4, '0.0001'],
  [1.5e-5, '1.5e-05'],
  [1e300, '1e+300'],
  [Number.POSITIVE_INFINITY, 'inf'],
  [Number.NaN, 'nan'],
])('prints the double %d', (value, shown) => {
  expect(float(value)).toBe(shown);
});

it.each([
  [' 1_000 ', 1000n],
  ['-07', -7n],
  ['+1', 1n],
  ['1.0', undefined],
  ['_1', undefined],
  ['', undefined],
  ['99999999999999999999', 99999999999999999999n],
])('reads %j as an integer', (text, value) => {
  expect(toInteger(text)).toBe(value);
});

it('prints collections', () => {
  expect(list(['a', "b'"])).toBe(`['a', "b'"]`);
  expect(set(['b', 'a'])).toBe("{'a', 'b'}");
  expect(tuple(['1'])).toBe('(1,)');
});
