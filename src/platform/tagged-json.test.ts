import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { refusal } from './filter/testing/refusal.js';
import { parseTagged, printTagged } from './tagged-json.js';

const again = (text: string) => printTagged(parseTagged(text, 'it'));

describe('JSON that is read and printed again', () => {
  it.each([
    ['{"a":1,"b":[true,null]}', '{"a": 1, "b": [true, null]}'],
    ['[1, 1.0, 1e3, -0, -0.0, 0.1]', '[1, 1.0, 1000.0, 0, -0.0, 0.1]'],
    ['[12345678901234567890123, 1e400, -1e400]', '[12345678901234567890123, Infinity, -Infinity]'],
    ['[NaN, Infinity, -Infinity, "NaN"]', '[NaN, Infinity, -Infinity, "NaN"]'],
    ['{"b": 1, "10": 2, "2": 3, "__proto__": 4}', '{"b": 1, "10": 2, "2": 3, "__proto__": 4}'],
    ['"\\u0000 \\ud800 é \\" \\\\ 1.0"', '"\\u0000 \\ud800 \\u00e9 \\" \\\\ 1.0"'],
    ['{"": ""}', '{"": ""}'],
    [' "n1" ', '"n1"'],
  ])('%s is %s', (text, printed) => {
    expect(again(text)).toBe(printed);
    expect(again(printed)).toBe(printed);
  });

  it.each([
    ...['', '{', '[01]', '[1.]', '[.5]', '[+1]', '[nan]', '{a: 1}', '[1 2]', '"a', "['a']"],
    ...['[1,]', '"\n"', '[NaN1]', 'undefined', '"\\x"', '[-]', '[--1]', '[tru]'],
  ])('%j is none', (text) => {
    expect(refusal(() => parseTagged(text, 'it'))).toBe(
      'INVALID_PARAMETER_VALUE: it must be valid JSON',
    );
  });

  it('is any JSON, with all of its values', () => {
    fc.assert(
      fc.property(fc.jsonValue({ noUnicodeString: false }), (value) => {
        const text = JSON.stringify(value);
        expect(JSON.parse(again(text))).toEqual(JSON.parse(text));
      }),
    );
  });

  it('looks alike where members come in another order', () => {
    const sorted = (text: string) => printTagged(parseTagged(text, 'it'), true);
    expect(sorted('{"b": 1, "a": {"d": 1, "c": 2}}')).toBe('{"a": {"c": 2, "d": 1}, "b": 1}');
    expect(sorted('{"a": 1}')).not.toBe(sorted('{"a": 1.0}'));
  });

  it('may be long, but not deep', () => {
    const long = JSON.stringify('x"'.repeat(4_000_000));
    expect(again(long)).toBe(long);
    expect(refusal(() => parseTagged('['.repeat(65), 'it'))).toContain('deeper than 64 levels');
  });
});
