import { isUtf8 } from 'node:buffer';
import type { IncomingMessage } from 'node:http';
import type { Readable } from 'node:stream';
import { invalidParameter, MlflowError } from '../../errors.js';

/**
 * Reads a whole body as text.
 *
 * @param limit bytes; more are refused before they are held
 * @throws MlflowError 413 beyond the limit, 400 when the client cut the body off
 */
export async function readBody(request: IncomingMessage, limit: number): Promise<string> {
  return asText(await readBytes(request, limit, request.headers['content-length']));
}

/** @throws MlflowError 400 for bytes that are no UTF-8 */
export function asText(body: Buffer): string {
  // Decoding would put other characters in place of the broken ones.
  if (isUtf8(body)) return body.toString('utf8');
  throw invalidParameter('The request body is not valid UTF-8');
}

/**
 * As {@link readBody}, whatever the bytes mean.
 *
 * @param declared the header of the body's length
 */
export async function readBytes(
  request: Readable,
  limit: number,
  declared: string | undefined,
): Promise<Buffer> {
  if (Number(declared ?? 0) > limit) throw tooLarge(limit);
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let size = 0;
    request.on('data', (chunk: Buffer) => {
      size += chunk.length;
      if (size <= limit) chunks.push(chunk);
      else {
        // The rest is read and dropped: clients send all of it before they look for an answer.
        chunks.length = 0;
        reject(tooLarge(limit));
      }
    });
    request.on('end', () => {
      const [only] = chunks;
      resolve(chunks.length === 1 && only ? only : Buffer.concat(chunks));
    });
    request.on('error', (cause) => {
      reject(
        new MlflowError('BAD_REQUEST', 'The request body was cut off', { status: 400, cause }),
      );
    });
  });
}

const tooLarge = (limit: number): MlflowError =>
  new MlflowError('INVALID_PARAMETER_VALUE', `The request body is larger than ${limit} bytes`, {
    status: 413,
  });
