import { invalidParameter, MlflowError } from '../../errors.js';
import type { Access, Caller, ResourceKind } from '../../platform/http/operation.js';

/**
 * What a token may do of what its user may:
 * - `read` whatever the user may read;
 * - `write`: read, and make and edit experiments, runs, traces, logged models and evaluation datasets;
 * - `registry`: read, and make and edit registered models, their versions, stages and aliases;
 * - `manage`: both, and what takes MANAGE, such as to delete;
 * - `admin`: everything that the user may, accounts, permissions and tokens included.
 */
export const SCOPES = ['read', 'write', 'registry', 'manage', 'admin'] as const;
export type TokenScope = (typeof SCOPES)[number];

const OF_REGISTRY: readonly ResourceKind[] = [
  'registered_model',
  'registered_model_id',
  'model_version',
];

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
      return SCOPES.some((scope) => scopes.includes(scope));
    case 'create':
    case 'edit':
      if (scopes.includes('manage')) return true;
      // What is to be made has no name yet where a guard asks; it asks of the operation first.
      if (of === 'server')
        return access === 'create' && (scopes.includes('write') || scopes.includes('registry'));
      return scopes.includes(OF_REGISTRY.includes(of) ? 'registry' : 'write');
    case 'manage':
      return scopes.includes('manage');
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
