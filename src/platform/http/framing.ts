import type { IncomingMessage } from 'node:http';

/**
 * Headers that must say one thing to everybody on the way. Node takes the first `Host` of two, a
 * proxy before it may have judged by the last; and of a list of transfer codings it reads the last.
 *
 * @returns what is wrong with a request that two readers could read in two ways; undefined if nothing
 */
export function ambiguityOf({ headers, rawHeaders }: IncomingMessage): string | undefined {
  const coding = headers['transfer-encoding'];
  if (coding !== undefined && coding.toLowerCase() !== 'chunked') {
    return 'The only Transfer-Encoding that is known is chunked';
  }
  let hosts = 0;
  for (let at = 0; at < rawHeaders.length; at += 2) {
    const name = rawHeaders[at];
    if (name?.length === 4 && name.toLowerCase() === 'host') hosts += 1;
  }
  return hosts > 1 ? 'The request has more than one Host' : undefined;
}
