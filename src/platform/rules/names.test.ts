import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { refusal } from '../filter/testing/refusal.js';
import { checkKey, checkLength, checkUniqueAsPath, truncate } from './names.js';

const NAMES =
  'Names may only contain alphanumerics, underscores (_), dashes (-), periods (.), spaces ( ), colon(:) and slashes (/).';
const FILES =
  'Names may be treated as files in certain cases, and must not resolve to other names when treated as such.';

describe('a key', () => {
  const check = (name: string) =>
    refusal(() => checkKey(name, 'metrics[0].name', 'Metric name', 10));

  it.each(['a', 'A_b-c.d', ' a ', 'a:b', 'a/b', 'ключ', '東京', '٣', 'é', '.a', 'a..', 'a/.b'])(
    "'%s' is fine",
    (name) => {
      expect(check(name)).toBe('accepted');
    },
  );

  it.each(['a;b', 'a\n', 'a"b', "a'b", 'a%', 'a+b', '😀', 'a\\b', '\u200b'])(
    '%j holds a sign that is not allowed',
    (name) => {
      expect(check(name)).toBe(
        `INVALID_PARAMETER_VALUE: Invalid value ${JSON.stringify(name)} for parameter 'metrics[0].name' supplied: ${NAMES}`,
      );
    },
  );

  it.each([
    ['', '.'],
    ['.', '.'],
    ['..', '..'],
    ['...', '...'],
    ['..a', '..a'],
    ['/', '/'],
    ['/a', '/a'],
    ['a/', 'a'],
    ['a//b', 'a/b'],
    ['a/../b', 'b'],
    ['./a', 'a'],
    ['a/.', 'a'],
    ['../a', '../a'],
  ])("'%s' would be another file: '%s'", (name, resolved) => {
    expect(check(name)).toBe(
      `INVALID_PARAMETER_VALUE: Invalid value "${name}" for parameter 'metrics[0].name' supplied: ${FILES} This name would resolve to '${resolved}'`,
    );
    expect(refusal(() => checkUniqueAsPath(name, 'p'))).toContain(`resolve to '${resolved}'`);
  });

  it('is told its signs first, then what it resolves to, then its length', () => {
    expect(check(`/;${'a'.repeat(20)}`)).toContain('Names may only contain');
    expect(check(`/${'a'.repeat(20)}`)).toContain('Names may be treated as files');
    expect(check('a'.repeat(11))).toBe(
      "INVALID_PARAMETER_VALUE: 'Metric name' exceeds the maximum length of 10 characters",
    );
  });
});

describe('lengths', () => {
  it('count characters, not units of UTF-16', () => {
    expect(refusal(() => checkLength('😀'.repeat(5), 'name', 5))).toBe('accepted');
    expect(refusal(() => checkLength('😀'.repeat(6), 'name', 5))).toBe(
      "INVALID_PARAMETER_VALUE: 'name' exceeds the maximum length of 5 characters",
    );
    expect(truncate('😀'.repeat(6), 5)).toBe('😀'.repeat(5));
    expect(truncate('abc😀d', 4)).toBe('abc😀');
  });

  it('cut a text to its first characters, and leave a short one', () => {
    const text = fc.string({ unit: fc.constantFrom('a', '😀', 'é', '\u0301') });
    fc.assert(
      fc.property(text, fc.nat(12), (given, max) => {
        const cut = truncate(given, max);
        expect([...cut]).toEqual([...given].slice(0, max));
        expect(refusal(() => checkLength(cut, 'x', max))).toBe('accepted');
        expect(refusal(() => checkLength(given, 'x', max)) === 'accepted').toBe(cut === given);
      }),
    );
  });
});
