import type { Database } from '../platform/db/database.js';
import type { AccessSlices } from './access.slices.js';
import { entityGrantOperations } from './grants/entity-grants.operations.js';
import { gatewayGrantOperations } from './grants/gateway-grants.operations.js';
import { grantOperations } from './grants/grants.operations.js';
import { modelLevelOperations } from './model-levels/model-levels.operations.js';
import { rightOperations } from './roles/rights.operations.js';
import { roleOperations } from './roles/roles.operations.js';
import { userOperations } from './users/users.operations.js';
import { workspacePermissionOperations } from './workspaces/workspaces.operations.js';

/** MLflow's users, roles and permissions. */
export const accessOperations = (database: Database, slices: AccessSlices) => ({
  ...userOperations({
    database,
    users: slices.users,
    grants: slices.grants,
    grantStore: slices.grantStore,
  }),
  ...roleOperations(slices.roles, slices.grants),
  ...rightOperations(slices.rights),
  ...modelLevelOperations(slices.modelLevels),
  ...grantOperations(slices.grants),
  ...entityGrantOperations(database, slices.entityGrants),
  ...gatewayGrantOperations(slices.entityGrants),
  ...workspacePermissionOperations(slices.workspacePermissions),
});
