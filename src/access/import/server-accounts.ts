import { hiddenRoleOf } from '../roles/roles.js';
import { type Accounts, type ImportedGrant, toGrant } from './accounts.js';

type Told = Readonly<Record<string, unknown>>;

/**
 * Reads accounts, roles and permissions from what a server with roles tells an admin. Nobody is
 * told passwords, so the accounts have none.
 *
 * @param users what `users/list` answers
 * @param roles what `roles/list` answers
 */
export function toAccounts(users: Told, roles: Told): Accounts {
  const left: string[] = [];
  const told = listOf(users.users);
  const hidden = new Map(
    told.map((user) => [hiddenRoleOf(Number(user.id)), textOf(user.username)]),
  );
  const known = listOf(roles.roles).map((role) => ({
    ...{ name: textOf(role.name), workspace: textOf(role.workspace), id: Number(role.id) },
    description: typeof role.description === 'string' ? role.description : null,
    grants: listOf(role.permissions).flatMap((permission): ImportedGrant[] => {
      const type = textOf(permission.resource_type);
      const pattern = textOf(permission.resource_pattern);
      const grant = toGrant(type, pattern, textOf(permission.permission));
      if (grant !== undefined) return [grant];
      left.push(`${textOf(permission.permission)} on ${type} ${pattern}: not known here`);
      return [];
    }),
  }));
  return {
    left,
    users: told.map((user) => ({
      ...{ username: textOf(user.username), passwordHash: null },
      isAdmin: user.is_admin === true,
    })),
    roles: known
      .filter((role) => !hidden.has(role.name))
      .map(({ id, ...role }) => ({
        ...role,
        usernames: told
          .filter((user) => listOf(user.roles).some((each) => Number(each.id) === id))
          .map((user) => textOf(user.username)),
      })),
    grants: known.flatMap(({ name, workspace, grants }) => {
      const username = hidden.get(name);
      if (username === undefined) return [];
      return grants.map((grant) => ({ ...grant, username, workspace }));
    }),
  };
}

const listOf = (value: unknown): readonly Told[] => (Array.isArray(value) ? value : []);
const textOf = (value: unknown): string => (typeof value === 'string' ? value : '');
