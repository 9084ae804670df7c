import { missingParameter } from '../errors.js';
import type { OperationTable } from '../platform/http/operation.js';
import { endpointOff } from './artifacts.errors.js';
import type { ArtifactDeps } from './artifacts.ports.js';
import {
  checkPartCount,
  checkUploadId,
  directOf,
  sentParts,
  uploadedFile,
} from './direct-transfers.js';
import { proxiedName } from './places.js';
import type { SafePath } from './safe-path.js';

type Ids =
  | 'createMultipartUpload'
  | 'completeMultipartUpload'
  | 'abortMultipartUpload'
  | 'getPresignedDownloadUrl';

/**
 * Transfers in parts or past the server. Folders have none; clients know these answers and send
 * the file in one piece through the proxy.
 */
export const multipartOperations = (deps: ArtifactDeps): OperationTable<Ids> => {
  const { places, paths, freezing } = deps;
  const fileOf = (route: string, input: { artifact_path: string; path?: string }): SafePath => {
    const folder = checkProxied(deps, `mpu/${route}`, input.artifact_path);
    if (!input.path) throw missingParameter('path');
    return uploadedFile(folder, input.path);
  };
  return {
    createMultipartUpload: {
      access: 'edit',
      of: 'experiment',
      id: (input) => paths.experimentOf(input.artifact_path),
      handler: async (input, by) => {
        const file = fileOf('create', input);
        await freezing?.frozen.checkWritable(proxiedName(file), by);
        const direct = directOf(places.destination, 'Multipart upload');
        const parts = Number(input.num_parts ?? 1);
        checkPartCount(parts);
        const { upload_id, credentials } = await direct.start(file, parts);
        return {
          ...(upload_id === undefined ? {} : { upload_id }),
          credentials: credentials.map((credential) => ({ ...credential })),
        };
      },
    },
    completeMultipartUpload: {
      access: 'edit',
      of: 'experiment',
      id: (input) => paths.experimentOf(input.artifact_path),
      handler: async (input, by) => {
        const file = fileOf('complete', input);
        if (input.parts === undefined) throw missingParameter('parts');
        // A version may have been registered since the upload began.
        await freezing?.frozen.checkWritable(proxiedName(file), by);
        const direct = directOf(places.destination, 'Multipart upload');
        const parts = sentParts(input.parts);
        await direct.finish(file, checkUploadId(input.upload_id), parts);
        // Nobody has hashed it on its way; whoever registers the model will.
        await freezing?.digests.forget(proxiedName(file));
        return {};
      },
    },
    abortMultipartUpload: {
      access: 'edit',
      of: 'experiment',
      id: (input) => paths.experimentOf(input.artifact_path),
      handler: async (input) => {
        const file = fileOf('abort', input);
        const direct = directOf(places.destination, 'Multipart upload');
        await direct.abort(file, checkUploadId(input.upload_id));
        return {};
      },
    },
    getPresignedDownloadUrl: {
      access: 'read',
      of: 'experiment',
      id: (input) => paths.experimentOf(input.artifact_path),
      handler: async ({ artifact_path }) => {
        const file = checkProxied(deps, 'presigned', artifact_path);
        const direct = directOf(places.destination, 'Multipart download');
        const { url, headers, size } = await direct.downloadUrl(file, places.downloadUrlSeconds);
        return { url, headers: { ...headers }, file_size: size };
      },
    },
  };
};

function checkProxied(deps: ArtifactDeps, route: string, path: string): SafePath {
  if (!deps.serveArtifacts) throw endpointOff(`${route}/<path:artifact_path>`);
  return deps.paths.parse(path);
}
