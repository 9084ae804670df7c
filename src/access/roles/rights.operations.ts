import type { OperationTable } from '../../platform/http/operation.js';
import type { RightService } from './rights.service.js';

type Ids = 'listRoleRights' | 'addRoleRight' | 'removeRoleRight';

/** The rights of roles. */
export const rightOperations = (rights: RightService): OperationTable<Ids> => ({
  listRoleRights: {
    access: 'audit',
    of: 'server',
    handler: async ({ role_id }) => ({ rights: await rights.list(role_id) }),
  },
  addRoleRight: {
    access: 'admin',
    of: 'server',
    handler: async ({ role_id, ...right }, call) => ({
      right: await rights.add(role_id, right, call),
    }),
  },
  removeRoleRight: {
    access: 'admin',
    of: 'server',
    handler: async ({ role_id, right_id }, call) => {
      await rights.remove(role_id, right_id, call);
      return {};
    },
  },
});
