import type { IncomingMessage } from 'node:http';
import { foreignPage } from './refusals.js';

const NAME = 'runledger_session';
/** A browser keeps other hosts from setting a cookie of this name, and us from doing so in clear. */
const SECURE_NAME = `__Host-${NAME}`;
const VALUE = /^[\w-]{43}$/;
const SAFE = new Set(['GET', 'HEAD', 'OPTIONS']);

/**
 * @returns the value of a cookie; undefined when there is none, or two, of which another site of
 *   the same domain may have set one
 */
export function cookieOf(request: IncomingMessage, name: string): string | undefined {
  const header = request.headers.cookie;
  if (header === undefined) return undefined;
  const found: string[] = [];
  for (const part of header.split(';')) {
    const at = part.indexOf('=');
    if (at !== -1 && part.slice(0, at).trim() === name) found.push(part.slice(at + 1).trim());
  }
  return found.length === 1 ? found[0] : undefined;
}

/** @returns the secret of the session that the request's cookie names */
export function sessionOf(request: IncomingMessage, isSecure: boolean): string | undefined {
  const value = cookieOf(request, isSecure ? SECURE_NAME : NAME);
  return value !== undefined && VALUE.test(value) ? value : undefined;
}

/** @param seconds of its life; 0 takes it away */
export function sessionCookie(value: string, seconds: number, isSecure: boolean): string {
  const name = isSecure ? SECURE_NAME : NAME;
  const attributes = `Path=/; HttpOnly; SameSite=Lax; Max-Age=${seconds}`;
  return `${name}=${value}; ${attributes}${isSecure ? '; Secure' : ''}`;
}

/**
 * A browser sends the cookie along with whatever page asks for a change. MLflow's own pages send
 * no token of ours, so what the browser itself says of the asking page decides. Browsers say so
 * with every change, and with every read whose answer a script of another origin wants to see; a
 * change that says nothing has a stolen or copied cookie.
 *
 * @param isAllowedOrigin tells origins that were allowed to change data here
 * @throws MlflowError 403
 */
export function refuseForeign(
  request: IncomingMessage,
  isAllowedOrigin: (origin: string) => boolean,
): void {
  const { origin, host } = request.headers;
  // A link, an image: whoever asks doesn't see what comes.
  if (origin === undefined && SAFE.has(request.method ?? '')) return;
  const site = request.headers['sec-fetch-site'];
  if (origin !== undefined && isAllowedOrigin(origin)) return;
  if (site === 'same-origin') return;
  if (site === undefined && origin !== undefined && isOwnOrigin(origin, host)) return;
  throw foreignPage();
}

/** What stands behind `https://` is compared: a proxy may have taken https off. */
const isOwnOrigin = (origin: string, host: string | undefined): boolean =>
  host !== undefined && /^https?:\/\//.test(origin) && origin.replace(/^https?:\/\//, '') === host;
