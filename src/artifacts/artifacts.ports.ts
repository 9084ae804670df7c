import type { By } from '../platform/http/operation.js';
import type { ArtifactPlaces } from './places.js';
import type { ProxiedPaths } from './proxied-paths.js';

/** Where entities keep their artifacts; the slices that own them answer. */
export interface ArtifactOwners {
  /** @throws MlflowError 404 `Run with id=x not found` */
  runArtifactUri(runId: string): Promise<string>;
  /** @throws MlflowError 404 */
  loggedModelArtifactUri(modelId: string): Promise<string>;
  /** @throws MlflowError 404 */
  modelVersionDownloadUri(name: string, version: string): Promise<string>;
}

/** What a file turned out to be while it was stored. */
export interface UploadedFile {
  readonly size: number;
  /** In hex. */
  readonly sha256: string;
  /** Of the file that was stored, as its backend shows it. */
  readonly version: string;
}

/** Keeps the digests of what was uploaded. A file is known by the name of its place. */
export interface UploadedDigests {
  record(place: string, file: UploadedFile): Promise<void>;
  /** The file is gone, or all that was in the folder. */
  forget(place: string): Promise<void>;
}

/** Knows which places must stay as they are. */
export interface FrozenPrefixes {
  /** @throws MlflowError 403 `ARTIFACT_FROZEN` */
  checkWritable(place: string, by: By): Promise<void>;
  /** As {@link checkWritable}, of what was asked about already: it is not written down again. */
  checkStillWritable(place: string): Promise<void>;
  /** @throws MlflowError 403 `ARTIFACT_FROZEN` when it or anything in it must stay */
  checkRemovable(place: string, by: By): Promise<void>;
}

/** What watches over the files of registered models. */
export interface Freezing {
  readonly digests: UploadedDigests;
  readonly frozen: FrozenPrefixes;
}

export interface ArtifactDeps {
  /** Reads the paths that the proxy is asked for. */
  readonly paths: ProxiedPaths;
  readonly places: ArtifactPlaces;
  readonly owners: ArtifactOwners;
  /** Writes down that the files below a path are about to be deleted. */
  readonly recordDeletion: (by: By, path: string) => Promise<void>;
  /** Off, the proxy answers 503; artifacts in folders of the server are still listed and sent. */
  readonly serveArtifacts: boolean;
  /** Absent, nothing is frozen and nothing is hashed. */
  readonly freezing?: Freezing | undefined;
}
