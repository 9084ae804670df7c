import { invalidParameter } from '../errors.js';
import type { OperationTable } from '../platform/http/operation.js';
import { emptyBody } from '../platform/http/reply.js';
import { noFileName, tooLarge } from './artifacts.errors.js';
import type { ArtifactDeps } from './artifacts.ports.js';
import { isForm } from './http/form-files.js';
import { incoming } from './http/incoming.js';
import { namesNoFile } from './proxy.operations.js';
import { SafePath } from './safe-path.js';
import { storeFile } from './store-file.js';

const MAX_BYTES = 10 * 1024 * 1024;

/** The upload of MLflow's pages: a small file into a run, wherever its artifacts lie. */
export const runUploadOperations = ({
  places,
  owners,
  freezing,
}: ArtifactDeps): OperationTable<'uploadRunArtifact'> => ({
  uploadRunArtifact: {
    access: 'edit',
    of: 'run',
    id: (input) => input.run_uuid ?? [],
    handler: async ({ run_uuid, path }, call) => {
      const { body, headers } = call;
      if (!run_uuid) throw invalidParameter('Request must specify run_uuid.');
      if (!path) throw invalidParameter('Request must specify path.');
      const file = SafePath.parse(path);
      if (namesNoFile(path)) throw noFileName();
      // A form is no file: what it holds between its boundaries is.
      if (isForm(headers)) throw noData();
      if (Number(headers['content-length'] ?? 0) > MAX_BYTES) throw tooLarge();
      const uri = await owners.runArtifactUri(run_uuid);
      const folder = places.nameOf(uri);
      const place = folder && [folder, ...file.segments].join('/');
      const target = { backend: places.at(uri).backend, path: file, place };
      await storeFile(target, someBytes(incoming(body)), freezing, call);
      return emptyBody();
    },
  },
});

/** What throws here is never stored: a file becomes visible only when its last chunk has come. */
async function* someBytes(chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  let size = 0;
  for await (const chunk of chunks) {
    size += chunk.length;
    if (size > MAX_BYTES) throw tooLarge();
    yield chunk;
  }
  if (size === 0) throw noData();
}

const noData = () => invalidParameter('Request must specify data.');
