import { SafePath } from '../../artifacts/safe-path.js';
import { badRequest } from '../../errors.js';
import type { Clock } from '../../platform/clock.js';
import type { Database, Transaction } from '../../platform/db/database.js';
import { noVersion } from '../../registry/versions/versions.js';
import type { ModelFolder } from '../model-folder/model-folder.js';
import { hintOf, signStatement, verifyBundle } from '../signature/bundle.js';
import type { SigningKey } from '../signature/signing-key.js';
import { modelStatement } from '../signature/statement.js';
import type { DigestStore } from './digests.store.js';
import type { FrozenStore } from './frozen.store.js';
import { type Differences, differences, isSame, manifestOf } from './manifest.js';
import type { ManifestStore, StoredManifest } from './manifests.store.js';
import { isBelowRoot, isTooLong } from './places.js';
import { type KnownDigests, survey } from './survey.js';
import { weightsDigestOf } from './weights.js';

/** Where models keep their files. */
export interface ModelFolders {
  /** @returns undefined for storage that this server does not reach */
  find(location: string): { readonly place: string; readonly folder: ModelFolder } | undefined;
}

/** Keys that models are signed with. */
export interface Keys {
  current(): Promise<SigningKey>;
  /** @returns the public key that a signature names, if this server has signed with it */
  publicKey(hint: string): Promise<string | undefined>;
}

/** Holds the row of a model until the transaction ends; nothing of the model changes meanwhile. */
export interface ModelLock {
  /** @returns the key of its row */
  lock(tx: Transaction, name: string): Promise<number | undefined>;
}

export interface FreezeParts {
  readonly database: Database;
  readonly manifests: ManifestStore;
  readonly frozen: FrozenStore;
  readonly digests: DigestStore;
  readonly models: ModelLock;
  readonly folders: ModelFolders;
  /** Absent, nothing is signed. */
  readonly keys: Keys | undefined;
  readonly now: Clock;
}

/** How the files of a version are, beside how they were when it was registered. */
export type Verification =
  | { readonly state: 'unchanged'; readonly rootDigest: string }
  | ({ readonly state: 'tampered'; readonly problem?: string | undefined } & Differences)
  /** It was never closed: registered before there was freezing, or outside of this server. */
  | { readonly state: 'unknown' }
  /** The server has no access to its storage. */
  | { readonly state: 'unreachable' };

/** Freezes the files of model versions, and tells later whether they are still the same. */
export class FreezeService {
  readonly #parts: FreezeParts;

  constructor(parts: FreezeParts) {
    this.#parts = parts;
  }

  /**
   * Freezes the files of a version and takes down what they are. From the first moment on nothing
   * of them can be changed through this server; then they are looked at, which takes as long as
   * reading what was not uploaded through it; then the manifest is closed for good. A second call
   * returns the manifest of the first, and goes on where a first one was broken off.
   *
   * A folder without an `MLmodel` file that is no logged model's either is taken down and not
   * frozen: it may be a whole run's or a
   * whole experiment's, and whoever registers a version must not put a stop to the work of others.
   *
   * @param holds whether changes are refused from now on; otherwise they are only found out
   * @param read what was read of the files before, and holds while they are the same
   * @returns undefined when the server does not reach the storage
   * @throws MlflowError 404 when there is no such version
   */
  async close(
    name: string,
    version: number,
    location: string,
    holds = true,
    read: KnownDigests = new Map(),
  ): Promise<StoredManifest | undefined> {
    const { database, manifests, frozen, digests, folders, keys, now } = this.#parts;
    const found = folders.find(location);
    if (found === undefined) return undefined;
    const { place, folder } = found;
    if (isTooLong(place)) throw badRequest('The location is too long for a model to be frozen');
    const isOwn = isBelowRoot(place) && (OF_LOGGED_MODEL.test(place) || (await hasMlmodel(folder)));
    const holdsModel = holds && isOwn;
    const closed = await database.write(async (tx) => {
      const model = await this.#lock(tx, name, version);
      const manifest = await manifests.find(tx, model, version);
      // Also one that was registered before its files had to stay as they are.
      if (holdsModel) await frozen.freeze(tx, place, model, version);
      return manifest;
    });
    if (closed !== undefined) return closed;

    const uploaded = await digests.below(database.scan, place);
    const files = await survey(folder, new Map([...read, ...uploaded]));
    const manifest = manifestOf(files);
    const key = await keys?.current();
    const statement = modelStatement(`${name}/${version}`, manifest);
    const made: StoredManifest = {
      ...manifest,
      location,
      weightsDigest: weightsDigestOf(files),
      bundle: key === undefined ? null : signStatement(statement, key),
      creationTimestamp: now(),
    };
    return database.write(async (tx) => {
      const model = await this.#lock(tx, name, version);
      await manifests.addFirst(tx, model, version, made);
      return manifests.find(tx, model, version);
    });
  }

  /** @returns what was closed, or undefined when nothing was */
  async manifest(name: string, version: number): Promise<StoredManifest | undefined> {
    const { database, manifests } = this.#parts;
    const model = await manifests.keyOf(database.read, name, version);
    if (model === undefined) throw noVersion(name, version);
    return manifests.find(database.read, model, version);
  }

  /**
   * Reads all files of a version anew and compares them with its manifest; and the manifest with
   * its signature, so that a change of both files and database does not go unnoticed.
   *
   * @throws MlflowError 404 when there is no such version
   */
  async verify(name: string, version: number): Promise<Verification> {
    const manifest = await this.manifest(name, version);
    if (manifest === undefined) return { state: 'unknown' };
    const found = this.#parts.folders.find(manifest.location);
    if (found === undefined) return { state: 'unreachable' };
    const problem = await this.#signatureProblem(manifest);
    const differs = differences(manifest, await survey(found.folder));
    if (problem === undefined && isSame(differs)) {
      return { state: 'unchanged', rootDigest: manifest.rootDigest };
    }
    return { state: 'tampered', problem, ...differs };
  }

  /** A version that is deleted holds its files no longer; for the transaction of its deletion. */
  release(tx: Transaction, model: number, version: number): Promise<void> {
    return this.#parts.frozen.release(tx, model, version);
  }

  async #lock(tx: Transaction, name: string, version: number): Promise<number> {
    const { models, manifests } = this.#parts;
    await models.lock(tx, name);
    const model = await manifests.keyOf(tx, name, version);
    if (model === undefined) throw noVersion(name, version);
    return model;
  }

  async #signatureProblem(manifest: StoredManifest): Promise<string | undefined> {
    const { files, bundle, rootDigest } = manifest;
    if (manifestOf(files).rootDigest !== rootDigest) return 'The manifest was changed.';
    const { keys } = this.#parts;
    if (bundle === null || keys === undefined) return undefined;
    const key = await keys.publicKey(hintOf(bundle) ?? '');
    if (key === undefined) return 'The signature was not made by this server.';
    const verdict = verifyBundle(bundle, key);
    if (!verdict.ok) return `The signature does not hold. ${verdict.problem}.`;
    const [{ name, digest }] = verdict.statement.subject;
    const expected = modelStatement(name, manifestOf(files)).subject[0].digest;
    return digest.sha256 === expected.sha256 ? undefined : 'The signature is of other files.';
  }
}

const MLMODEL = SafePath.parse('MLmodel');
const OF_LOGGED_MODEL = /\/models\/m-[\da-f]{32}\/artifacts$/;

async function hasMlmodel(folder: ModelFolder): Promise<boolean> {
  const file = await folder.open(MLMODEL);
  if (typeof file === 'string') return false;
  await file.close();
  return true;
}
