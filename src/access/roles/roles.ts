import { alreadyExists, invalidParameter, type MlflowError, notFound } from '../../errors.js';
import type { Permission } from '../permission.js';

/** One grant of a role. */
export interface RolePermission {
  readonly id: number;
  readonly role_id: number;
  readonly resource_type: string;
  readonly resource_pattern: string;
  readonly permission: Permission;
}

export interface Role {
  readonly id: number;
  readonly name: string;
  readonly workspace: string;
  readonly description: string | null;
}

export interface RoleWithPermissions extends Role {
  readonly permissions: readonly RolePermission[];
}

/** That a user has a role. */
export interface Assignment {
  readonly id: number;
  readonly user_id: number;
  readonly role_id: number;
}

const MAX_NAME = 255;
const MAX_WORKSPACE = 63;
const MAX_DESCRIPTION = 1_024;
/** Model names are the longest of the ids that a pattern may hold. */
const MAX_PATTERN = 1_024;

/** Names of the roles that hold what is granted to one user alone. */
const RESERVED = '__user_';

/** @returns the name of the role that holds what is granted to one user alone */
export const hiddenRoleOf = (userId: number): string => `${RESERVED}${userId}__`;

/** @returns whose role this is; undefined for one that is not of one user alone */
export function userOfHidden(role: string): number | undefined {
  const [, id] = /^__user_(\d+)__$/.exec(role) ?? [];
  return id === undefined ? undefined : Number(id);
}

export const isHidden = ({ name }: Pick<Role, 'name'>): boolean => name.startsWith(RESERVED);

/** @throws MlflowError 400 for a name that no role may have */
export function checkRoleName(name: string): void {
  if (name.trim() === '') throw invalidParameter('Role name cannot be empty.');
  atMost('Role name', name, MAX_NAME);
  if (name.startsWith(RESERVED)) {
    throw invalidParameter(
      `Role name '${name}' uses the reserved '${RESERVED}' prefix, under which permissions of ` +
        'single users are kept.',
    );
  }
}

/** @throws MlflowError 400 for a text that names no workspace */
export function checkWorkspace(workspace: string): void {
  if (workspace.trim() === '') throw invalidParameter('Workspace cannot be empty.');
  atMost('Workspace', workspace, MAX_WORKSPACE);
}

/** @throws MlflowError 400 for a description that is too long */
export const checkDescription = (description: string): void =>
  atMost('Role description', description, MAX_DESCRIPTION);

/** @throws MlflowError 400 for what can be no id of anything */
export function checkPatternLength(pattern: string): void {
  if (pattern === '') throw invalidParameter('The id of a resource cannot be empty.');
  atMost('The id of a resource', pattern, MAX_PATTERN);
}

function atMost(what: string, text: string, most: number): void {
  if (text.length > most) throw invalidParameter(`${what} must be at most ${most} characters.`);
}

export const noRole = (id: number | bigint): MlflowError =>
  notFound(`Role with id=${id} not found`);

export const roleExists = (name: string, workspace: string): MlflowError =>
  alreadyExists(`Role (name=${name}, workspace=${workspace}) already exists.`);

export const noRolePermission = (id: number | bigint): MlflowError =>
  notFound(`Role permission with id=${id} not found`);
