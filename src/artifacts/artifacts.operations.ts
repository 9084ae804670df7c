import type { ArtifactDeps } from './artifacts.ports.js';
import { fileOperations } from './files.operations.js';
import { formUploadOperations } from './form-upload.operations.js';
import { multipartOperations } from './multipart.operations.js';
import { presignedOperations } from './presigned.operations.js';
import { proxyOperations } from './proxy.operations.js';
import { runUploadOperations } from './run-upload.operations.js';

/** Every operation on artifacts. */
export const artifactOperations = (deps: ArtifactDeps) => ({
  ...proxyOperations(deps),
  ...multipartOperations(deps),
  ...presignedOperations(deps),
  ...fileOperations(deps),
  ...runUploadOperations(deps),
  ...formUploadOperations(deps),
});
