import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { refusal } from '../filter/testing/refusal.js';
import { parseJsonBody } from './parse-json.js';
import { printJson } from './wire-json.js';

const nested = (depth: number): string => `{"a":${'['.repeat(depth - 1)}${']'.repeat(depth - 1)}}`;

describe('a JSON body', () => {
  it.each(['', ' ', '\r\n\t'])('of nothing (%j) is an empty object', (text) => {
    expect(parseJsonBody(text)).toEqual({});
  });

  it('keeps every digit of a large integer, wherever it stands', () => {
    expect(parseJsonBody('{"a":9007199254740993,"b":[-9223372036854775808 , 1]}')).toEqual({
      a: 9_007_199_254_740_993n,
      b: [-9_223_372_036_854_775_808n, 1],
    });
    expect(parseJsonBody('{"a":\n 12345678901234567890123 }')).toEqual({
      a: 12_345_678_901_234_567_890_123n,
    });
  });

  it('takes numbers as numbers where they lose nothing', () => {
    const text =
      '{"a":9007199254740991,"b":1e20,"c":1.5,"d":1234567890123456.5,"e":90071992547409931}';
    expect(parseJsonBody(text)).toEqual({
      a: 9_007_199_254_740_991,
      b: 1e20,
      c: 1.5,
      d: 1_234_567_890_123_456.5,
      e: 90_071_992_547_409_931n,
    });
  });

  it.each([
    ['digits of an integer', `{"a":${'1'.repeat(401)}}`, 'more than 400 digits'],
    ['millions of them', `{"a":${'1'.repeat(5_000_000)}}`, 'more than 400 digits'],
    [
      'members of an object',
      `{"b":{},"a":{${Array.from({ length: 10_001 }, (_, at) => `"${at}" :1`)}}}`,
      'more than 10000 members',
    ],
    ['objects', `{"a":[${'{},'.repeat(500_000)}{}]}`, 'more than 500000 objects'],
  ])('holds so many parts: %s', (_, text, told) => {
    expect(refusal(() => parseJsonBody(text))).toContain(told);
  });

  it('may hold as much of what is cheap', () => {
    const text = '":{['.repeat(400_000);
    const many = Array.from({ length: 9_000 }, (_, at) => ({ [at]: { ...[at] } }));
    expect(parseJsonBody(JSON.stringify({ text, many }))).toEqual({ text, many });
  });

  it('leaves digits in strings alone', () => {
    expect(parseJsonBody('{"a":"9007199254740993","b": ":9007199254740993,"}')).toEqual({
      a: '9007199254740993',
      b: ':9007199254740993,',
    });
  });

  it('has the last of two equal members, with and without a large integer', () => {
    expect(parseJsonBody('{"a":1,"a":2}')).toEqual({ a: 2 });
    expect(parseJsonBody('{"a":1,"a":9007199254740993}')).toEqual({ a: 9_007_199_254_740_993n });
  });

  it('may be encoded twice, but not three times', () => {
    const once = '{"a":9007199254740993}';
    const twice = JSON.stringify(once);
    expect(parseJsonBody(twice)).toEqual({ a: 9_007_199_254_740_993n });
    expect(refusal(() => parseJsonBody(JSON.stringify(twice)))).toBe(
      'INVALID_PARAMETER_VALUE: The request body must be a JSON object',
    );
    expect(refusal(() => parseJsonBody('"{"'))).toContain('The request body is not valid JSON: ');
  });

  it.each(['[]', '5', 'null', 'true', '[{}]', '"[]"'])('is not %s', (text) => {
    expect(refusal(() => parseJsonBody(text))).toBe(
      'INVALID_PARAMETER_VALUE: The request body must be a JSON object',
    );
  });

  it.each([
    '{',
    '{"a":}',
    '{"a":NaN}',
    '{"a":Infinity}',
    "{'a':1}",
    '{"a":1,}',
    '{"a":9007199254740993',
    '{} x',
    'x',
  ])('that is no JSON (%s) is refused', (text) => {
    expect(refusal(() => parseJsonBody(text))).toMatch(
      /^INVALID_PARAMETER_VALUE: The request body is not valid JSON: ./,
    );
  });

  it('may be nested 64 levels deep, whatever stands in its strings', () => {
    expect(parseJsonBody(nested(64))).toHaveProperty('a');
    expect(parseJsonBody(`{"a":"${'[{'.repeat(500)}\\"["}`)).toHaveProperty('a');
    expect(parseJsonBody(`{"a":[${Array(200).fill('{}').join()}]}`)).toHaveProperty('a');
    for (const text of [nested(65), nested(100_000), JSON.stringify(nested(65))]) {
      expect(refusal(() => parseJsonBody(text))).toBe(
        'INVALID_PARAMETER_VALUE: The request body is nested deeper than 64 levels',
      );
    }
  });

  /** The digits that JSON.parse would have rounded off are rounded off. */
  const rounded = (value: unknown): unknown => JSON.parse(printJson(value));

  it('is read as JSON.parse reads it, but for integers that that would round', () => {
    const object = fc.dictionary(fc.string(), fc.jsonValue({ maxDepth: 4 }));
    fc.assert(
      fc.property(object, fc.constantFrom(0, 2), (value, indent) => {
        const text = JSON.stringify(value, null, indent);
        expect(rounded(parseJsonBody(text))).toEqual(JSON.parse(text));
      }),
    );
  });

  it('is read the same when a large integer calls for the exact parser', () => {
    const object = fc.dictionary(
      fc.string().filter((key) => key !== '__proto__'),
      fc.jsonValue({ maxDepth: 4 }),
    );
    fc.assert(
      fc.property(object, (value) => {
        const text = JSON.stringify({ value, large: 0 }).replace(/0\}$/, '9007199254740993}');
        const { large, ...rest } = parseJsonBody(text);
        expect(large).toBe(9_007_199_254_740_993n);
        expect(rounded(rest)).toEqual(JSON.parse(JSON.stringify({ value })));
      }),
    );
  });
});
