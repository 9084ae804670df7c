import fc from 'fast-check';
import { gt } from 'semver';
import { describe, expect, it } from 'vitest';
import type { Bump, BumpLevel } from './bump.js';
import { isSemver, planSemver, releaseOf, type SemverQuestion } from './plan-semver.js';

const step = (level: BumpLevel): Bump => ({
  level,
  reasons: [{ level, code: 'retrained', message: `It is ${level}.` }],
});

const numbered = (...texts: string[]) =>
  texts.map((semver, index) => ({ version: index + 1, semver }));

const plan = (existing: string[], change: Partial<SemverQuestion> = {}) =>
  planSemver({
    model: 'M',
    existing: numbered(...existing),
    bump: existing.length === 0 ? undefined : step('minor'),
    mode: 'enforce',
    prereleaseUntil: 'never',
    ...change,
  });

describe('the number of a version', () => {
  it.each<[string, string[], Partial<SemverQuestion>, string | undefined]>([
    ['begins with 1.0.0', [], {}, '1.0.0'],
    ['is what is proposed for the first', [], { proposed: '0.3.0' }, '0.3.0'],
    ['counts from the highest', ['1.0.0', '1.2.0', '1.1.0'], {}, '1.3.0'],
    ['counts from the highest that is no candidate', ['1.0.0', '2.0.0-rc.1'], {}, '1.1.0'],
    ['is major', ['1.2.3'], { bump: step('major') }, '2.0.0'],
    ['is patch', ['1.2.3'], { bump: step('patch') }, '1.2.4'],
    [
      'counts from what is named',
      ['1.0.0', '2.0.0'],
      { base: '1.0.0', bump: step('patch') },
      '1.0.1',
    ],
    [
      'leaves out what is taken',
      ['1.0.0', '1.0.1', '2.0.0'],
      { base: '1.0.0', bump: step('patch') },
      '1.0.2',
    ],
    ['is what is proposed', ['1.0.0'], { proposed: '1.1.0' }, '1.1.0'],
    ['may be a larger step', ['1.0.0'], { proposed: '4.0.0' }, '4.0.0'],
    ['may be a candidate', ['1.0.0'], { proposed: '1.1.0-rc.1' }, '1.1.0-rc.1'],
    ['is none for a copy', ['1.0.0'], { bump: step('none') }, undefined],
    ['is a candidate first', [], { prereleaseUntil: 'Production' }, '1.0.0-rc.1'],
    [
      'is the next candidate',
      ['1.0.0-rc.1', '1.0.0-rc.2'],
      { prereleaseUntil: 'Production' },
      '1.0.0-rc.3',
    ],
    [
      'is the next candidate, whatever candidates are called',
      ['1.0.0-rc.1', '1.0.0-rc.last', '1.0.0-beta.7'],
      { prereleaseUntil: 'Production' },
      '1.0.0-rc.2',
    ],
    [
      'is a candidate behind a release',
      ['1.0.0', '1.1.0-rc.1'],
      { prereleaseUntil: 'Staging' },
      '1.1.0-rc.2',
    ],
  ])('%s', (_, existing, change, expected) => {
    const planned = plan(existing, change);
    expect(planned.violation).toBeUndefined();
    expect(planned.semver).toBe(expected);
  });

  it.each<[string, Partial<SemverQuestion>, string, string]>([
    ['with a v', { proposed: 'v2.0.0' }, 'SEMVER_INVALID', '"v2.0.0" is not a semantic version'],
    ['of two parts', { proposed: '2.0' }, 'SEMVER_INVALID', 'is not a semantic version'],
    [
      'that nothing could be added to',
      { proposed: '2.9007199254740991.0' },
      'SEMVER_INVALID',
      'is not a semantic version',
    ],
    [
      'whose candidate nothing could be added to',
      { proposed: '2.0.0-rc.9007199254740990' },
      'SEMVER_INVALID',
      'is not a semantic version',
    ],
    ['with a build', { proposed: '2.0.0+1' }, 'SEMVER_INVALID', 'is not a semantic version'],
    [
      'that is taken',
      { proposed: '1.0.0' },
      'SEMVER_NOT_GREATER',
      '1.0.0 is the number of version 1 already.',
    ],
    [
      'that is lower',
      { proposed: '1.1.0' },
      'SEMVER_NOT_GREATER',
      '1.1.0 is not greater than 1.2.0',
    ],
    [
      'that is too near',
      { proposed: '1.2.1' },
      'SEMVER_NOT_GREATER',
      'it has to be 1.3.0 at least. It is minor.',
    ],
    [
      'of a candidate that is too near',
      { proposed: '1.2.1-rc.1' },
      'SEMVER_NOT_GREATER',
      'too small a step',
    ],
    ['from a base that is none', { base: '9.9.9' }, 'SEMVER_INVALID', 'which no version has'],
  ])('%s is denied in enforce, and corrected elsewhere', (_, change, reason, message) => {
    const existing = ['1.0.0', '1.2.0'];
    const denied = plan(existing, change);
    expect(denied.violation).toMatchObject({ reason, message: expect.stringContaining(message) });
    const observed = plan(existing, { ...change, mode: 'observe' });
    expect(observed.violation).toBeUndefined();
    expect(observed).toMatchObject({ semver: '1.3.0', note: expect.stringContaining(message) });
    expect(observed.note).toContain('It is numbered 1.3.0 instead.');
  });

  it('tells of what a version is a copy', () => {
    expect(plan(['1.0.0', '1.2.0'], { bump: step('none') })).toMatchObject({ duplicateOf: 2 });
  });

  it('is new, and greater than what it counts from', () => {
    const level = fc.constantFrom<BumpLevel>('major', 'minor', 'patch');
    const part = fc.nat(3);
    const semvers = fc.uniqueArray(
      fc.tuple(part, part, part).map((parts) => parts.join('.')),
      { minLength: 1, maxLength: 12 },
    );
    const until = fc.constantFrom('never' as const, 'Production' as const);
    fc.assert(
      fc.property(semvers, level, until, fc.boolean(), (existing, bump, prereleaseUntil, named) => {
        const base = named ? existing[0] : undefined;
        const planned = plan(existing, { bump: step(bump), prereleaseUntil, base });
        const { semver = '' } = planned;
        expect(isSemver(semver)).toBe(true);
        expect(existing).not.toContain(semver);
        expect(gt(semver, planned.base ?? '0.0.0')).toBe(true);
        const released = releaseOf(semver, numbered(...existing));
        expect(existing).not.toContain(released);
      }),
    );
  });

  it('may be as large as times are written', () => {
    expect(plan(['1.0.0'], { proposed: '20261126211500.0.0' }).semver).toBe('20261126211500.0.0');
  });

  it('loses its candidate when it is released', () => {
    expect(releaseOf('1.1.0-rc.3', numbered('1.0.0', '1.1.0-rc.3'))).toBe('1.1.0');
    expect(releaseOf('1.1.0-rc.3', numbered('1.1.0'))).toBe('1.1.1');
    expect(releaseOf('1.1.0', numbered('1.1.0'))).toBe('1.1.0');
  });
});
