import type { OperationTable } from '../platform/http/operation.js';
import { emptyBody } from '../platform/http/reply.js';
import { endpointOff, noFileName, servingOff } from './artifacts.errors.js';
import type { ArtifactDeps } from './artifacts.ports.js';
import { asDeclared } from './http/declared-digest.js';
import { incoming } from './http/incoming.js';
import { fileInfo } from './list-artifacts.js';
import { sendArtifact } from './open-artifact.js';
import { proxiedName } from './places.js';
import { invalidPath } from './safe-path.js';
import { storeFile } from './store-file.js';

type Ids = 'downloadArtifact' | 'uploadArtifact' | 'listProxiedArtifacts' | 'deleteArtifact';

/** The artifact proxy: what clients see as `mlflow-artifacts:/`. */
export const proxyOperations = (deps: ArtifactDeps): OperationTable<Ids> => ({
  downloadArtifact: {
    access: 'read',
    of: 'experiment',
    id: (input) => deps.paths.experimentOf(input.artifact_path),
    handler: async ({ artifact_path }) => {
      if (!deps.serveArtifacts) throw servingOff();
      return sendArtifact(deps.places.destination, deps.paths.parse(artifact_path));
    },
  },
  uploadArtifact: {
    access: 'edit',
    of: 'experiment',
    id: (input) => deps.paths.experimentOf(input.artifact_path),
    handler: async ({ artifact_path }, call) => {
      const { body, headers } = call;
      if (!deps.serveArtifacts) throw servingOff();
      const path = deps.paths.parse(artifact_path);
      if (namesNoFile(artifact_path)) throw noFileName();
      const file = { backend: deps.places.destination, path, place: proxiedName(path) };
      await storeFile(file, asDeclared(incoming(body), headers), deps.freezing, call);
      return emptyBody();
    },
  },
  listProxiedArtifacts: {
    access: 'read',
    of: 'experiment',
    id: (input) => deps.paths.experimentOf(input.path ?? ''),
    handler: async ({ path }) => {
      if (!deps.serveArtifacts) throw endpointOff('artifacts');
      const entries = await deps.places.destination.list(deps.paths.parse(path ?? ''));
      if (entries.length === 0) return {};
      return { files: entries.map((entry) => fileInfo(entry.name, entry)) };
    },
  },
  deleteArtifact: {
    access: 'manage',
    of: 'experiment',
    id: (input) => deps.paths.experimentOf(input.artifact_path),
    handler: async ({ artifact_path }, by) => {
      if (!deps.serveArtifacts) throw endpointOff('artifacts/<path:artifact_path>');
      const path = deps.paths.parse(artifact_path);
      if (path.isRoot) throw invalidPath();
      await deps.freezing?.frozen.checkRemovable(proxiedName(path), by);
      // No transaction spans database and files: rather a deletion too many on record than one too few.
      await deps.recordDeletion(by, path.segments.join('/'));
      await deps.places.destination.remove(path);
      await deps.freezing?.digests.forget(proxiedName(path));
      return {};
    },
  },
});

/** A path that ends in a folder: in a slash, or in nothing but a dot. */
export const namesNoFile = (path: string): boolean => /(?:^|\/)\.?$/.test(path);
