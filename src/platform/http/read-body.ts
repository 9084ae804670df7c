import { isUtf8 } from 'node:buffer';
import type { IncomingMessage } from 'node:http';
import { type Readable, Transform } from 'node:stream';
import { invalidParameter, MlflowError } from '../../errors.js';
import type { Admission } from './admission.js';
import { decodedBody, explainBroken } from './content-coding.js';

/** How large a body may be. */
export interface BodyBounds {
  /** Bytes, packed and unpacked; more are refused before they are held. */
  readonly limit: number;
  /** Knows what is held of all bodies together; undefined where nobody counts. */
  readonly admission?: Admission | undefined;
}

/**
 * Reads a whole body as text, unpacked where the client has compressed it.
 *
 * @throws MlflowError 413 beyond the limit, 415 for an unknown content encoding, 400 when the
 *   client cut the body off, 503 when all bodies together are too large
 */
export async function readBody(request: IncomingMessage, bounds: BodyBounds): Promise<string> {
  const { limit, admission } = bounds;
  const declared = request.headers['content-length'];
  if (Number(declared ?? 0) > limit) throw tooLarge(limit);
  const hold =
    admission === undefined ? undefined : (size: number) => admission.holdBody(request, size);
  return asText(await readBytes(decodedBody(request), limit, declared, hold));
}

/** @throws MlflowError 400 for bytes that are no UTF-8 */
export function asText(body: Buffer): string {
  // Decoding would put other characters in place of the broken ones.
  if (isUtf8(body)) return body.toString('utf8');
  throw invalidParameter('The request body is not valid UTF-8');
}

/**
 * Reads all bytes of a body, as they are or out of a decoder.
 *
 * @param declared the header of the body's length
 * @param hold is told how much has come, and throws where that is too much
 * @throws MlflowError as {@link readBody}
 */
export async function readBytes(
  content: Readable,
  limit: number,
  declared: string | undefined,
  hold?: (size: number) => void,
): Promise<Buffer> {
  if (Number(declared ?? 0) > limit) throw tooLarge(limit);
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let size = 0;
    let isRefused = false;
    content.on('data', (chunk: Buffer) => {
      size += chunk.length;
      if (isRefused) return;
      try {
        if (size > limit) throw tooLarge(limit);
        hold?.(size);
        chunks.push(chunk);
      } catch (error) {
        // The rest is read and dropped: clients send all of it before they look for an answer.
        isRefused = true;
        chunks.length = 0;
        if (content instanceof Transform) content.destroy();
        reject(error);
      }
    });
    content.on('end', () => {
      const [only] = chunks;
      resolve(chunks.length === 1 && only ? only : Buffer.concat(chunks));
    });
    content.on('error', (cause) => reject(explainBroken(cause)));
  });
}

const tooLarge = (limit: number): MlflowError =>
  new MlflowError('INVALID_PARAMETER_VALUE', `The request body is larger than ${limit} bytes`, {
    status: 413,
  });
