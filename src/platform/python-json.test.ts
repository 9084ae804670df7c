import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { printLikePython } from './python-json.js';

describe('JSON in the spelling of Python', () => {
  it.each([
    [{}, '{}'],
    [[], '[]'],
    [{ a: 1, b: [true, null, 'x'] }, '{"a": 1, "b": [true, null, "x"]}'],
    [{ a: undefined, b: { c: {} } }, '{"b": {"c": {}}}'],
    ['é😀\u2028', '"\\u00e9\\ud83d\\ude00\\u2028"'],
    ['"\\/\n\t\b\u0001\u007f', '"\\"\\\\/\\n\\t\\b\\u0001\\u007f"'],
    [{ ключ: ',: ' }, '{"\\u043a\\u043b\\u044e\\u0447": ",: "}'],
    [1.5, '1.5'],
    [undefined, 'null'],
  ])('%j', (value, text) => {
    expect(printLikePython(value)).toBe(text);
  });

  it('is ASCII, and reads back as what it was', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 2, stringUnit: 'binary' }), (value) => {
        const text = printLikePython(value);
        expect(text).toMatch(/^[ -~]*$/);
        expect(JSON.parse(text)).toEqual(JSON.parse(JSON.stringify(value)));
      }),
    );
  });
});
