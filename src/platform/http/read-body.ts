import { isUtf8 } from 'node:buffer';
import type { IncomingMessage } from 'node:http';
import { type Readable, Transform } from 'node:stream';
import { invalidParameter, MlflowError } from '../../errors.js';
import { decodedBody, explainBroken } from './content-coding.js';

/**
 * Reads a whole body as text, unpacked where the client has compressed it.
 *
 * @param limit bytes, packed and unpacked; more are refused before they are held
 * @throws MlflowError 413 beyond the limit, 415 for an unknown content encoding, 400 when the
 *   client cut the body off
 */
export async function readBody(request: IncomingMessage, limit: number): Promise<string> {
  const declared = request.headers['content-length'];
  if (Number(declared ?? 0) > limit) throw tooLarge(limit);
  return asText(await readBytes(decodedBody(request), limit, declared));
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
 * @throws MlflowError as {@link readBody}
 */
export async function readBytes(
  content: Readable,
  limit: number,
  declared: string | undefined,
): Promise<Buffer> {
  if (Number(declared ?? 0) > limit) throw tooLarge(limit);
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let size = 0;
    content.on('data', (chunk: Buffer) => {
      size += chunk.length;
      if (size <= limit) chunks.push(chunk);
      else {
        // The rest is read and dropped: clients send all of it before they look for an answer.
        chunks.length = 0;
        if (content instanceof Transform) content.destroy();
        reject(tooLarge(limit));
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
