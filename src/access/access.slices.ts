import type { Clock } from '../platform/clock.js';
import type { Database, Reader } from '../platform/db/database.js';
import { DEFAULT_WORKSPACE, inWorkspace } from '../platform/db/workspace.js';
import type { Trail } from '../platform/trail.js';
import { EntityGrantService, type ModelKinds } from './grants/entity-grants.service.js';
import { GrantLevels } from './grants/grant-levels.js';
import { GrantService } from './grants/grants.service.js';
import { GrantStore } from './grants/grants.store.js';
import { GrantingOwners } from './grants/owners.js';
import type { Levels } from './levels.js';
import { ModelLevelService } from './model-levels/model-levels.service.js';
import { ModelLevelStore } from './model-levels/model-levels.store.js';
import type { Permission } from './permission.js';
import { RightService } from './roles/rights.service.js';
import { RightStore } from './roles/rights.store.js';
import { RoleService } from './roles/roles.service.js';
import { RoleStore } from './roles/roles.store.js';
import { PasswordChecks } from './sign-in/password-checks.js';
import { SignInStore } from './sign-in/sign-in.store.js';
import type { SignInWatch } from './sign-in/sign-in-watch.js';
import { UserService } from './users/users.service.js';
import { UserStore } from './users/users.store.js';
import { WorkspacePermissionService } from './workspaces/workspace-permissions.service.js';
import { WorkspacePermissionStore } from './workspaces/workspace-permissions.store.js';

export interface AccessParts {
  readonly database: Database;
  readonly now: Clock;
  readonly trail: Trail;
  readonly models: ModelKinds;
  /** What everybody who signs in has on everything. */
  readonly defaultPermission: Permission;
  /** Whether there is such a workspace; by default there is only one. */
  readonly workspaceExists?: (reader: Reader, workspace: string) => Promise<boolean>;
  /** Whether who has no role in a workspace has nothing to do with it. */
  readonly membersOnly?: boolean;
  /** What lets requests in; by default grants on the thing itself. */
  readonly levels?: Levels;
  /** Is told of wrong passwords. */
  readonly watch?: SignInWatch;
}

export type AccessSlices = ReturnType<typeof accessSlices>;

/** Users, roles, permissions, and who owns what. */
export function accessSlices({
  database,
  now,
  trail,
  models,
  defaultPermission,
  workspaceExists = async (_, workspace) => workspace === DEFAULT_WORKSPACE,
  membersOnly = false,
  levels: given,
  watch,
}: AccessParts) {
  const userStore = new UserStore(database);
  const roleStore = new RoleStore(database);
  const grantStore = new GrantStore(database);
  const levels = given ?? new GrantLevels(database, grantStore, defaultPermission);
  const stores = { users: userStore, roles: roleStore, grants: grantStore };
  const grants = new GrantService({ ...{ database, levels, trail, membersOnly }, ...stores });
  return {
    ...{ userStore, roleStore, grantStore, levels, grants },
    users: new UserService({
      ...{ database, trail, now },
      ...stores,
      passwords: new PasswordChecks(database, new SignInStore(database), now, watch),
    }),
    rights: new RightService({
      ...{ database, trail },
      roles: roleStore,
      rights: new RightStore(),
    }),
    roles: new RoleService({ ...{ database, trail }, ...stores }),
    entityGrants: new EntityGrantService({ ...{ database, models, service: grants }, ...stores }),
    modelLevels: new ModelLevelService({
      ...{ database, models, trail, store: new ModelLevelStore(database) },
      ...stores,
    }),
    workspacePermissions: new WorkspacePermissionService({
      ...{ database, trail, store: new WorkspacePermissionStore() },
      ...{ users: userStore, roles: roleStore, exists: workspaceExists },
      grantsIn: (workspace) => new GrantStore(inWorkspace(database, workspace)),
    }),
    owners: new GrantingOwners(grantStore, trail),
  };
}
