import { invalidParameter, type MlflowError, notImplemented } from '../errors.js';
import type { OperationTable } from '../platform/http/operation.js';
import type { ArtifactDeps } from './artifacts.ports.js';
import { parseUri } from './parse-uri.js';
import { SafePath } from './safe-path.js';

type Ids = 'createPresignedUploadUrl' | 'createPresignedDownloadUrl';

const DEFAULT_DOWNLOAD_SECONDS = 300;
const MAX_SECONDS = 604_800;

/** URLs to a store itself, for a run or model whose artifacts don't go through the proxy. */
export const presignedOperations = ({ owners }: ArtifactDeps): OperationTable<Ids> => ({
  createPresignedUploadUrl: {
    access: 'edit',
    of: 'run',
    id: (input) => input.run_id ?? [],
    handler: async ({ run_id, model_id, path }) => {
      if (!run_id === !model_id) {
        throw invalidParameter('Exactly one of run_id and model_id must be provided.');
      }
      SafePath.parse(path);
      const uri = run_id
        ? await owners.runArtifactUri(run_id)
        : await owners.loggedModelArtifactUri(model_id ?? '');
      throw refusal('upload', 'proxied artifact storage', 'a direct', uri);
    },
  },
  createPresignedDownloadUrl: {
    access: 'read',
    of: 'run',
    id: (input) => input.run_id,
    handler: async ({ run_id, path, expiration = DEFAULT_DOWNLOAD_SECONDS }) => {
      SafePath.parse(path);
      if (expiration < 1 || expiration > MAX_SECONDS) {
        throw invalidParameter(
          `expiration must be between 1 and ${MAX_SECONDS} seconds (got ${expiration}).`,
        );
      }
      const uri = await owners.runArtifactUri(run_id);
      throw refusal('download', 'runs with proxied artifact storage', 'a run with a direct', uri);
    },
  },
});

function refusal(
  direction: 'upload' | 'download',
  proxied: string,
  needed: string,
  uri: string,
): MlflowError {
  const { scheme } = parseUri(uri);
  if (!['http', 'https', 'mlflow-artifacts'].includes(scheme)) {
    return notImplemented(
      `Presigned ${direction} is not supported for the current artifact repository`,
    );
  }
  return invalidParameter(
    `Presigned ${direction} is not supported for ${proxied} (artifact URI scheme: ${scheme}). ` +
      `This endpoint requires ${needed} cloud storage artifact URI.`,
  );
}
