import type { OperationTable } from '../../platform/http/operation.js';
import type { GrantService } from '../grants/grants.service.js';
import type { RoleWithPermissions } from './roles.js';
import type { RoleService } from './roles.service.js';

type Ids =
  | 'createRole'
  | 'getRole'
  | 'listRoles'
  | 'updateRole'
  | 'deleteRole'
  | 'addRolePermission'
  | 'removeRolePermission'
  | 'listRolePermissions'
  | 'updateRolePermission'
  | 'assignRole'
  | 'unassignRole'
  | 'listRoleUsers'
  | 'listUserRoles';

const LOGIN = { access: 'login', of: 'server' } as const;

/** Roles. What is allowed depends on the role's workspace, so the services decide. */
export const roleOperations = (roles: RoleService, grants: GrantService): OperationTable<Ids> => ({
  createRole: {
    ...LOGIN,
    handler: async ({ name, workspace, description }, call) => ({
      role: toWire(await roles.create(name, workspace, description, call)),
    }),
  },
  getRole: {
    ...LOGIN,
    handler: async ({ role_id }, call) => ({ role: toWire(await roles.get(role_id, call)) }),
  },
  listRoles: {
    ...LOGIN,
    handler: async ({ workspace }, call) => ({
      roles: (await roles.list(workspace, call)).map(toWire),
    }),
  },
  updateRole: {
    ...LOGIN,
    handler: async ({ role_id, name, description }, call) => ({
      role: toWire(await roles.update(role_id, { name, description }, call)),
    }),
  },
  deleteRole: {
    ...LOGIN,
    handler: async ({ role_id }, call) => {
      await roles.delete(role_id, call);
      return {};
    },
  },
  addRolePermission: {
    ...LOGIN,
    handler: async ({ role_id, resource_type, resource_pattern, permission }, call) => {
      const grant = { type: resource_type, pattern: resource_pattern, permission };
      return { role_permission: await roles.addPermission(role_id, grant, call) };
    },
  },
  removeRolePermission: {
    ...LOGIN,
    handler: async ({ role_permission_id }, call) => {
      await roles.removePermission(role_permission_id, call);
      return {};
    },
  },
  listRolePermissions: {
    ...LOGIN,
    handler: async ({ role_id }, call) => ({
      role_permissions: [...(await roles.get(role_id, call)).permissions],
    }),
  },
  updateRolePermission: {
    ...LOGIN,
    handler: async ({ role_permission_id, permission }, call) => ({
      role_permission: await roles.updatePermission(role_permission_id, permission, call),
    }),
  },
  assignRole: {
    ...LOGIN,
    handler: async ({ username, role_id }, call) => ({
      assignment: await roles.assign(username, role_id, call),
    }),
  },
  unassignRole: {
    ...LOGIN,
    handler: async ({ username, role_id }, call) => {
      await roles.unassign(username, role_id, call);
      return {};
    },
  },
  listRoleUsers: {
    ...LOGIN,
    handler: async ({ role_id }, call) => ({ assignments: await roles.usersOf(role_id, call) }),
  },
  listUserRoles: {
    ...LOGIN,
    handler: async ({ username }, call) => ({
      roles: (await grants.rolesOf(username, call)).roles.map(toWire),
    }),
  },
});

export const toWire = ({ id, name, workspace, description, permissions }: RoleWithPermissions) => ({
  ...{ id, name, workspace, description },
  permissions: [...permissions],
});
