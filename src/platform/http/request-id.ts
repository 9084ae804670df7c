import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';

/** What a proxy may have put before us: nothing that could break a line of a log or a header. */
const SANE = /^[\w.:-]{1,128}$/;

/** The id under which an answer and a line of the log speak of the same request. */
export function requestIdOf(request: IncomingMessage | undefined): string {
  const given = request?.headers['x-request-id'];
  return typeof given === 'string' && SANE.test(given) ? given : randomUUID();
}
