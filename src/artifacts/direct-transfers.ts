import { invalidParameter, type MlflowError, notImplemented } from '../errors.js';
import type { ArtifactBackend, DirectTransfers } from './backends/backend.js';
import type { SentPart } from './backends/bucket.js';
import { SafePath } from './safe-path.js';

/** What stores take of one upload. */
const MOST_PARTS = 10_000;

const LONGEST_ID = 4_096;

/** @throws MlflowError 501 in MLflow's words, by which clients know that they must use the proxy */
export function directOf(
  backend: ArtifactBackend,
  what: 'Multipart upload' | 'Multipart download' | 'Presigned upload' | 'Presigned download',
): DirectTransfers {
  if (backend.direct !== undefined) return backend.direct;
  throw notImplemented(`${what} is not supported for the current artifact repository`);
}

/**
 * The file of an upload in parts: what clients call it is its path on their own machine, which
 * may be one with Windows.
 */
export function uploadedFile(folder: SafePath, clientPath: string): SafePath {
  const isWindows = /^(?:[a-z]:[\\/]|\\\\)/i.test(clientPath);
  const name = clientPath.split(isWindows ? /[\\/]/ : '/').at(-1) ?? '';
  const file = SafePath.parse(name);
  if (file.isRoot) throw invalidParameter('The path of the file must end in its name');
  return folder.join(file);
}

/** @throws MlflowError 400 for a number of parts that no store takes */
export function checkPartCount(parts: number, name = 'num_parts'): void {
  if (Number.isInteger(parts) && parts >= 1 && parts <= MOST_PARTS) return;
  throw invalidParameter(`${name} must be between 1 and ${MOST_PARTS} (got ${parts}).`);
}

/** @throws MlflowError 400 for what is no id of an upload */
export function checkUploadId(id: string | undefined): string {
  if (id !== undefined && id.length <= LONGEST_ID && /^[\x21-\x7e]+$/.test(id)) return id;
  throw invalidParameter("Invalid value for parameter 'upload_id' supplied.");
}

/**
 * Puts the parts that a client has sent in order.
 *
 * @throws MlflowError 400 for parts that don't make a file
 */
export function sentParts(
  parts: readonly {
    readonly part_number?: number | bigint | undefined;
    readonly etag?: string | undefined;
  }[],
): SentPart[] {
  checkPartCount(parts.length, 'The number of parts');
  const sorted = parts
    .map(({ part_number = 0, etag = '' }) => ({ number: Number(part_number), etag }))
    .sort((a, b) => a.number - b.number);
  sorted.forEach(({ number, etag }, at) => {
    const isNew = number !== sorted[at - 1]?.number;
    if (number < 1 || number > MOST_PARTS || !isNew || etag.length > 1_024) throw badPart(number);
  });
  return sorted;
}

const badPart = (number: number): MlflowError =>
  invalidParameter(`Part ${number} can not be part of the upload`);
