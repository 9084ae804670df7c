import type { By } from '../platform/http/operation.js';
import type { ArtifactPlaces } from './places.js';

/** Where entities keep their artifacts; the slices that own them answer. */
export interface ArtifactOwners {
  /** @throws MlflowError 404 `Run with id=x not found` */
  runArtifactUri(runId: string): Promise<string>;
  /** @throws MlflowError 404 */
  loggedModelArtifactUri(modelId: string): Promise<string>;
  /** @throws MlflowError 404 */
  modelVersionDownloadUri(name: string, version: string): Promise<string>;
}

export interface ArtifactDeps {
  readonly places: ArtifactPlaces;
  readonly owners: ArtifactOwners;
  /** Writes down that the files below a path are about to be deleted. */
  readonly recordDeletion: (by: By, path: string) => Promise<void>;
  /** Off, the proxy answers 503; artifacts in folders of the server are still listed and sent. */
  readonly serveArtifacts: boolean;
}
