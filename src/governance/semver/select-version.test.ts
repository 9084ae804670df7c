import { describe, expect, it } from 'vitest';
import { isSelector, selectVersion } from './select-version.js';

const candidates = [
  { version: 1, semver: '1.0.0', isApproved: true },
  { version: 2, semver: '1.2.0', isApproved: true },
  { version: 3, semver: '1.2.5', isApproved: true },
  { version: 4, semver: '1.3.0', isApproved: false },
  { version: 5, semver: '2.0.0-rc.1', isApproved: true },
  { version: 6, semver: '2.0.0', isApproved: true },
  { version: 7, semver: undefined, isApproved: true },
];

const choose = (text: string, any = false) => {
  const selected = selectVersion('m', text, candidates, any);
  return selected.kind === 'version' ? selected.version : selected.kind;
};

describe('a selector', () => {
  it.each<[string, number | string]>([
    ['1.0.0', 1],
    ['1.3.0', 4],
    ['2.0.0-rc.1', 5],
    ['^1.2', 3],
    ['~1.2.0', 3],
    ['~1.0', 1],
    ['1.x', 3],
    ['1.2.x', 3],
    ['*', 6],
    ['x', 6],
    ['>=1.0.0 <1.2.5', 2],
    ['^2.0.0-rc.1', 6],
    ['^3', 'none'],
    ['1.0.1', 'none'],
    ['~1.3', 'none'],
    ['Production', 'other'],
    ['Shadow', 'other'],
    ['latest', 'other'],
    ['1', 'other'],
    ['', 'other'],
    [' ', 'other'],
    ['1.2.3.4', 'other'],
    [`^1${' || ^1'.repeat(100)}`, 'other'],
  ])('%j chooses %s', (text, expected) => {
    expect(choose(text)).toBe(expected);
  });

  it('may choose a candidate where the profile says so', () => {
    expect(choose('^1.2', true)).toBe(4);
  });

  it('that nothing fits says so', () => {
    expect(selectVersion('m', '~1.3', candidates)).toMatchObject({
      violation: {
        reason: 'NO_MATCHING_VERSION',
        message: 'm has no approved version in the range ~1.3.',
      },
    });
    expect(isSelector('^1')).toBe(true);
  });
});
