import { timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { invalidParameter, MlflowError } from '../../errors.js';
import { newSecret } from '../sign-in/secrets.js';
import { cookieOf, refuseForeign } from '../sign-in/session-cookie.js';

const MAX_FORM = 16_384;
const FORM_TYPE = /^application\/x-www-form-urlencoded(?:\s*;|$)/i;
const NAME = 'runledger_form';

const cookieName = (isSecure: boolean): string => (isSecure ? `__Host-${NAME}` : NAME);

/**
 * The token that a form must send back, and the cookie it must agree with. A browser keeps the one
 * that it has: pages in other tabs have it too.
 */
export function formToken(
  request: IncomingMessage,
  isSecure: boolean,
): { token: string; cookie: string } {
  const name = cookieName(isSecure);
  const known = cookieOf(request, name);
  const token = known !== undefined && /^[\w-]{43}$/.test(known) ? known : newSecret();
  const attributes = `Path=/; HttpOnly; SameSite=Strict; Max-Age=3600${isSecure ? '; Secure' : ''}`;
  return { token, cookie: `${name}=${token}; ${attributes}` };
}

/**
 * Reads a form that one of our pages has sent: another site's page knows no token that agrees with
 * the cookie, so it can sign nobody in as somebody else, and nobody out.
 *
 * @throws MlflowError 403 for a form of another page, 400 for what is no form
 */
export async function readForm(
  request: IncomingMessage,
  isSecure: boolean,
): Promise<URLSearchParams> {
  const { origin, 'sec-fetch-site': site } = request.headers;
  // Old browsers say neither with a form; the token decides for them.
  if (origin !== undefined || site !== undefined) refuseForeign(request, () => false);
  if (!FORM_TYPE.test(request.headers['content-type'] ?? '')) {
    throw invalidParameter('This takes the form of its own page');
  }
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request) {
    size += (chunk as Buffer).length;
    if (size > MAX_FORM) throw invalidParameter('The form is too long');
    chunks.push(chunk as Buffer);
  }
  const form = new URLSearchParams(Buffer.concat(chunks).toString('utf8'));
  const expected = cookieOf(request, cookieName(isSecure));
  if (expected === undefined || !areEqual(expected, form.get('csrf_token') ?? '')) {
    throw new MlflowError('PERMISSION_DENIED', 'This form is too old; load its page again');
  }
  return form;
}

const areEqual = (one: string, other: string): boolean =>
  one.length === other.length && timingSafeEqual(Buffer.from(one), Buffer.from(other));

/** @returns where a browser goes after a sign-in: a path of this server and nothing else */
export function safePath(path: string | null | undefined): string {
  const isSafe = path?.match(/^\/(?![/\\])[\x21-\x5b\x5d-\x7e]{0,2000}$/);
  return isSafe ? (path ?? '/') : '/';
}
