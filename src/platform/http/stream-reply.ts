import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { isHangUp } from '../error-code.js';
import { acceptsGzip, packer, varying } from './compress.js';
import { headersOf, Reply } from './reply.js';

/**
 * JSON that is too long to be held as a whole: the next part is asked for when the client has taken
 * the one before. Where a part fails the client sees the connection break.
 */
export const jsonStream = (parts: AsyncIterable<string>): Reply<never> =>
  new Reply(async (request, response) => {
    const isPacked = acceptsGzip(request);
    response.writeHead(
      200,
      headersOf(response, {
        ...varying({ 'Content-Type': 'application/json' }),
        ...(isPacked ? { 'Content-Encoding': 'gzip' } : {}),
      }),
    );
    if (request.method === 'HEAD') {
      response.end();
      return;
    }
    try {
      await pipeline([Readable.from(parts), ...(isPacked ? [packer()] : []), response]);
    } catch (error) {
      if (!isHangUp(error)) throw error;
    }
  });
