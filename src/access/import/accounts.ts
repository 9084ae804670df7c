import { asResourceType, isPermission, type Permission } from '../permission.js';

/** What one database of MLflow's says of who may do what. */
export interface Accounts {
  readonly users: readonly ImportedUser[];
  readonly roles: readonly ImportedRole[];
  /** Given to single users. */
  readonly grants: readonly UserGrant[];
  /** What could not be taken, each in words for whoever imports. */
  readonly left: readonly string[];
}

export interface ImportedUser {
  readonly username: string;
  readonly passwordHash: string | null;
  readonly isAdmin: boolean;
}

export interface ImportedGrant {
  readonly type: string;
  readonly pattern: string;
  readonly permission: Permission;
}

/** Given to one user, in a workspace. */
export interface UserGrant extends ImportedGrant {
  readonly username: string;
  readonly workspace: string;
}

export interface ImportedRole {
  readonly workspace: string;
  readonly name: string;
  readonly description: string | null;
  readonly grants: readonly ImportedGrant[];
  readonly usernames: readonly string[];
}

/**
 * Reads a grant as stored. `NO_PERMISSIONS` on one thing took away what everybody has, and `DENY`
 * does that here.
 *
 * @returns undefined for a kind or a permission that is not known
 */
export function toGrant(
  type: string,
  pattern: string,
  permission: string | null,
): ImportedGrant | undefined {
  if (permission === null || !isPermission(permission)) return undefined;
  if (asResourceType(type) === undefined) return undefined;
  return { type, pattern, permission: permission === 'NO_PERMISSIONS' ? 'DENY' : permission };
}

/** Kinds that could be edited by who could edit all of a workspace. */
const EDITABLE = ['experiment', 'registered_model', 'prompt', 'scorer'];

/** What a permission on a whole workspace is in terms of roles, as MLflow 3.17 turns it. */
export function workspaceGrants(permission: string): ImportedGrant[] {
  const all = (type: string, level: Permission) => ({ type, pattern: '*', permission: level });
  switch (permission) {
    case 'MANAGE':
      return [all('workspace', 'MANAGE')];
    case 'EDIT':
      return [all('workspace', 'USE'), ...EDITABLE.map((type) => all(type, 'EDIT'))];
    case 'USE':
    case 'READ':
      return [all('workspace', 'USE')];
    default:
      return [];
  }
}
