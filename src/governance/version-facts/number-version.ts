import type { Transaction } from '../../platform/db/database.js';
import { together } from '../../platform/together.js';
import type { StoredManifest } from '../freeze/manifests.store.js';
import { fingerprintOf } from '../gates/hyperparameters.js';
import type { Profile } from '../policy/profile.js';
import { computeBump, type VersionDescription } from '../semver/bump.js';
import { baseOf, type NumberedVersion, planSemver, refusalText } from '../semver/plan-semver.js';
import { isCopy } from './copying.operations.js';
import type { Findings } from './evidence.js';
import type { DescribedVersion, EvidenceStore, Numbered } from './evidence.store.js';
import type { Origin } from './origin.js';

/** A version with the key of its evidence and that of its model. */
export interface Registered {
  readonly id: number;
  readonly model: number;
  readonly name: string;
  readonly version: number;
  readonly profile: Profile;
}

/** What a version is made of, and the number that its client proposes inside of the files. */
export interface Described extends VersionDescription {
  readonly proposed: string | undefined;
}

/** Numbers of a model's other versions, and what some of them are made of. */
export interface NumbersBefore {
  readonly existing: readonly NumberedVersion[];
  readonly described: readonly DescribedVersion[];
}

/** What tells which numbers have to be known to give the next one. */
export interface Proposal {
  readonly profile: Profile;
  readonly tags: Readonly<Record<string, string>>;
  /** What the files say. */
  readonly proposed: string | undefined;
}

/**
 * Reads what {@link numberVersion} counts from, under the lock of the model. The next number after
 * the highest is nobody's; only what is proposed, or counts from another one, may be there already.
 *
 * @param last what the store says of the last ones, where it has been asked already
 */
export async function numbersBefore(
  store: EvidenceStore,
  tx: Transaction,
  model: number,
  { profile, tags, proposed }: Proposal,
  last?: Promise<DescribedVersion[]>,
): Promise<NumbersBefore> {
  const isNext =
    (proposed ?? tags.semver ?? tags['semver.base']) === undefined &&
    profile.semver.prerelease_until === 'never';
  const [described, all] = await together(
    last ?? store.lastNumbered(tx, model),
    isNext ? Promise.resolve(undefined) : store.numbers(tx, model),
  );
  return { described, existing: all ?? described };
}

/** A version, before there is evidence of it. */
export type Unnumbered = Omit<Registered, 'id'>;

/** @returns the number of a version, and why what the client proposed is refused */
export async function planNumber(
  store: Pick<EvidenceStore, 'find' | 'copyOf'>,
  tx: Transaction,
  { model, name, version, profile }: Unnumbered,
  { row }: Pick<Origin, 'row'>,
  description: Described,
  { existing: all, described }: NumbersBefore,
): Promise<{ readonly numbered: Numbered; readonly refusal: string | undefined }> {
  const { mode, semver: rules, hyperparameters } = profile;
  const existing = all.filter((one) => one.version !== version);
  const named = row.tags['semver.base'];
  const base = baseOf(existing, named) ?? baseOf(existing, undefined);
  // Most often it is the highest, and then nothing is left to ask.
  const known = described.find((one) => one.version === base?.version);
  const before =
    known === undefined
      ? base && (await store.find(tx, model, base.version))?.description
      : known.description;
  const { proposed, ...made } = description;
  const copyOf =
    made.fullDigest === undefined
      ? undefined
      : await store.copyOf(tx, model, version, made.fullDigest);
  const plan = planSemver({
    copyOf,
    model: name,
    existing,
    base: named,
    mode,
    // What the files propose was the number of the version that they were copied from.
    proposed: row.tags.semver ?? (isCopy(row.source) ? undefined : proposed),
    bump: base && before && computeBump(before, made, hyperparameters.structural),
    prereleaseUntil: rules.prerelease_until,
  });
  const { semver, base: from, duplicateOf, reasons, note, violation } = plan;
  return {
    numbered: {
      ...{ semver, description: made, fingerprint: fingerprintOf(asIngredients(made)) },
      numbering: { base: from, duplicateOf, reasons, note },
    },
    refusal: violation && refusalText(violation),
  };
}

/** Shows the number of a version as tags, where it counts. */
export async function showNumber(
  store: Pick<EvidenceStore, 'setTag'>,
  tx: Transaction,
  { model, version, profile }: Unnumbered,
  { semver, numbering: { duplicateOf } }: Numbered,
): Promise<void> {
  if (profile.mode !== 'enforce') return;
  const copied = duplicateOf === undefined ? undefined : String(duplicateOf);
  await store.setTag(tx, model, version, 'semver', semver);
  await store.setTag(tx, model, version, 'gov.duplicate_of', copied);
}

/**
 * Numbers a version once and for all, under the lock of its model.
 *
 * @returns why what the client proposed is refused
 */
export async function numberVersion(
  store: EvidenceStore,
  tx: Transaction,
  about: Registered,
  origin: Pick<Origin, 'row'>,
  description: Described,
): Promise<string | undefined> {
  const { profile, model } = about;
  const proposal = { profile, tags: origin.row.tags, proposed: description.proposed };
  const before = await numbersBefore(store, tx, model, proposal);
  const { numbered, refusal } = await planNumber(store, tx, about, origin, description, before);
  await store.setNumber(tx, about.id, numbered);
  await showNumber(store, tx, about, numbered);
  return refusal;
}

/** @returns what the number of a version depends on */
export function describe(
  { run, inputs, params }: Pick<Origin, 'run' | 'inputs' | 'params'>,
  { mlmodel, opsSha256 }: Findings,
  manifest: Pick<StoredManifest, 'files' | 'weightsDigest' | 'rootDigest'> | undefined,
  intendedUse: string | undefined,
): Described {
  return {
    signature: mlmodel?.signature,
    flavors: mlmodel?.flavors ?? [],
    loader: mlmodel?.loader,
    architecture: {
      ...mlmodel?.architecture,
      ...(opsSha256 === undefined ? {} : { 'onnx.ops': opsSha256 }),
    },
    params,
    datasetDigests: inputs.map(({ digest }) => digest),
    commit: run?.tags['mlflow.source.git.commit'],
    weightsDigest: manifest && manifest.files.length > 0 ? manifest.weightsDigest : undefined,
    // Two empty folders are not the same model.
    fullDigest: manifest && manifest.files.length > 0 ? manifest.rootDigest : undefined,
    intendedUse,
    proposed: mlmodel?.semver,
  };
}

const asIngredients = (made: VersionDescription) => ({
  params: made.params,
  datasetDigests: made.datasetDigests,
  commit: made.commit,
  signature: made.signature,
  weightsDigest: made.weightsDigest,
});
