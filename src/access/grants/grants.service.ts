import type { Database, Transaction } from '../../platform/db/database.js';
import type { By, Caller } from '../../platform/http/operation.js';
import type { Trail } from '../../platform/trail.js';
import { asker, forbidden } from '../asker.js';
import type { Levels } from '../levels.js';
import {
  can,
  checkPattern,
  type Permission,
  parseGrantable,
  parseResourceType,
} from '../permission.js';
import { checkPatternLength, type RoleWithPermissions } from '../roles/roles.js';
import type { RoleStore } from '../roles/roles.store.js';
import { noUser } from '../users/users.js';
import type { User, UserStore } from '../users/users.store.js';
import { checkAskable, grantExists, type Named, noGrant, refuseWorkspace } from './grants.js';
import type { GrantStore, UserGrant } from './grants.store.js';

export interface GrantServiceParts {
  readonly database: Database;
  readonly grants: GrantStore;
  readonly users: UserStore;
  readonly roles: RoleStore;
  readonly levels: Levels;
  /** Whether who has no role in the workspace learns of nobody. */
  readonly membersOnly: boolean;
  readonly trail: Trail;
}

/** What is granted to single users, and what users may do after all. */
export class GrantService {
  readonly #parts: GrantServiceParts;

  constructor(parts: GrantServiceParts) {
    this.#parts = parts;
  }

  /**
   * Grants something to a user. Who may manage the thing may.
   *
   * @throws MlflowError 400 when the user was granted anything on it already
   */
  async grant(named: Named, permission: string, by: By): Promise<void> {
    const type = parseNamed(named);
    await this.requireManage(asker(by), named.type, named.id);
    checkPattern(named.id, type);
    checkPatternLength(named.id);
    await this.insert(named, parseGrantable(permission, type), by, () => grantExists(named));
  }

  async revoke(named: Named, by: By): Promise<void> {
    parseNamed(named);
    await this.requireManage(asker(by), named.type, named.id);
    await this.delete(named, by, () => noGrant(named));
  }

  /** @returns what somebody may do with a thing, with all roles and what everybody has */
  async effective(named: Named, by: By): Promise<Permission> {
    const { database, users, levels } = this.#parts;
    const caller = asker(by);
    refuseWorkspace(named.type);
    if (!caller.isAdmin && caller.name !== named.username) {
      await this.#requireWorkspaceManager(caller);
    }
    const user = await users.find(database.read, named.username);
    if (user === undefined) throw noUser(named.username);
    const type = parseResourceType(named.type);
    checkAskable(type, named.id);
    return levels.levelOf(asCaller(user), type, named.id);
  }

  /** @returns the roles of a user, as far as the caller may see them */
  async rolesOf(
    username: string,
    by: By,
  ): Promise<{ readonly user: User; readonly roles: readonly RoleWithPermissions[] }> {
    const { database, users, roles } = this.#parts;
    const caller = asker(by);
    const user = await users.find(database.read, username);
    const sees = await this.#sight(caller);
    if (user === undefined) throw caller.isAdmin ? noUser(username) : forbidden();
    const all = await roles.ofUser(database.read, user.id);
    if (sees === 'all' || caller.name === username) return { user, roles: all };
    const seen = all.filter(({ workspace }) => sees.has(workspace));
    if (seen.length === 0) throw forbidden();
    return { user, roles: seen };
  }

  /** @returns everybody with their roles, as far as the caller may see those */
  async everybody(
    by: By,
  ): Promise<{ readonly user: User; readonly roles: readonly RoleWithPermissions[] }[]> {
    const { database, users, roles } = this.#parts;
    const caller = asker(by);
    await this.#requireMember(caller);
    const sees = await this.#sight(caller);
    const { scan } = database;
    const all = await users.list(scan);
    const byId = new Map((await roles.list(scan, undefined)).map((role) => [role.id, role]));
    const ofUser = new Map<number, RoleWithPermissions[]>(all.map(({ id }) => [id, []]));
    for (const { user_id, role_id } of await roles.assignments(scan)) {
      const role = byId.get(role_id);
      if (role !== undefined) ofUser.get(user_id)?.push(role);
    }
    return all.map((user) => ({
      user,
      roles: (ofUser.get(user.id) ?? []).filter(
        ({ workspace }) => sees === 'all' || user.username === caller.name || sees.has(workspace),
      ),
    }));
  }

  /** @throws MlflowError 403 unless the caller may manage the thing, or all of its kind */
  async requireManage(caller: Caller, type: string, id: string): Promise<void> {
    if (caller.isAdmin) return;
    // Rights on all of a kind are rights that roles give; this must not be the softer way to them.
    if (id === '*') return this.#requireWorkspaceManager(caller);
    const level = await this.#parts.levels.levelOf(caller, type, id);
    if (!can(level, 'manage')) throw forbidden();
  }

  /** Stores a grant. @param exists what to say when there is one */
  insert(named: Named, permission: Permission, by: By, exists: () => Error): Promise<User> {
    const { database, grants } = this.#parts;
    return database.write(async (tx) => {
      const user = await this.#lockUser(tx, named.username);
      if (!(await grants.insert(tx, user.id, named.type, named.id, permission))) throw exists();
      const after = { user: named.username, permission };
      await this.#record(tx, by, 'permission.grant', named, { after });
      return user;
    });
  }

  /** Changes a grant. @param missing what to say when there is none */
  async update(named: Named, permission: Permission, by: By, missing: () => Error): Promise<void> {
    const { database, grants } = this.#parts;
    await database.write(async (tx) => {
      const { user, grant } = await this.#existing(tx, named, missing);
      await grants.set(tx, grant.id, permission);
      await this.#record(tx, by, 'permission.update', named, {
        before: { user: user.username, permission: grant.permission },
        after: { user: user.username, permission },
      });
    });
  }

  /** Takes a grant away. @param missing what to say when there is none */
  async delete(named: Named, by: By, missing: () => Error): Promise<void> {
    const { database, grants } = this.#parts;
    await database.write(async (tx) => {
      const { user, grant } = await this.#existing(tx, named, missing);
      await grants.delete(tx, grant.id);
      const before = { user: user.username, permission: grant.permission };
      await this.#record(tx, by, 'permission.revoke', named, { before });
    });
  }

  async #existing(
    tx: Transaction,
    { username, type, id }: Named,
    missing: () => Error,
  ): Promise<{ readonly user: User; readonly grant: UserGrant }> {
    const user = await this.#lockUser(tx, username);
    const grant = await this.#parts.grants.find(tx, user.id, type, id);
    if (grant === undefined) throw missing();
    return { user, grant };
  }

  async #lockUser(tx: Transaction, username: string): Promise<User> {
    const user = await this.#parts.users.lock(tx, username);
    if (user === undefined) throw noUser(username);
    return user;
  }

  #record(
    tx: Transaction,
    by: By,
    action: string,
    { type, id }: Named,
    change: { readonly before?: unknown; readonly after?: unknown },
  ): Promise<void> {
    return this.#parts.trail.record(tx, by, { action, object: { kind: type, id }, ...change });
  }

  async #requireWorkspaceManager(caller: Caller): Promise<void> {
    const sees = await this.#sight(caller);
    if (sees !== 'all' && !sees.has(this.#parts.database.workspace)) throw forbidden();
  }

  async #requireMember({ isAdmin, userId }: Caller): Promise<void> {
    const { database, roles, membersOnly } = this.#parts;
    if (isAdmin || !membersOnly) return;
    if (userId === undefined) throw forbidden();
    const workspaces = await roles.workspacesOf(database.read, userId);
    if (!workspaces.has(database.workspace)) throw forbidden();
  }

  /** @returns the workspaces whose roles a caller may see of others */
  async #sight({ isAdmin, userId }: Caller): Promise<ReadonlySet<string> | 'all'> {
    if (isAdmin) return 'all';
    if (userId === undefined) return new Set();
    const { database, roles } = this.#parts;
    const workspaces = await roles.workspacesOf(database.read, userId);
    return new Set([...workspaces].filter(([, manages]) => manages).map(([name]) => name));
  }
}

function parseNamed({ type }: Named) {
  refuseWorkspace(type);
  return parseResourceType(type);
}

/** A user as if it were they who ask. */
const asCaller = ({ id, username, isAdmin }: User): Caller => ({
  name: username,
  userId: id,
  isAdmin,
  method: 'password',
});
