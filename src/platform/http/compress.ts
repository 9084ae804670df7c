import type { IncomingMessage, ServerResponse } from 'node:http';
import { pipeline } from 'node:stream';
import { constants, createGzip, gzip } from 'node:zlib';
import Negotiator from 'negotiator';

/** Bytes. Less fits the first packets of a connection, and packing it would only cost time. */
export const WORTH_PACKING = 4_096;
/** Bytes that are packed as a whole, to leave in one write; more are packed as they leave. */
const AT_ONCE = 262_144;
/** Answers are JSON: the fastest level takes nine tenths off, the others little more. */
const OPTIONS = { level: constants.Z_BEST_SPEED };

const CODINGS = ['gzip', 'identity'];

/** Does the client ask for packed answers? */
export function acceptsGzip(request: IncomingMessage): boolean {
  if (request.headers['accept-encoding'] === undefined) return false;
  return new Negotiator(request).encoding(CODINGS) === 'gzip';
}

type Headers = Readonly<Record<string, string | number>>;

/** @returns headers that say that the answer depends on what the client accepts */
export const varying = (headers: Headers): Record<string, string | number> => ({
  ...headers,
  Vary: [headers.Vary, 'Accept-Encoding'].filter(Boolean).join(', '),
});

export const packer = () => createGzip(OPTIONS);

/** Sends a text packed. The work is done beside the event loop. */
export function sendPacked(
  response: ServerResponse,
  status: number,
  text: string,
  headers: Headers,
): void {
  const packed = { ...varying(headers), 'Content-Encoding': 'gzip' };
  if (response.req.method === 'HEAD') {
    // Its length would be known only after the work.
    response.writeHead(status, packed).end();
  } else if (text.length > AT_ONCE) {
    response.writeHead(status, packed);
    const stream = packer();
    // A client that goes away is no fault of the server's.
    pipeline(stream, response, () => undefined);
    stream.end(text);
  } else {
    gzip(text, OPTIONS, (error, bytes) => {
      if (error !== null || response.headersSent) response.destroy();
      else response.writeHead(status, { ...packed, 'Content-Length': bytes.length }).end(bytes);
    });
  }
}
