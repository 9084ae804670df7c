import { rcompare, satisfies, valid, validRange } from 'semver';
import type { Violation } from '../evaluate/violation.js';

/** A version that a selector may choose. */
export interface Candidate {
  readonly version: number;
  readonly semver: string | undefined;
  /** Whether it serves, or was approved for what serves. */
  readonly isApproved: boolean;
}

export type Selected =
  | { readonly kind: 'version'; readonly version: number }
  /** The text is no semantic version and no range: it may be a stage. */
  | { readonly kind: 'other' }
  | { readonly kind: 'none'; readonly violation: Violation };

const MAX_SELECTOR = 100;

/** Whether the last part of `models:/name/1.2.0`, `^1.2`, `~1.2.0` or `1.x` is such a selector. */
export const isSelector = (text: string): boolean => {
  const selector = text.trim();
  return (
    selector.length > 0 &&
    selector.length <= MAX_SELECTOR &&
    !/^\d+$/.test(selector) &&
    validRange(selector) !== null
  );
};

/**
 * Chooses a version by its semantic version, whatever became of it; or the highest that is in a
 * range, of those that are approved: `^1.2` never picks up a candidate.
 *
 * @param anyCandidate whether a range may pick versions that nobody approved
 */
export function selectVersion(
  model: string,
  text: string,
  candidates: readonly Candidate[],
  anyCandidate = false,
): Selected {
  if (!isSelector(text)) return { kind: 'other' };
  const selector = text.trim();
  const exact = valid(selector);
  const fitting = candidates
    .flatMap((candidate) =>
      candidate.semver === undefined ? [] : [{ ...candidate, semver: candidate.semver }],
    )
    .filter(({ semver, isApproved }) =>
      exact === null
        ? (isApproved || anyCandidate) && satisfies(semver, selector, { includePrerelease: false })
        : semver === exact,
    )
    .sort((one, other) => rcompare(one.semver, other.semver) || other.version - one.version);
  const [best] = fitting;
  if (best !== undefined) return { kind: 'version', version: best.version };
  const what = exact === null ? 'approved version in the range' : 'version';
  return {
    kind: 'none',
    violation: {
      reason: 'NO_MATCHING_VERSION',
      message: `${model} has no ${what} ${selector}.`,
      remedy: `client.search_model_versions(${JSON.stringify(`name = '${model}'`)})`,
      metadata: { model, selector },
    },
  };
}
