import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';

/** What a proxy may have put before us: nothing that could break a line of a log or a header. */
const SANE = /^[\w.:-]{1,128}$/;

const made = new WeakMap<IncomingMessage, string>();

/** The id under which an answer, the log and the audit log speak of the same request. */
export function requestIdOf(request: IncomingMessage | undefined): string {
  if (request === undefined) return newRequestId();
  const given = request.headers['x-request-id'];
  if (typeof given === 'string' && SANE.test(given)) return given;
  const known = made.get(request);
  if (known !== undefined) return known;
  const id = newRequestId();
  made.set(request, id);
  return id;
}

/**
 * A UUID of version 7, which begins with the time: those of one moment lie beside each other in the
 * index of the audit log, where random ones would touch a page each.
 */
function newRequestId(): string {
  const time = Date.now().toString(16).padStart(12, '0');
  return `${time.slice(0, 8)}-${time.slice(8)}-7${randomUUID().slice(15)}`;
}
