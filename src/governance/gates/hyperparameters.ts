import { canonicalDigest } from '../../platform/canonical-digest.js';
import type { JsonValue } from '../../platform/json-value.js';

type Params = Readonly<Record<string, string>>;

/** What a version was made of: two that differ in any of it are two variants. */
export interface Ingredients {
  readonly params: Params;
  readonly datasetDigests: readonly string[];
  readonly commit: string | undefined;
  /** `signature` of the MLmodel. */
  readonly signature: JsonValue | undefined;
  readonly weightsDigest: string | undefined;
}

/** @returns SHA-256 over the canonical JSON of all ingredients, whatever order they came in */
export const fingerprintOf = (made: Ingredients): string =>
  canonicalDigest({
    params: made.params,
    datasets: [...new Set(made.datasetDigests)].sort(),
    commit: made.commit?.toLowerCase() ?? null,
    signature: made.signature ?? null,
    weights: made.weightsDigest ?? null,
  });

/**
 * @returns params of the run and of the logged model together; MLflow 3 copies those of the run, so
 *   where they differ the logged model's were set for it alone, and count
 */
export const mergedParams = (ofRun: Params, ofLoggedModel: Params): Params =>
  Object.fromEntries([...Object.entries(ofRun), ...Object.entries(ofLoggedModel)]);

/** What became of the params from one version to the next. */
export interface ParamDiff {
  readonly added: Params;
  readonly removed: Params;
  readonly changed: Readonly<Record<string, { readonly from: string; readonly to: string }>>;
}

export function diffParams(from: Params, to: Params): ParamDiff {
  const missing = (of: Params, inside: Params): Params =>
    Object.fromEntries(Object.entries(of).filter(([key]) => !Object.hasOwn(inside, key)));
  const changed = Object.entries(from).flatMap(([key, before]) => {
    const after = Object.hasOwn(to, key) ? to[key] : undefined;
    return after === undefined || after === before
      ? []
      : [[key, { from: before, to: after }] as const];
  });
  return {
    added: missing(to, from),
    removed: missing(from, to),
    changed: Object.fromEntries(changed),
  };
}

/** A version with what it was made of, for a list of differences. */
export interface VersionParams extends Ingredients {
  readonly version: number;
  readonly fingerprint: string;
}

export interface VersionDiff extends ParamDiff {
  readonly from: number;
  readonly to: number;
  /** What else they were made of differs: `data`, `commit`, `signature`, `weights`. */
  readonly otherParts: readonly string[];
  /** Whether anything that they were made of differs, be it no param. */
  readonly isOtherVariant: boolean;
}

/** @returns what differs beside the params */
function otherParts(from: Ingredients, to: Ingredients): string[] {
  const same = (part: Partial<Ingredients>, other: Partial<Ingredients>) =>
    fingerprintOf({ ...NOTHING, ...part }) === fingerprintOf({ ...NOTHING, ...other });
  return [
    same({ datasetDigests: from.datasetDigests }, { datasetDigests: to.datasetDigests })
      ? ''
      : 'data',
    same({ commit: from.commit }, { commit: to.commit }) ? '' : 'commit',
    same({ signature: from.signature }, { signature: to.signature }) ? '' : 'signature',
    from.weightsDigest === to.weightsDigest ? '' : 'weights',
  ].filter((part) => part !== '');
}

const NOTHING: Ingredients = {
  ...{ params: {}, datasetDigests: [], commit: undefined, signature: undefined },
  weightsDigest: undefined,
};

/** @returns the differences from each version to the next one that is there */
export function versionDiffs(versions: readonly VersionParams[]): readonly VersionDiff[] {
  const sorted = [...versions].sort((one, other) => one.version - other.version);
  return sorted.slice(1).flatMap((next, index) => {
    const before = sorted[index];
    if (before === undefined) return [];
    return [
      {
        from: before.version,
        to: next.version,
        ...diffParams(before.params, next.params),
        otherParts: otherParts(before, next),
        isOtherVariant: before.fingerprint !== next.fingerprint,
      },
    ];
  });
}

/** @returns the logged models that are a variant which no version of the registry is */
export const unregisteredVariants = <T extends { readonly fingerprint: string }>(
  logged: readonly T[],
  registered: ReadonlySet<string>,
): readonly T[] => logged.filter(({ fingerprint }) => !registered.has(fingerprint));
