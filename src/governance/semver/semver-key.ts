const DIGITS = 16;

/**
 * @returns a text that sorts as the number of a version does; undefined for candidates, which
 *   nothing counts from
 */
export const semverKey = (semver: string | undefined): string | undefined =>
  semver === undefined || semver.includes('-')
    ? undefined
    : semver
        .split('.')
        .map((part) => part.padStart(DIGITS, '0'))
        .join('.');
