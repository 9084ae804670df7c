import { flag } from './values.js';

export interface RawWorkspaces {
  readonly enableWorkspaces?: boolean | string;
  readonly seedDefaultRoles?: string;
}

export interface WorkspaceConfig {
  /** Whether there may be others than `default`. */
  readonly enabled: boolean;
  /** Whether a new one gets roles for those who administer it and those who use it. */
  readonly seedsRoles: boolean;
}

export const WORKSPACE_ENVIRONMENT = {
  enableWorkspaces: 'MLFLOW_ENABLE_WORKSPACES',
  seedDefaultRoles: 'MLFLOW_RBAC_SEED_DEFAULT_ROLES',
} as const;

/** @throws Error with one sentence for the user */
export const workspaceConfig = (raw: RawWorkspaces): WorkspaceConfig => ({
  enabled: flag('--enable-workspaces', raw.enableWorkspaces, false),
  seedsRoles: flag('MLFLOW_RBAC_SEED_DEFAULT_ROLES', raw.seedDefaultRoles, true),
});
