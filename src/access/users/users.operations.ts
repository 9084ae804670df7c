import type { Database } from '../../platform/db/database.js';
import type { Workspaced } from '../../platform/db/workspace.js';
import type { OperationTable } from '../../platform/http/operation.js';
import { signedIn } from '../asker.js';
import { asShown, parseScorerKey } from '../grants/grants.js';
import type { GrantService } from '../grants/grants.service.js';
import type { GrantStore, UserGrant } from '../grants/grants.store.js';
import { toWire } from '../roles/roles.operations.js';
import type { UserService } from './users.service.js';
import type { User } from './users.store.js';

type Ids =
  | 'createUser'
  | 'getUser'
  | 'listUsers'
  | 'getCurrentUser'
  | 'updateUserPassword'
  | 'updateUserAdmin'
  | 'deleteUser';

export interface UserOperationParts {
  readonly database: Database;
  readonly users: UserService;
  readonly grants: GrantService;
  readonly grantStore: GrantStore;
}

/** Accounts. What is allowed depends on whose account it is, so the services decide. */
export const userOperations = ({
  database,
  users,
  grants,
  grantStore,
}: UserOperationParts): OperationTable<Ids> => ({
  createUser: {
    access: 'login',
    of: 'server',
    handler: async ({ username, password }, call) => ({
      user: withPermissions(database, await users.create(username, password, call), []),
    }),
  },
  getUser: {
    access: 'login',
    of: 'server',
    handler: async ({ username }, call) => {
      const user = await users.see(username, call);
      const granted = await grantStore.ofUser(database.read, user.id);
      return { user: withPermissions(database, user, granted) };
    },
  },
  listUsers: {
    access: 'login',
    of: 'server',
    handler: async (_, call) => ({
      users: (await grants.everybody(call)).map(({ user, roles }) => ({
        ...plain(user),
        roles: roles.map(toWire),
      })),
    }),
  },
  getCurrentUser: {
    access: 'login',
    of: 'server',
    handler: async (_, call) => {
      const user = await users.find(database.read, signedIn(call).name);
      return { user: plain(user), is_basic_auth: user.passwordHash !== undefined };
    },
  },
  updateUserPassword: {
    access: 'login',
    of: 'server',
    handler: async ({ username, password, current_password }, call) => {
      await users.setPassword(username, password, current_password, call);
      return {};
    },
  },
  updateUserAdmin: {
    access: 'admin',
    of: 'server',
    handler: async ({ username, is_admin }, call) => {
      await users.setAdmin(username, is_admin, call);
      return {};
    },
  },
  deleteUser: {
    access: 'admin',
    of: 'server',
    handler: async ({ username }, call) => {
      await users.delete(username, call);
      return {};
    },
  },
});

const plain = ({ id, username, isAdmin }: User) => ({ id, username, is_admin: isAdmin });

/** With the lists that clients before MLflow 3.17 don't do without. */
function withPermissions({ workspace }: Workspaced, user: User, grants: readonly UserGrant[]) {
  const of = (...types: readonly string[]) =>
    grants
      .filter((grant) => types.includes(grant.resource_type) && grant.resource_pattern !== '*')
      .map((grant) => ({
        key: grant.resource_pattern,
        rest: { user_id: user.id, permission: asShown(grant.permission) },
      }));
  return {
    ...plain(user),
    experiment_permissions: of('experiment').map(({ key, rest }) => ({
      experiment_id: key,
      ...rest,
    })),
    registered_model_permissions: of('registered_model', 'prompt').map(({ key, rest }) => ({
      workspace,
      name: key,
      ...rest,
    })),
    scorer_permissions: of('scorer').map(({ key, rest }) => {
      const { experimentId, name } = parseScorerKey(key);
      return { experiment_id: experimentId, scorer_name: name, ...rest };
    }),
  };
}
