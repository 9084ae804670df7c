import { alreadyExists, badRequest, invalidParameter, notFound } from '../../errors.js';
import type { Database, Reader, Transaction } from '../../platform/db/database.js';
import type { By, Caller } from '../../platform/http/operation.js';
import type { Deed, Trail } from '../../platform/trail.js';
import { asker, forbidden } from '../asker.js';
import { checkPattern, parseGrantable, parseResourceType } from '../permission.js';
import { noUser } from '../users/users.js';
import type { User, UserStore } from '../users/users.store.js';
import {
  type Assignment,
  checkDescription,
  checkPatternLength,
  checkRoleName,
  checkWorkspace,
  isHidden,
  noRole,
  noRolePermission,
  type Role,
  type RolePermission,
  type RoleWithPermissions,
  roleExists,
} from './roles.js';
import type { RoleStore } from './roles.store.js';

export interface RoleServiceParts {
  readonly database: Database;
  readonly roles: RoleStore;
  readonly users: UserStore;
  readonly trail: Trail;
}

type Id = number | bigint;

/** Roles: admins change all, who manages a workspace those of it. */
export class RoleService {
  readonly #parts: RoleServiceParts;

  constructor(parts: RoleServiceParts) {
    this.#parts = parts;
  }

  async create(
    name: string,
    workspace: string,
    description: string | undefined,
    by: By,
  ): Promise<RoleWithPermissions> {
    const { database, roles } = this.#parts;
    await this.#requireManager(database.read, asker(by), workspace);
    checkRoleName(name);
    checkWorkspace(workspace);
    if (description !== undefined) checkDescription(description);
    return database.write(async (tx) => {
      const role = await roles.insert(tx, { name, workspace, description: description ?? null });
      if (role === undefined) throw roleExists(name, workspace);
      await this.#record(tx, by, {
        action: 'role.create',
        object: thing(role),
        after: plain(role),
      });
      return { ...role, permissions: [] };
    });
  }

  /** @throws MlflowError 404 when there is no such role; 403 for who may not see it */
  async get(id: Id, by: By): Promise<RoleWithPermissions> {
    const { database, roles } = this.#parts;
    const role = await roles.find(database.read, id);
    await this.#requireMember(database.read, asker(by), role?.workspace);
    if (role === undefined) throw noRole(id);
    const [found] = await roles.withPermissions(database.read, [role]);
    if (found === undefined) throw noRole(id);
    return found;
  }

  /** @param workspaces undefined for the roles of all, which is for admins */
  async list(workspaces: readonly string[] | undefined, by: By): Promise<RoleWithPermissions[]> {
    const { database, roles } = this.#parts;
    const caller = asker(by);
    if (workspaces?.some((each) => each.trim() === '')) {
      throw invalidParameter("Parameter 'workspace' must be a non-empty string when provided.");
    }
    if (!caller.isAdmin) {
      const own = await this.#workspacesOf(database.read, caller);
      if (workspaces === undefined || !workspaces.every((each) => own.has(each))) throw forbidden();
    }
    return roles.list(database.scan, workspaces);
  }

  async update(
    id: Id,
    change: { readonly name?: string | undefined; readonly description?: string | undefined },
    by: By,
  ): Promise<RoleWithPermissions> {
    const { database, roles } = this.#parts;
    const caller = asker(by);
    const { name, description } = change;
    return database.write(async (tx) => {
      const before = await this.#managed(tx, caller, id);
      if (name === undefined && description === undefined) {
        throw invalidParameter(
          "At least one of 'name' or 'description' must be provided to update a role.",
        );
      }
      if (name !== undefined) {
        checkRoleName(name);
        if (isHidden(before)) throw ofOneUser(before);
      }
      if (description !== undefined) checkDescription(description);
      const after: Role = {
        ...before,
        name: name ?? before.name,
        description: description ?? before.description,
      };
      if (await roles.isTaken(tx, after)) {
        throw alreadyExists(
          `Role with name=${after.name} already exists in workspace=${after.workspace}`,
        );
      }
      await roles.update(tx, after);
      const changed = { before: plain(before), after: plain(after) };
      await this.#record(tx, by, { action: 'role.update', object: thing(before), ...changed });
      const [found] = await roles.withPermissions(tx, [after]);
      return found ?? { ...after, permissions: [] };
    });
  }

  async delete(id: Id, by: By): Promise<void> {
    const { database, roles } = this.#parts;
    const caller = asker(by);
    await database.write(async (tx) => {
      const role = await this.#managed(tx, caller, id);
      const [before] = await roles.withPermissions(tx, [role]);
      await roles.delete(tx, role.id);
      await this.#record(tx, by, {
        action: 'role.delete',
        object: thing(role),
        before: { ...plain(role), permissions: before?.permissions ?? [] },
      });
    });
  }

  async addPermission(
    roleId: Id,
    grant: { readonly type: string; readonly pattern: string; readonly permission: string },
    by: By,
  ): Promise<RolePermission> {
    const { database, roles } = this.#parts;
    const caller = asker(by);
    return database.write(async (tx) => {
      const role = await this.#managed(tx, caller, roleId);
      const type = parseResourceType(grant.type);
      checkPattern(grant.pattern, type);
      checkPatternLength(grant.pattern);
      const added = await roles.insertPermission(tx, {
        role_id: role.id,
        resource_type: type,
        resource_pattern: grant.pattern,
        permission: parseGrantable(grant.permission, type),
      });
      if (added === undefined) {
        throw alreadyExists(
          `Role permission (role_id=${role.id}, resource_type=${type}, ` +
            `resource_pattern=${grant.pattern}) already exists.`,
        );
      }
      const deed = { action: 'role.add_permission', object: thing(role), after: added };
      await this.#record(tx, by, deed);
      return added;
    });
  }

  async removePermission(id: Id, by: By): Promise<void> {
    const caller = asker(by);
    await this.#parts.database.write(async (tx) => {
      const [role, before] = await this.#managedPermission(tx, caller, id);
      await this.#parts.roles.deletePermission(tx, before.id);
      await this.#record(tx, by, { action: 'role.remove_permission', object: thing(role), before });
    });
  }

  async updatePermission(id: Id, permission: string, by: By): Promise<RolePermission> {
    const caller = asker(by);
    return this.#parts.database.write(async (tx) => {
      const [role, before] = await this.#managedPermission(tx, caller, id);
      const type = parseResourceType(before.resource_type);
      const after = { ...before, permission: parseGrantable(permission, type) };
      await this.#parts.roles.setPermission(tx, before.id, after.permission);
      const deed = { action: 'role.update_permission', object: thing(role), before, after };
      await this.#record(tx, by, deed);
      return after;
    });
  }

  async assign(username: string, roleId: Id, by: By): Promise<Assignment> {
    const { database, roles } = this.#parts;
    const caller = asker(by);
    return database.write(async (tx) => {
      const [role, user] = await this.#pair(tx, caller, username, roleId);
      const assignment = await roles.assign(tx, user.id, role.id);
      if (assignment === undefined) {
        throw alreadyExists(
          `User role assignment (user_id=${user.id}, role_id=${role.id}) already exists`,
        );
      }
      const after = { user: username };
      await this.#record(tx, by, { action: 'role.assign', object: thing(role), after });
      return assignment;
    });
  }

  async unassign(username: string, roleId: Id, by: By): Promise<void> {
    const { database, roles } = this.#parts;
    const caller = asker(by);
    await database.write(async (tx) => {
      const [role, user] = await this.#pair(tx, caller, username, roleId);
      if (!(await roles.unassign(tx, user.id, role.id))) {
        throw notFound(`User role assignment (user_id=${user.id}, role_id=${role.id}) not found`);
      }
      const before = { user: username };
      await this.#record(tx, by, { action: 'role.unassign', object: thing(role), before });
    });
  }

  /** @returns who has a role, for those who may change it */
  async usersOf(roleId: Id, by: By): Promise<Assignment[]> {
    const { database, roles } = this.#parts;
    const caller = asker(by);
    const role = await roles.find(database.read, roleId);
    if (role === undefined) throw caller.isAdmin ? noRole(roleId) : forbidden();
    await this.#requireManager(database.read, caller, role.workspace);
    return roles.usersOf(database.scan, role.id);
  }

  /** @throws MlflowError 403 unless the caller is an admin or manages the workspace */
  async #requireManager(reader: Reader, caller: Caller, workspace: string): Promise<void> {
    if (caller.isAdmin) return;
    if ((await this.#workspacesOf(reader, caller)).get(workspace) !== true) throw forbidden();
  }

  async #requireMember(reader: Reader, caller: Caller, workspace = ''): Promise<void> {
    if (caller.isAdmin) return;
    if (!(await this.#workspacesOf(reader, caller)).has(workspace)) throw forbidden();
  }

  async #workspacesOf(reader: Reader, { userId }: Caller): Promise<ReadonlyMap<string, boolean>> {
    return userId === undefined ? new Map() : this.#parts.roles.workspacesOf(reader, userId);
  }

  /** A role for somebody who may change it; who may not does not hear whether there is one. */
  async #managed(tx: Transaction, caller: Caller, id: Id): Promise<Role> {
    const role = await this.#parts.roles.lock(tx, id);
    if (role === undefined) throw caller.isAdmin ? noRole(id) : forbidden();
    await this.#requireManager(tx, caller, role.workspace);
    return role;
  }

  async #managedPermission(
    tx: Transaction,
    caller: Caller,
    id: Id,
  ): Promise<[Role, RolePermission]> {
    const permission = await this.#parts.roles.findPermission(tx, id);
    if (permission === undefined) throw caller.isAdmin ? noRolePermission(id) : forbidden();
    return [await this.#managed(tx, caller, permission.role_id), permission];
  }

  async #pair(tx: Transaction, caller: Caller, username: string, id: Id): Promise<[Role, User]> {
    const user = await this.#parts.users.lock(tx, username);
    if (user === undefined && caller.isAdmin) throw noUser(username);
    const role = await this.#managed(tx, caller, id);
    if (user === undefined) throw noUser(username);
    if (isHidden(role)) throw ofOneUser(role);
    return [role, user];
  }

  #record(tx: Transaction, by: By, deed: Deed): Promise<void> {
    return this.#parts.trail.record(tx, by, deed);
  }
}

const thing = ({ id }: Role) => ({ kind: 'role', id: String(id) });
const plain = ({ name, workspace, description }: Role) => ({ name, workspace, description });

const ofOneUser = ({ name }: Role) =>
  badRequest(
    `Role ${name} holds what is granted to one user alone; it can't be given on or renamed.`,
  );
