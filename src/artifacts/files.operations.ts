import { badRequest, missingParameter } from '../errors.js';
import type { OperationTable } from '../platform/http/operation.js';
import type { Reply } from '../platform/http/reply.js';
import type { ArtifactDeps } from './artifacts.ports.js';
import { folderOf, listArtifacts } from './list-artifacts.js';
import { parseLocation } from './location.js';
import { sendArtifact } from './open-artifact.js';
import type { ArtifactPlaces } from './places.js';
import { SafePath } from './safe-path.js';

type Ids =
  | 'listArtifacts'
  | 'listLoggedModelArtifacts'
  | 'getArtifact'
  | 'getModelVersionArtifact'
  | 'getLoggedModelArtifact';

/** The files of runs, logged models and model versions, wherever they lie. */
export const fileOperations = ({ places, owners }: ArtifactDeps): OperationTable<Ids> => ({
  listArtifacts: {
    access: 'read',
    of: 'run',
    id: (input) => input.run_id,
    handler: async ({ run_id, path }) => {
      const folder = folderOf(path);
      return listArtifacts(places, await owners.runArtifactUri(run_id), folder);
    },
  },
  listLoggedModelArtifacts: {
    access: 'read',
    of: 'logged_model',
    id: (input) => input.model_id,
    handler: async ({ model_id, artifact_directory_path }) => {
      const folder = folderOf(artifact_directory_path);
      return listArtifacts(places, await owners.loggedModelArtifactUri(model_id), folder);
    },
  },
  getArtifact: {
    access: 'read',
    of: 'run',
    id: (input) => input.run_id ?? [],
    handler: async ({ run_id, path }) => {
      const file = fileOf(path);
      return sendFrom(places, await owners.runArtifactUri(run_id ?? 'None'), file);
    },
  },
  getModelVersionArtifact: {
    access: 'read',
    of: 'model_version',
    id: (input) => input.name,
    handler: async ({ name, version, path }) => {
      const file = fileOf(path);
      const location = await owners.modelVersionDownloadUri(name, version);
      const meant = parseLocation(location);
      // A version that was made from `runs:/` goes where its run is; the run never moves.
      return meant.kind === 'run'
        ? sendFrom(places, await owners.runArtifactUri(meant.runId), meant.path.join(file))
        : sendFrom(places, location, file);
    },
  },
  getLoggedModelArtifact: {
    access: 'read',
    of: 'logged_model',
    id: (input) => input.model_id,
    handler: async ({ model_id, artifact_file_path }) => {
      if (!artifact_file_path) {
        throw badRequest('Request must include the "artifact_file_path" query parameter.');
      }
      const file = SafePath.parse(artifact_file_path);
      return sendFrom(places, await owners.loggedModelArtifactUri(model_id), file);
    },
  },
});

function sendFrom(places: ArtifactPlaces, uri: string, file: SafePath): Promise<Reply<never>> {
  const { backend, shown } = places.at(uri);
  return sendArtifact(backend, file, shown(file));
}

function fileOf(path: string | undefined): SafePath {
  if (path === undefined) throw missingParameter('path');
  return SafePath.parse(path);
}
