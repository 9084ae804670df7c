import { invalidParameter, MlflowError } from '../../errors.js';
import type { Access, Caller, ResourceKind } from '../../platform/http/operation.js';

/**
 * What a token may do of what its user may:
 * - `read` whatever the user may read;
 * - `write`: read, and change experiments, runs, traces, logged models and evaluation datasets;
 * - `registry`: read, and change registered models, their versions, stages and aliases;
 * - `admin`: everything that the user may, accounts and tokens included.
 */
export const SCOPES = ['read', 'write', 'registry', 'admin'] as const;
export type TokenScope = (typeof SCOPES)[number];

/** @throws MlflowError 400 for none, and for one that there isn't */
export function parseScopes(given: readonly string[]): TokenScope[] {
  const scopes = SCOPES.filter((scope) => given.includes(scope));
  const isKnown = given.every((scope) => SCOPES.some((known) => known === scope));
  if (isKnown && scopes.length > 0) return scopes;
  throw invalidParameter(`scopes must be a list of one or more of ${SCOPES.join(', ')}`);
}

/**
 * @param scopes of the caller's token; undefined for a caller who signed in without one
 * @returns whether a token with these scopes may do such a thing at all, whoever its user is
 */
export function scopeAllows(
  scopes: readonly string[] | undefined,
  access: Access,
  of: ResourceKind,
): boolean {
  if (scopes === undefined || access === 'open' || scopes.includes('admin')) return true;
  switch (access) {
    case 'login':
    case 'read':
      return scopes.some((scope) => scope === 'read' || scope === 'write' || scope === 'registry');
    case 'edit':
    case 'manage':
    case 'create':
      // What is to be made has no name yet where a guard asks; it asks of the operation first.
      if (of === 'server')
        return access === 'create' && (scopes.includes('write') || scopes.includes('registry'));
      return scopes.includes(of === 'registered_model' ? 'registry' : 'write');
    default:
      return false;
  }
}

/**
 * For operations about accounts, tokens and permissions, whose access rule is `login` alone: a
 * token must not make itself one that may do more or lasts longer.
 *
 * @throws MlflowError 403
 */
export function requireFullScope({ scopes }: Caller): void {
  if (scopes === undefined || scopes.includes('admin')) return;
  throw new MlflowError(
    'PERMISSION_DENIED',
    "This needs a token with the scope 'admin', a password, or the web page",
  );
}
