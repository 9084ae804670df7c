import type { OperationTable } from '../../platform/http/operation.js';
import { asker } from '../asker.js';
import { can } from '../permission.js';
import type { RoleWithPermissions } from '../roles/roles.js';
import type { User } from '../users/users.store.js';
import type { GrantService } from './grants.service.js';

type Ids =
  | 'listCurrentUserPermissions'
  | 'listUserPermissions'
  | 'grantUserPermission'
  | 'revokeUserPermission'
  | 'getUserPermission';

const LOGIN = { access: 'login', of: 'server' } as const;

/** What users may do, and what is granted to them. The service decides who may ask. */
export const grantOperations = (service: GrantService): OperationTable<Ids> => ({
  listCurrentUserPermissions: {
    ...LOGIN,
    handler: async (_, call) => toWire(await service.rolesOf(asker(call).name, call)),
  },
  listUserPermissions: {
    ...LOGIN,
    handler: async ({ username }, call) => toWire(await service.rolesOf(username, call)),
  },
  grantUserPermission: {
    ...LOGIN,
    handler: async ({ username, resource_type, resource_id, permission }, call) => {
      const named = { username, type: resource_type, id: resource_id };
      await service.grant(named, permission, call);
      return {};
    },
  },
  revokeUserPermission: {
    ...LOGIN,
    handler: async ({ username, resource_type, resource_id }, call) => {
      await service.revoke({ username, type: resource_type, id: resource_id }, call);
      return {};
    },
  },
  getUserPermission: {
    ...LOGIN,
    handler: async ({ username, resource_type, resource_id }, call) => {
      const named = { username, type: resource_type, id: resource_id };
      const permission = await service.effective(named, call);
      return { allowed: can(permission, 'use'), permission };
    },
  },
});

const toWire = ({
  user,
  roles,
}: {
  readonly user: User;
  readonly roles: readonly RoleWithPermissions[];
}) => ({
  is_admin: user.isAdmin,
  permissions: roles.flatMap((role) =>
    role.permissions.map(({ resource_type, resource_pattern, permission }) => ({
      ...{ role_id: role.id, role_name: role.name, workspace: role.workspace },
      ...{ resource_type, resource_pattern, permission },
    })),
  ),
});
