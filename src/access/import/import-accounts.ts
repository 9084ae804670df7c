import type { Clock } from '../../platform/clock.js';
import type { Database, Transaction } from '../../platform/db/database.js';
import type { By } from '../../platform/http/operation.js';
import type { Trail } from '../../platform/trail.js';
import type { GrantStore } from '../grants/grants.store.js';
import { checkRoleName } from '../roles/roles.js';
import type { RoleStore } from '../roles/roles.store.js';
import { checkUsername } from '../users/users.js';
import type { UserStore } from '../users/users.store.js';
import type { Accounts, ImportedRole } from './accounts.js';

export interface ImportParts {
  readonly database: Database;
  readonly users: UserStore;
  readonly roles: RoleStore;
  /** What is granted to single users in a workspace. */
  readonly grantsIn: (workspace: string) => GrantStore;
  readonly trail: Trail;
  readonly now: Clock;
}

/** What an import has added; what was there already is not counted. */
export interface Imported {
  readonly users: number;
  readonly roles: number;
  readonly permissions: number;
  readonly assignments: number;
  readonly left: readonly string[];
}

/**
 * Adds accounts, roles and permissions, all of them or none. What is there already stays as it
 * is: passwords that were changed here, and permissions. So it may be run again.
 */
export function importAccounts(parts: ImportParts, accounts: Accounts, by: By): Promise<Imported> {
  const { database, users, grantsIn, trail, now } = parts;
  return database.write(async (tx) => {
    const count = { users: 0, roles: 0, permissions: 0, assignments: 0 };
    const left = [...accounts.left];
    const ids = new Map<string, number>();
    for (const { username, passwordHash, isAdmin } of accounts.users) {
      const refused = refusal(() => checkUsername(username));
      if (refused !== undefined) {
        left.push(`user ${JSON.stringify(username)}: ${refused}`);
        continue;
      }
      const known = await users.find(tx, username);
      const user =
        known ?? (await users.insert(tx, { username, passwordHash, isAdmin, now: now() }));
      if (known === undefined) count.users += 1;
      ids.set(username, user.id);
    }
    for (const role of accounts.roles) {
      const refused = refusal(() => checkRoleName(role.name));
      if (refused !== undefined) {
        left.push(`role ${JSON.stringify(role.name)}: ${refused}`);
        continue;
      }
      const added = await addRole(tx, parts, role, ids);
      count.roles += added.roles;
      count.permissions += added.permissions;
      count.assignments += added.assignments;
    }
    for (const { username, workspace, type, pattern, permission } of accounts.grants) {
      const id = ids.get(username);
      if (id === undefined) continue;
      if (await grantsIn(workspace).insert(tx, id, type, pattern, permission))
        count.permissions += 1;
    }
    const object = { kind: 'server', id: 'accounts' };
    await trail.record(tx, by, { action: 'user.import', object, after: count });
    return { ...count, left };
  });
}

async function addRole(
  tx: Transaction,
  { roles }: ImportParts,
  { workspace, name, description, grants, usernames }: ImportedRole,
  ids: ReadonlyMap<string, number>,
): Promise<{ roles: number; permissions: number; assignments: number }> {
  const count = { roles: 0, permissions: 0, assignments: 0 };
  const made = await roles.insert(tx, { workspace, name, description });
  const role = made ?? (await roles.findByName(tx, workspace, name));
  if (role === undefined) throw new Error(`The role ${name} has no row`);
  if (made !== undefined) count.roles += 1;
  for (const { type, pattern, permission } of grants) {
    const added = await roles.insertPermission(tx, {
      ...{ role_id: role.id, resource_type: type, resource_pattern: pattern, permission },
    });
    if (added !== undefined) count.permissions += 1;
  }
  for (const username of usernames) {
    const id = ids.get(username);
    if (id !== undefined && (await roles.assign(tx, id, role.id)) !== undefined) {
      count.assignments += 1;
    }
  }
  return count;
}

/** @returns why something is refused, if it is */
function refusal(check: () => void): string | undefined {
  try {
    check();
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
