import { describe, expect, it } from 'vitest';
import { cut, literalPrefix, textBehind } from './prefixes.js';

describe('the texts that a pattern may match', () => {
  it.each([
    ['abc', 'abc'],
    ['abc%', 'abc'],
    ['a_c%', 'a'],
    ['%abc', ''],
    ['', ''],
  ])('%s begin with %s', (pattern, prefix) => {
    expect(literalPrefix(pattern)).toBe(prefix);
  });

  it.each([
    ['abc', 'abd'],
    ['a\u00ff', 'a\u0100'],
    ['\ud7ff', '\ue000'],
    ['x\u{1f600}', 'x\u{1f601}'],
    ['a\u{10ffff}\u{10ffff}', 'b'],
  ])('%s end before %s', (prefix, behind) => {
    expect(textBehind(prefix)).toBe(behind);
  });

  it('are cut at characters', () => {
    expect(cut('abc', 3)).toBe('abc');
    expect(cut('a\u{1f600}bc', 3)).toBe('a\u{1f600}b');
  });

  it('may have no end', () => {
    expect(textBehind('\u{10ffff}')).toBeUndefined();
    expect(textBehind('')).toBeUndefined();
  });
});
