import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';

/** What a proxy may have put before us: nothing that could break a line of a log or a header. */
const SANE = /^[\w.:-]{1,128}$/;

const made = new WeakMap<IncomingMessage, string>();

/** The id under which an answer, the log and the audit log speak of the same request. */
export function requestIdOf(request: IncomingMessage | undefined): string {
  if (request === undefined) return randomUUID();
  const given = request.headers['x-request-id'];
  if (typeof given === 'string' && SANE.test(given)) return given;
  const known = made.get(request);
  if (known !== undefined) return known;
  const id = randomUUID();
  made.set(request, id);
  return id;
}
