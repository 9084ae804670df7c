import type { IncomingMessage } from 'node:http';

/** What an `Authorization` header says. */
export type Credentials =
  | { readonly kind: 'password'; readonly username: string; readonly password: string }
  | { readonly kind: 'bearer'; readonly token: string };

/** The header can't be read as one thing alone. The message is for its sender. */
export class BadHeader extends Error {}

/** The longest header that is looked at: a JWT with many groups has some kilobytes. */
const MAX_HEADER = 16_384;
export const MAX_USERNAME = 255;
/** Beyond this argon2 would only be kept busy. */
export const MAX_PASSWORD = 1_024;

/** The user's name under which clients that know only basic authentication send a token. */
const TOKEN_USER = 'token';
const BASE64 = /^[A-Za-z\d+/]+={0,2}$/;
const BEARER = /^[\w.~+/-]+=*$/;
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is refused.
const CONTROL = /[\x00-\x1f\x7f]/;

const decoder = new TextDecoder('utf-8', { fatal: true });

/**
 * The one `Authorization` header of a request. Node keeps the first of two and a proxy before it
 * may have looked at the last, so two are refused.
 *
 * @returns undefined when there is none
 * @throws BadHeader
 */
export function authorizationOf(request: IncomingMessage): string | undefined {
  const header = request.headers.authorization;
  if (header === undefined) return undefined;
  const { rawHeaders } = request;
  let seen = 0;
  for (let at = 0; at < rawHeaders.length; at += 2) {
    const name = rawHeaders[at];
    if (name?.length === 13 && name.toLowerCase() === 'authorization') seen += 1;
  }
  if (seen > 1) throw new BadHeader('it is there more than once');
  if (header.length > MAX_HEADER) throw new BadHeader('it is too long');
  return header;
}

/** @throws BadHeader for anything but one well-formed credential */
export function parseAuthorization(header: string): Credentials {
  const [, scheme = '', rest = ''] = /^([A-Za-z]+) +(\S+)$/.exec(header) ?? [];
  switch (scheme.toLowerCase()) {
    case 'basic':
      return fromBasic(rest);
    case 'bearer':
      if (!BEARER.test(rest)) throw new BadHeader('this is no bearer token');
      return { kind: 'bearer', token: rest };
    default:
      throw new BadHeader('it must be Basic or Bearer, a space, and one credential');
  }
}

function fromBasic(text: string): Credentials {
  if (!BASE64.test(text)) throw new BadHeader('the credential is no base64');
  const bytes = Buffer.from(text, 'base64');
  const decoded = utf8(bytes);
  const colon = decoded.indexOf(':');
  if (colon === -1) throw new BadHeader('there is no colon between user name and password');
  const username = decoded.slice(0, colon);
  const password = decoded.slice(colon + 1);
  if (CONTROL.test(decoded)) throw new BadHeader('it holds control characters');
  if (username === '') throw new BadHeader('the user name is empty');
  if (username === TOKEN_USER && isToken(password)) return { kind: 'bearer', token: password };
  if (username.length > MAX_USERNAME || password.length > MAX_PASSWORD) {
    throw new BadHeader('the user name or the password is too long');
  }
  return { kind: 'password', username, password };
}

function utf8(bytes: Buffer): string {
  try {
    return decoder.decode(bytes);
  } catch {
    throw new BadHeader('user name and password must be UTF-8');
  }
}

/** A token of ours or a JWT: what a user called `token` may have as password is neither. */
const isToken = (text: string): boolean =>
  text.startsWith('rl_') || /^[\w-]+\.[\w-]+\.[\w-]+$/.test(text);
