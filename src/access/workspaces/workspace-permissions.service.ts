import { notFound } from '../../errors.js';
import type { Database, Reader } from '../../platform/db/database.js';
import type { By, Caller } from '../../platform/http/operation.js';
import type { Trail } from '../../platform/trail.js';
import { asker, forbidden } from '../asker.js';
import type { GrantStore } from '../grants/grants.store.js';
import type { RoleStore } from '../roles/roles.store.js';
import { noUser } from '../users/users.js';
import type { User, UserStore } from '../users/users.store.js';
import { WORKSPACE } from '../workspace.js';
import {
  levelIn,
  parseWorkspaceLevel,
  rowsOf,
  type WorkspaceLevel,
} from './workspace-permissions.js';
import type { WorkspacePermissionStore } from './workspace-permissions.store.js';

export interface WorkspacePermission {
  readonly userId: number;
  readonly level: WorkspaceLevel;
}

export interface WorkspacePermissionServiceParts {
  readonly database: Database;
  readonly store: WorkspacePermissionStore;
  readonly grants: GrantStore;
  readonly roles: RoleStore;
  readonly users: UserStore;
  readonly trail: Trail;
}

/** What users have on the whole of the one workspace, as clients before 3.17 deal with it. */
export class WorkspacePermissionService {
  readonly #parts: WorkspacePermissionServiceParts;

  constructor(parts: WorkspacePermissionServiceParts) {
    this.#parts = parts;
  }

  /** @throws MlflowError 403 unless the caller manages the workspace, 404 for another one */
  async list(workspace: string, by: By): Promise<WorkspacePermission[]> {
    const { database, store } = this.#parts;
    await this.#requireManager(database.read, asker(by));
    if (workspace !== WORKSPACE) return [];
    return [...(await store.all(database.scan))].flatMap(([userId, rows]) => {
      const level = levelIn(rows);
      return level === undefined ? [] : [{ userId, level }];
    });
  }

  /** @throws MlflowError 403 unless it is the caller, or the caller manages the workspace */
  async ofUser(username: string, by: By): Promise<WorkspacePermission[]> {
    const { database, store } = this.#parts;
    const caller = asker(by);
    if (caller.name !== username) await this.#requireManager(database.read, caller);
    const { id: userId } = await this.#user(database.read, username);
    const level = levelIn(await store.ofUser(database.read, userId));
    return level === undefined ? [] : [{ userId, level }];
  }

  /** @throws MlflowError 400 for a level that can't be, 404 for a workspace or somebody unknown */
  async set(
    workspace: string,
    username: string,
    permission: string,
    by: By,
  ): Promise<WorkspacePermission> {
    const { database, store, users, grants } = this.#parts;
    const caller = asker(by);
    await this.#requireManager(database.read, caller);
    requireDefault(workspace);
    const level = parseWorkspaceLevel(permission);
    return database.write(async (tx) => {
      const user = await users.lock(tx, username);
      if (user === undefined) throw noUser(username);
      const before = levelIn(await store.ofUser(tx, user.id));
      await store.replace(tx, await grants.hiddenRole(tx, user.id), rowsOf(level));
      await this.#parts.trail.record(tx, by, {
        action: 'workspace.set_permission',
        object: { kind: 'workspace', id: workspace },
        ...(before === undefined ? {} : { before: { user: username, permission: before } }),
        after: { user: username, permission: level },
      });
      return { userId: user.id, level };
    });
  }

  /** @throws MlflowError 404 for who has nothing on the workspace */
  async delete(workspace: string, username: string, by: By): Promise<void> {
    const { database, store, users, grants } = this.#parts;
    const caller = asker(by);
    await this.#requireManager(database.read, caller);
    requireDefault(workspace);
    await database.write(async (tx) => {
      const user = await users.lock(tx, username);
      if (user === undefined) throw noUser(username);
      const before = levelIn(await store.ofUser(tx, user.id));
      if (before === undefined) {
        throw notFound(
          `Workspace permission with workspace=${workspace} and username=${username} not found`,
        );
      }
      await store.replace(tx, await grants.hiddenRole(tx, user.id), []);
      await this.#parts.trail.record(tx, by, {
        action: 'workspace.delete_permission',
        object: { kind: 'workspace', id: workspace },
        before: { user: username, permission: before },
      });
    });
  }

  async #user(reader: Reader, username: string): Promise<User> {
    const user = await this.#parts.users.find(reader, username);
    if (user === undefined) throw noUser(username);
    return user;
  }

  async #requireManager(reader: Reader, { isAdmin, userId }: Caller): Promise<void> {
    if (isAdmin) return;
    const { roles } = this.#parts;
    const workspaces = userId === undefined ? undefined : await roles.workspacesOf(reader, userId);
    if (workspaces?.get(WORKSPACE) !== true) throw forbidden();
  }
}

function requireDefault(workspace: string): void {
  if (workspace !== WORKSPACE) throw notFound(`Workspace '${workspace}' not found`);
}
