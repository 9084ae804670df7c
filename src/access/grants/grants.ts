import { alreadyExists, invalidParameter, type MlflowError, notFound } from '../../errors.js';
import { isGrantedById, type Permission, type ResourceType } from '../permission.js';

/** A grant as callers name it: by whom it is for and by what it is about. */
export interface Named {
  readonly username: string;
  readonly type: string;
  readonly id: string;
}

/** @throws MlflowError 400 for what is granted by roles alone */
export function refuseWorkspace(type: string): void {
  if (type !== 'workspace') return;
  throw invalidParameter(
    "resource_type 'workspace' is not supported by the per-user permission convenience APIs. Use " +
      'set_workspace_permission / delete_workspace_permission for workspace-wide grants.',
  );
}

/** @throws MlflowError 400 for one thing of a kind that is granted all at once */
export function checkAskable(type: ResourceType, id: string): void {
  if (id === '*' || isGrantedById(type)) return;
  throw invalidParameter(
    `resource_type '${type}' is not supported by the per-user permission convenience APIs.`,
  );
}

export const grantExists = ({ username, type, id }: Named): MlflowError =>
  alreadyExists(
    `Permission for user=${username} on resource_type=${type}, resource_id=${id} already exists.`,
  );

export const noGrant = ({ username, type, id }: Named): MlflowError =>
  notFound(
    `Permission for user=${username} on resource_type=${type}, resource_id=${id} not found.`,
  );

/** @returns the experiment and the name that a {@link scorerKey} was made of */
export function parseScorerKey(key: string): { experimentId: string; name: string } {
  const slash = key.indexOf('/');
  const name = key.slice(slash + 1);
  const experimentId = slash === -1 ? '' : key.slice(0, slash);
  try {
    return { experimentId, name: decodeURIComponent(name) };
  } catch {
    // Anybody may have been granted any text.
    return { experimentId, name };
  }
}

/** Clients before 3.17 know no `DENY`. */
export const asShown = (permission: Permission): Permission =>
  permission === 'DENY' ? 'NO_PERMISSIONS' : permission;
