import fc from 'fast-check';
import { compare } from 'semver';
import { describe, expect, it } from 'vitest';
import { baseOf, type NumberedVersion, planSemver } from './plan-semver.js';
import { semverKey } from './semver-key.js';

const part = fc.oneof(fc.integer({ min: 0, max: 30 }), fc.maxSafeInteger().map(Math.abs));
const core = fc.tuple(part, part, part).map((parts) => parts.join('.'));

describe('the key of a number', () => {
  it('sorts as the number does', () => {
    fc.assert(
      fc.property(core, core, (one, other) => {
        const [key, another] = [semverKey(one) ?? '', semverKey(other) ?? ''];
        expect(key < another ? -1 : key > another ? 1 : 0).toBe(compare(one, other));
      }),
    );
  });

  it('is none of a candidate, which nothing counts from', () => {
    expect(semverKey('1.2.0-rc.1')).toBeUndefined();
    expect(semverKey(undefined)).toBeUndefined();
  });
});

describe('the next number', () => {
  const small = fc
    .tuple(fc.nat({ max: 3 }), fc.nat({ max: 3 }), fc.nat({ max: 3 }), fc.boolean())
    .map(([major, minor, patch, isCandidate]) =>
      isCandidate ? `${major}.${minor}.${patch}-rc.1` : `${major}.${minor}.${patch}`,
    );
  const level = fc.constantFrom('major', 'minor', 'patch', 'none');

  it('is the same whether all versions are known or the highest and the last', () => {
    fc.assert(
      fc.property(fc.uniqueArray(small, { maxLength: 12 }), level, (numbers, bumped) => {
        const all = numbers.map(
          (semver, index): NumberedVersion => ({ version: index + 1, semver }),
        );
        const last = all.at(-1);
        const highest = baseOf(all, undefined);
        const some = all.filter((one) => one === last || one === highest);
        const bump = highest && { level: bumped, reasons: [] };
        const asked = { model: 'm', bump, mode: 'enforce', prereleaseUntil: 'never' } as const;
        expect(planSemver({ ...asked, existing: some })).toEqual(
          planSemver({ ...asked, existing: all }),
        );
      }),
    );
  });
});
