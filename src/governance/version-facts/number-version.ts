import type { Transaction } from '../../platform/db/database.js';
import { together } from '../../platform/together.js';
import type { StoredManifest } from '../freeze/manifests.store.js';
import { fingerprintOf } from '../gates/hyperparameters.js';
import type { Profile } from '../policy/profile.js';
import { computeBump, type VersionDescription } from '../semver/bump.js';
import { baseOf, type NumberedVersion, planSemver } from '../semver/plan-semver.js';
import { isCopy } from './copying.operations.js';
import type { Findings } from './evidence.js';
import type { DescribedVersion, EvidenceStore } from './evidence.store.js';
import type { Origin } from './version-facts.js';

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

/** The numbers of a model's other versions, and what the newest of them is made of. */
export interface NumbersBefore {
  readonly existing: readonly NumberedVersion[];
  readonly newest: DescribedVersion | undefined;
}

/** Reads what {@link numberVersion} counts from, under the lock of the model. */
export async function numbersBefore(
  store: EvidenceStore,
  tx: Transaction,
  { model, version }: Registered,
): Promise<NumbersBefore> {
  const [all, newest] = await together(
    store.numbers(tx, model),
    store.newestNumbered(tx, model, version),
  );
  return { existing: all.filter((one) => one.version !== version), newest };
}

/**
 * Numbers a version once and for all, under the lock of its model.
 *
 * @returns why what the client proposed is refused
 */
export async function numberVersion(
  store: EvidenceStore,
  tx: Transaction,
  { id, name, version, profile }: Registered,
  { row }: Origin,
  description: Described,
  { existing, newest }: NumbersBefore,
): Promise<string | undefined> {
  const { mode, semver: rules, hyperparameters } = profile;
  const named = row.tags['semver.base'];
  const base = baseOf(existing, named) ?? baseOf(existing, undefined);
  // Most often the newest has the highest number, and then nothing is left to ask.
  const before =
    base !== undefined && base.version === newest?.version
      ? newest.description
      : base && (await store.find(tx, row.model, base.version))?.description;
  const { proposed, ...made } = description;
  const copyOf =
    made.fullDigest === undefined
      ? undefined
      : await store.copyOf(tx, row.model, version, made.fullDigest);
  const plan = planSemver({
    copyOf,
    ...{ model: name, existing, base: named, mode },
    // What the files propose was the number of the version that they were copied from.
    proposed: row.tags.semver ?? (isCopy(row.source) ? undefined : proposed),
    bump: base && before && computeBump(before, made, hyperparameters.structural),
    prereleaseUntil: rules.prerelease_until,
  });
  const { semver, base: from, duplicateOf, reasons, note } = plan;
  await store.setNumber(tx, id, {
    ...{ semver, description: made, fingerprint: fingerprintOf(asIngredients(made)) },
    numbering: { base: from, duplicateOf, reasons, note },
  });
  if (mode === 'enforce') {
    const copied = duplicateOf === undefined ? undefined : String(duplicateOf);
    await store.setTag(tx, row.model, version, 'semver', semver);
    await store.setTag(tx, row.model, version, 'gov.duplicate_of', copied);
  }
  const { violation } = plan;
  return violation && `${violation.reason}: ${violation.message}`;
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
