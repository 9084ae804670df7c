import { SCOPES, type TokenScope } from '../tokens/scopes.js';
import type { Claims } from './oidc-users.js';

/** What an access token may call itself. Source: RFC 9068, 2.1; RFC 8725, 3.11. */
const TYPES = new Set(['jwt', 'at+jwt', 'application/at+jwt', 'application/jwt']);

/** What a scope of ours is called at the provider: `runledger:read`, say. */
const PREFIX = 'runledger:';

/**
 * A provider signs other things with the same keys: what a client tells at a sign-out, or what is
 * good only together with another key that its bearer holds.
 *
 * @returns whether a verified JWT lets in whoever bears it
 */
export const isBearerToken = (type: unknown, claims: Claims): boolean =>
  (type === undefined || (typeof type === 'string' && TYPES.has(type.toLowerCase()))) &&
  claims.cnf === undefined &&
  claims.events === undefined;

/**
 * @returns the scopes that a JWT is held to; undefined where it names none of ours, so that its
 *   user's rights alone decide
 */
export function scopesOf({ scope, scp }: Claims): readonly TokenScope[] | undefined {
  const named = [scope, scp].flatMap((claim) => {
    if (Array.isArray(claim)) return claim.filter((one) => typeof one === 'string');
    return typeof claim === 'string' ? claim.split(' ') : [];
  });
  const ours = named.filter((one) => one.startsWith(PREFIX)).map((one) => one.slice(PREFIX.length));
  // One that this release doesn't know gives nothing, and is no reason to give everything.
  return ours.length === 0 ? undefined : SCOPES.filter((known) => ours.includes(known));
}
