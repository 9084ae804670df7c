import { SafePath } from '../../artifacts/safe-path.js';
import { MlflowError } from '../../errors.js';
import type { Database } from '../../platform/db/database.js';
import type { Scope } from '../../platform/http/scope.js';
import type { DigestStore } from '../freeze/digests.store.js';
import type { ModelFolders } from '../freeze/freeze.service.js';
import { weightsDigestOf } from '../freeze/weights.js';
import { fingerprintOf, unregisteredVariants } from '../gates/hyperparameters.js';
import { LONGEST_MLMODEL } from '../model-folder/mlmodel.js';
import { readBytes } from '../model-folder/model-folder.js';
import { describeMlmodel } from '../semver/describe-mlmodel.js';
import type { HyperparameterStore } from './hyperparameters.store.js';
import type { UnregisteredModel, VariantPlace, VariantStore } from './variants.store.js';

export interface VariantParts {
  readonly database: Database;
  readonly hyperparameters: HyperparameterStore;
  readonly variants: VariantStore;
  readonly digests: DigestStore;
  readonly folders: ModelFolders;
}

/** A model that differs from all versions, and is none. */
export interface Variant extends UnregisteredModel {
  readonly fingerprint: string;
  /** Whether the weights went through this server; of others they count as other weights. */
  readonly areWeightsKnown: boolean;
}

export interface VariantPage {
  readonly variants: readonly Variant[];
  /** Where the next page begins; absent on the last. */
  readonly next?: VariantPlace;
}

/** A model of the registry. */
export interface NamedModel {
  readonly id: number;
  readonly name: string;
}

/** Versions that are looked at anew. */
const NEWEST = 100;

/** The page that everybody begins with. */
export const FIRST_VARIANTS: VariantPlace = { kind: 'logged', before: Number.MAX_SAFE_INTEGER };

/**
 * Finds trained models that were never registered: finished runs of the experiments that versions
 * come from, with another fingerprint than any of these. A page looks at no more models than it
 * is long.
 */
export async function findVariants(
  parts: VariantParts,
  model: NamedModel,
  place: VariantPlace,
  limit: number,
  scope: Scope,
): Promise<VariantPage> {
  const { database, variants } = parts;
  const read = database.scan;
  if (place.kind === 'logged') {
    const found = await variants.logged(read, model.id, place.before, limit, scope);
    const last = found.at(-1);
    const next: VariantPlace =
      last !== undefined && found.length === limit
        ? { kind: 'logged', before: last.key }
        : { kind: 'run', before: Number.MAX_SAFE_INTEGER };
    const page = await others(parts, model, found);
    if (next.kind === 'logged' || page.length > 0) return { variants: page, next };
    return findVariants(parts, model, next, limit, scope);
  }
  const { runs, last, models } = await variants.ofRuns(read, model.id, place.before, limit, scope);
  return {
    variants: await others(parts, model, models),
    ...(runs === limit && last !== undefined ? { next: { kind: 'run', before: last } } : {}),
  };
}

async function others(
  parts: VariantParts,
  model: NamedModel,
  found: readonly UnregisteredModel[],
): Promise<readonly Variant[]> {
  if (found.length === 0) return [];
  const { database, hyperparameters } = parts;
  const made: Variant[] = [];
  for (const one of found) made.push(await withFingerprint(parts, one));
  const registered = await parts.variants.fingerprints(
    database.scan,
    model.id,
    made.map(({ fingerprint }) => fingerprint),
  );
  // Runs go on logging behind a registration: the newest versions count as they are now, too.
  const newest = await hyperparameters.newest(database.scan, model.name, NEWEST);
  return unregisteredVariants(made, new Set([...registered, ...newest.map(fingerprintOf)]));
}

async function withFingerprint(
  { database, digests, folders }: VariantParts,
  one: UnregisteredModel,
): Promise<Variant> {
  const at = folders.find(one.location);
  const bytes = at && (await mlmodelIn(at.folder));
  const known = at === undefined ? new Map() : await digests.below(database.scan, at.place);
  const files = [...known].map(([path, { sha256 }]) => ({ path, size: 0, sha256 }));
  const weightsDigest = files.length === 0 ? undefined : weightsDigestOf(files);
  const { params, datasetDigests, commit } = one;
  const signature = bytes && describeMlmodel(bytes)?.signature;
  return {
    ...one,
    fingerprint: fingerprintOf({ params, datasetDigests, commit, signature, weightsDigest }),
    areWeightsKnown: weightsDigest !== undefined,
  };
}

/** A folder that can't be read says nothing; a fault of the server is told. */
async function mlmodelIn(folder: Parameters<typeof readBytes>[0]) {
  try {
    return await readBytes(folder, SafePath.parse('MLmodel'), LONGEST_MLMODEL);
  } catch (error) {
    if (error instanceof MlflowError && error.status < 500) return undefined;
    throw error;
  }
}
