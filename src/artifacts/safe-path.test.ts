import { join, resolve, sep } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SafePath } from './safe-path.js';

const times = (count: number, text: string): string => {
  let result = text;
  for (let n = 0; n < count; n += 1) result = encodeURIComponent(result).replaceAll('.', '%2e');
  return result;
};

const HOSTILE = [
  '..',
  '../x',
  'a/..',
  'a/../b',
  'a/../../etc/passwd',
  './../x',
  '/etc/passwd',
  '//etc/passwd',
  '\\etc',
  '\\\\server\\share',
  '..\\x',
  'a\\..\\b',
  'a/..\\..\\b',
  'C:\\Windows',
  'c:/Windows',
  'C:',
  'file:x',
  'FILE:///etc/passwd',
  'file:/etc',
  '%2e%2e/x',
  '%2E%2e%2fx',
  'a/%2e./b',
  '..%2f..%2fetc%2fpasswd',
  '%252e%252e%252fetc',
  '%2fetc/passwd',
  '%5c..%5c..',
  'a%5c..%5cb',
  'x#y',
  '#',
  'x%23y',
  'a\0b',
  'a%00b',
  'a\nb',
  'a\x7fb',
  'a\u0085b',
  'a\ud800b',
  `a/${times(5, '..')}/b`,
  times(20, '../x'),
  'a'.repeat(256),
  'ä'.repeat(128),
  `${'a/'.repeat(2_048)}b`,
  'a'.repeat(1_000_000),
  `${'%25'.repeat(1_000)}2e`,
];

const HARMLESS: [given: string, segments: string[]][] = [
  ['', []],
  ['.', []],
  ['a', ['a']],
  ['a/', ['a']],
  ['a//b', ['a', 'b']],
  ['./a/./b', ['a', 'b']],
  ['...', ['...']],
  ['a..b/..c/d..', ['a..b', '..c', 'd..']],
  ['a\\b', ['a\\b']],
  ['100%', ['100%']],
  ['%zz%', ['%zz%']],
  ['a%20b', ['a%20b']],
  ['%e4', ['%e4']],
  ['dogs%step%0%timestamp%1795473363300%w67.png', ['dogs%step%0%timestamp%1795473363300%w67.png']],
  ['a;b?c=d&e', ['a;b?c=d&e']],
  ['a:b', ['a:b']],
  ['日本/ä.txt', ['日本', 'ä.txt']],
  ['．．/x', ['．．', 'x']],
  ['a'.repeat(255), ['a'.repeat(255)]],
];

describe('SafePath', () => {
  it.each(HOSTILE)('refuses %j', (text) => {
    expect(() => SafePath.parse(text)).toThrow('Invalid path');
  });

  it.each(HARMLESS)('reads %j as it is written', (text, segments) => {
    expect(SafePath.parse(text).segments).toEqual(segments);
  });

  it('joins what is safe', () => {
    const path = SafePath.parse('a/b').join(SafePath.parse('c'));
    expect([path.text, path.name, path.isRoot]).toEqual(['a/b/c', 'c', false]);
  });

  it('never leads out of the root, whatever the text', () => {
    const root = resolve('/srv/art');
    const nasty = fc.constantFrom(
      '..',
      '.',
      '/',
      '\\',
      '%2e',
      '%2F',
      '%',
      '%25',
      'a',
      '#',
      '\0',
      ':',
    );
    const text = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.array(nasty, { maxLength: 12 }).map((parts) => parts.join('')),
      fc
        .tuple(fc.array(nasty, { maxLength: 6 }), fc.integer({ min: 1, max: 12 }))
        .map(([parts, count]) => times(count, parts.join(''))),
    );
    fc.assert(
      fc.property(text, (given) => {
        let path: SafePath;
        try {
          path = SafePath.parse(given);
        } catch (error) {
          expect(error).toMatchObject({ status: 400, message: 'Invalid path' });
          return;
        }
        const place = resolve(join(root, ...path.segments));
        expect(place === root || place.startsWith(root + sep)).toBe(true);
        expect(SafePath.parse(path.text).segments).toEqual(path.segments);
      }),
      { numRuns: 5_000 },
    );
  });
});
