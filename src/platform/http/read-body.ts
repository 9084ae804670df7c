import { isUtf8 } from 'node:buffer';
import type { IncomingMessage } from 'node:http';
import { invalidParameter, MlflowError } from '../../errors.js';
import { decodedBody, explainBroken } from './content-coding.js';

/**
 * Reads a whole body as text, unpacked where the client has compressed it.
 *
 * @param limit bytes, packed and unpacked; more are refused before they are held
 * @throws MlflowError 413 beyond the limit, 415 for an unknown content encoding, 400 when the
 *   client cut the body off
 */
export function readBody(request: IncomingMessage, limit: number): Promise<string> {
  const declared = Number(request.headers['content-length'] ?? 0);
  if (declared > limit) throw tooLarge(limit);
  const content = decodedBody(request);
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let size = 0;
    content.on('data', (chunk: Buffer) => {
      size += chunk.length;
      if (size <= limit) chunks.push(chunk);
      else {
        // The rest is read and dropped: clients send all of it before they look for an answer.
        chunks.length = 0;
        if (content !== request) content.destroy();
        reject(tooLarge(limit));
      }
    });
    content.on('end', () => {
      const [only] = chunks;
      const body = chunks.length === 1 && only ? only : Buffer.concat(chunks);
      // Decoding would put other characters in place of the broken ones.
      if (isUtf8(body)) resolve(body.toString('utf8'));
      else reject(invalidParameter('The request body is not valid UTF-8'));
    });
    content.on('error', (cause) => reject(explainBroken(cause)));
  });
}

const tooLarge = (limit: number): MlflowError =>
  new MlflowError('INVALID_PARAMETER_VALUE', `The request body is larger than ${limit} bytes`, {
    status: 413,
  });
