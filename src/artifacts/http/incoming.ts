import type { Readable } from 'node:stream';
import { badRequest } from '../../errors.js';

/**
 * The chunks of a request's body as the client sends them, no faster than they are taken. When
 * the taker stops early the rest is read and dropped, so that the client gets to its answer.
 *
 * @throws MlflowError 400 when the client cuts the body off
 */
export async function* incoming(body: Readable): AsyncGenerator<Buffer> {
  let isWhole = false;
  try {
    const chunks: AsyncIterable<Buffer> = body.iterator({ destroyOnReturn: false });
    for await (const chunk of chunks) yield chunk;
    isWhole = true;
  } catch {
    throw badRequest('The request body was cut off');
  } finally {
    if (!isWhole) body.resume();
  }
}
