import type { OperationTable } from '../../platform/http/operation.js';
import { noContent } from '../../platform/http/reply.js';
import { can } from '../permission.js';
import type {
  WorkspacePermission,
  WorkspacePermissionService,
} from './workspace-permissions.service.js';

type PermissionIds =
  | 'listWorkspacePermissions'
  | 'setWorkspacePermission'
  | 'deleteWorkspacePermission'
  | 'listUserWorkspacePermissions';

const LOGIN = { access: 'login', of: 'server' } as const;

/** What users have on all of a workspace. */
export const workspacePermissionOperations = (
  service: WorkspacePermissionService,
): OperationTable<PermissionIds> => ({
  listWorkspacePermissions: {
    ...LOGIN,
    handler: async ({ workspace_name }, call) => ({
      permissions: (await service.list(workspace_name, call)).map(toWire),
    }),
  },
  setWorkspacePermission: {
    ...LOGIN,
    handler: async ({ workspace_name, username, permission }, call) => ({
      permission: toWire(await service.set(workspace_name, username, permission, call)),
    }),
  },
  deleteWorkspacePermission: {
    ...LOGIN,
    handler: async ({ workspace_name, username }, call) => {
      await service.delete(workspace_name, username, call);
      // What clients expect, and no other good answer.
      return noContent();
    },
  },
  listUserWorkspacePermissions: {
    ...LOGIN,
    handler: async ({ username }, call) => ({
      permissions: (await service.ofUser(username, call)).map(toWire),
    }),
  },
});

const toWire = ({ workspace, userId, level }: WorkspacePermission) => ({
  workspace,
  user_id: userId,
  permission: level,
  can_use: can(level, 'use'),
});
