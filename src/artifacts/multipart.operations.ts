import { missingParameter, notImplemented } from '../errors.js';
import type { OperationTable } from '../platform/http/operation.js';
import { endpointOff } from './artifacts.errors.js';
import type { ArtifactDeps } from './artifacts.ports.js';
import { proxiedName } from './places.js';
import { experimentOf } from './proxy.operations.js';
import { SafePath } from './safe-path.js';

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
  const check = (route: string, input: { artifact_path: string; path?: string }): void => {
    checkProxied(deps, `mpu/${route}`, input.artifact_path);
    if (!input.path) throw missingParameter('path');
  };
  const checkFrozen = async (input: { artifact_path: string }): Promise<void> => {
    await deps.freezing?.frozen.checkWritable(proxiedName(SafePath.parse(input.artifact_path)));
  };
  return {
    createMultipartUpload: {
      access: 'edit',
      of: 'experiment',
      id: (input) => experimentOf(input.artifact_path),
      handler: async (input) => {
        check('create', input);
        await checkFrozen(input);
        throw noMultipart('upload');
      },
    },
    completeMultipartUpload: {
      access: 'edit',
      of: 'experiment',
      id: (input) => experimentOf(input.artifact_path),
      handler: async (input) => {
        check('complete', input);
        if (input.parts === undefined) throw missingParameter('parts');
        await checkFrozen(input);
        throw noMultipart('upload');
      },
    },
    abortMultipartUpload: {
      access: 'edit',
      of: 'experiment',
      id: (input) => experimentOf(input.artifact_path),
      handler: async (input) => {
        check('abort', input);
        throw noMultipart('upload');
      },
    },
    getPresignedDownloadUrl: {
      access: 'read',
      of: 'experiment',
      id: (input) => experimentOf(input.artifact_path),
      handler: async ({ artifact_path }) => {
        checkProxied(deps, 'presigned', artifact_path);
        throw noMultipart('download');
      },
    },
  };
};

function checkProxied(deps: ArtifactDeps, route: string, path: string): void {
  if (!deps.serveArtifacts) throw endpointOff(`${route}/<path:artifact_path>`);
  SafePath.parse(path);
}

const noMultipart = (direction: 'upload' | 'download') =>
  notImplemented(`Multipart ${direction} is not supported for the current artifact repository`);
