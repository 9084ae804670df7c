import { invalidParameter } from '../errors.js';
import { LONGEST_URL_SECONDS } from '../platform/config/store-config.js';
import type { OperationTable } from '../platform/http/operation.js';
import { noFileName } from './artifacts.errors.js';
import type { ArtifactDeps } from './artifacts.ports.js';
import { directOf } from './direct-transfers.js';
import { parseUri } from './parse-uri.js';
import { namesNoFile } from './proxy.operations.js';
import { SafePath } from './safe-path.js';

type Ids = 'createPresignedUploadUrl' | 'createPresignedDownloadUrl';

const UPLOAD_SECONDS = 900;

/** URLs to a store itself, for a run or model whose artifacts don't go through the proxy. */
export const presignedOperations = ({
  places,
  owners,
  freezing,
}: ArtifactDeps): OperationTable<Ids> => ({
  createPresignedUploadUrl: {
    access: 'edit',
    of: 'run',
    id: (input) => input.run_id ?? [],
    also: ({ model_id: id = '' }) =>
      id === '' ? [] : [{ access: 'edit', of: 'logged_model', id }],
    handler: async ({ run_id, model_id, path, expiration = UPLOAD_SECONDS }, by) => {
      if (!run_id === !model_id) {
        throw invalidParameter('Exactly one of run_id and model_id must be provided.');
      }
      const file = SafePath.parse(path);
      const uri = run_id
        ? await owners.runArtifactUri(run_id)
        : await owners.loggedModelArtifactUri(model_id ?? '');
      refuseProxied('upload', 'proxied artifact storage', 'a direct', uri);
      const direct = directOf(places.at(uri).backend, 'Presigned upload');
      if (namesNoFile(path)) throw noFileName();
      const seconds = checkExpiration(expiration);
      const place = [places.nameOf(uri), ...file.segments].join('/');
      await freezing?.frozen.checkWritable(place, by);
      const { url, headers } = await direct.uploadUrl(file, seconds);
      return { presigned_url: url, headers: { ...headers } };
    },
  },
  createPresignedDownloadUrl: {
    access: 'read',
    of: 'run',
    id: (input) => input.run_id,
    handler: async ({ run_id, path, expiration = places.downloadUrlSeconds }) => {
      const file = SafePath.parse(path);
      const seconds = checkExpiration(expiration);
      const uri = await owners.runArtifactUri(run_id);
      refuseProxied('download', 'runs with proxied artifact storage', 'a run with a direct', uri);
      const direct = directOf(places.at(uri).backend, 'Presigned download');
      const { url, headers, size } = await direct.downloadUrl(file, seconds);
      return { presigned_url: url, headers: { ...headers }, file_size: size };
    },
  },
});

function checkExpiration(seconds: number | bigint): number {
  const given = Number(seconds);
  if (given >= 1 && given <= LONGEST_URL_SECONDS) return given;
  throw invalidParameter(
    `expiration must be between 1 and ${LONGEST_URL_SECONDS} seconds (got ${seconds}).`,
  );
}

function refuseProxied(
  direction: 'upload' | 'download',
  proxied: string,
  needed: string,
  uri: string,
): void {
  const { scheme } = parseUri(uri);
  if (!['http', 'https', 'mlflow-artifacts'].includes(scheme)) return;
  throw invalidParameter(
    `Presigned ${direction} is not supported for ${proxied} (artifact URI scheme: ${scheme}). ` +
      `This endpoint requires ${needed} cloud storage artifact URI.`,
  );
}
