import type { JsonValue } from '../../platform/json-value.js';
import { compareSignatures } from '../model-signature/compare-signatures.js';
import { readSignature } from '../model-signature/signature.js';

export type BumpLevel = 'major' | 'minor' | 'patch' | 'none';

/** What a semantic version is computed of. */
export interface VersionDescription {
  /** `signature` of the MLmodel. */
  readonly signature?: JsonValue | undefined;
  readonly flavors: readonly string[];
  /** `loader_module` of the flavor `python_function`. */
  readonly loader?: string | undefined;
  /** Fields that name the architecture: `model_class`, `task`, the digest of an ONNX graph, ... */
  readonly architecture: Readonly<Record<string, string>>;
  readonly params: Readonly<Record<string, string>>;
  readonly datasetDigests: readonly string[];
  readonly commit?: string | undefined;
  /** Of the weights alone; undefined where it isn't known. */
  readonly weightsDigest?: string | undefined;
  /** Of all files. */
  readonly fullDigest?: string | undefined;
  readonly intendedUse?: string | undefined;
}

/** Why a version is numbered as it is; kept with the version. */
export interface BumpReason {
  readonly level: BumpLevel;
  readonly code:
    | 'signature'
    | 'flavor'
    | 'loader'
    | 'architecture'
    | 'structural_param'
    | 'intended_use'
    | 'retrained'
    | 'packaging'
    | 'duplicate'
    | 'first';
  readonly message: string;
}

export interface Bump {
  readonly level: BumpLevel;
  readonly reasons: readonly BumpReason[];
}

const RANK: readonly BumpLevel[] = ['none', 'patch', 'minor', 'major'];

/** @returns the greater of two steps */
export const greaterLevel = (one: BumpLevel, other: BumpLevel): BumpLevel =>
  RANK.indexOf(one) >= RANK.indexOf(other) ? one : other;

/**
 * How far a version is from the one that it counts from: a break of its interface or architecture
 * is major, another training minor, the same weights in another package patch, the same files none.
 *
 * @param structural params that make another architecture
 */
export function computeBump(
  base: VersionDescription,
  next: VersionDescription,
  structural: readonly string[],
): Bump {
  if (base.fullDigest !== undefined && base.fullDigest === next.fullDigest) {
    const message = 'All files are those of the version that it counts from.';
    return { level: 'none', reasons: [{ level: 'none', code: 'duplicate', message }] };
  }
  const found = [
    ...interfaceReasons(base, next),
    ...architectureReasons(base, next, structural),
    ...weightReasons(base, next),
  ];
  const reasons: readonly BumpReason[] =
    found.length > 0
      ? found
      : [{ level: 'patch', code: 'packaging', message: 'The weights are the same.' }];
  const level = reasons.map((reason) => reason.level).reduce(greaterLevel, 'patch');
  return { level, reasons: gravestOf(reasons) };
}

/** A table of thousands of columns may have thousands of reasons; some say enough. */
const MAX_REASONS = 50;

const gravestOf = (reasons: readonly BumpReason[]): readonly BumpReason[] =>
  reasons.length <= MAX_REASONS
    ? reasons
    : [...reasons]
        .sort((one, other) => RANK.indexOf(other.level) - RANK.indexOf(one.level))
        .slice(0, MAX_REASONS);

function interfaceReasons(base: VersionDescription, next: VersionDescription): BumpReason[] {
  const signature = compareSignatures(readSignature(base.signature), readSignature(next.signature));
  const reasons: BumpReason[] = signature.map(({ level, message }) => ({
    level,
    code: 'signature',
    message,
  }));
  if (normal(base.intendedUse) !== normal(next.intendedUse) && base.intendedUse !== undefined) {
    const message = 'The card states another intended use.';
    reasons.push({ level: 'major', code: 'intended_use', message });
  }
  return reasons;
}

/** Blanks and line breaks make no other use. */
const normal = (text: string | undefined): string => (text ?? '').trim().replaceAll(/\s+/g, ' ');

function architectureReasons(
  base: VersionDescription,
  next: VersionDescription,
  structural: readonly string[],
): BumpReason[] {
  const reasons: BumpReason[] = [];
  const [before, after] = [sorted(base.flavors), sorted(next.flavors)];
  if (before !== after) {
    const message = `The flavors were ${before} and are ${after}.`;
    reasons.push({ level: 'major', code: 'flavor', message });
  }
  if (base.loader !== next.loader) {
    const message = `The loader was ${base.loader ?? 'none'} and is ${next.loader ?? 'none'}.`;
    reasons.push({ level: 'major', code: 'loader', message });
  }
  for (const key of changedKeys(base.architecture, next.architecture)) {
    const message = `'${key}' ${wasAndIs(base.architecture, next.architecture, key)}`;
    reasons.push({ level: 'major', code: 'architecture', message });
  }
  for (const key of changedKeys(base.params, next.params)) {
    if (!structural.includes(key)) continue;
    const message = `The structural param '${key}' ${wasAndIs(base.params, next.params, key)}`;
    reasons.push({ level: 'major', code: 'structural_param', message });
  }
  return reasons;
}

const sorted = (texts: readonly string[]): string => [...new Set(texts)].sort().join(', ');

/** @returns the keys whose values differ or that one side alone has, sorted */
export function changedKeys(
  one: Readonly<Record<string, string>>,
  other: Readonly<Record<string, string>>,
): readonly string[] {
  const value = (map: Readonly<Record<string, string>>, key: string) =>
    Object.hasOwn(map, key) ? map[key] : undefined;
  return [...new Set([...Object.keys(one), ...Object.keys(other)])]
    .filter((key) => value(one, key) !== value(other, key))
    .sort();
}

function wasAndIs(
  one: Readonly<Record<string, string>>,
  other: Readonly<Record<string, string>>,
  key: string,
): string {
  const show = (map: Readonly<Record<string, string>>) =>
    Object.hasOwn(map, key) ? (map[key] ?? '').slice(0, 100) : 'not there';
  return `was ${show(one)} and is ${show(other)}.`;
}

function weightReasons(base: VersionDescription, next: VersionDescription): BumpReason[] {
  if (base.weightsDigest !== undefined && base.weightsDigest === next.weightsDigest) return [];
  const changed = [
    changedKeys(base.params, next.params).length > 0 ? 'params' : '',
    sorted(base.datasetDigests) === sorted(next.datasetDigests) ? '' : 'data',
    base.commit === next.commit ? '' : 'commit',
  ].filter((part) => part !== '');
  const known = base.weightsDigest !== undefined && next.weightsDigest !== undefined;
  const what = known ? 'The weights are others' : 'The weights are not known to be the same';
  const why = changed.length === 0 ? '' : `, with other ${changed.join(', ')}`;
  return [{ level: 'minor', code: 'retrained', message: `${what}${why}.` }];
}
