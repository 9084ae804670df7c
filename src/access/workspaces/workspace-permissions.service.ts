import { notFound } from '../../errors.js';
import type { Database, Reader } from '../../platform/db/database.js';
import type { By, Caller } from '../../platform/http/operation.js';
import type { Trail } from '../../platform/trail.js';
import { asker, forbidden } from '../asker.js';
import type { GrantStore } from '../grants/grants.store.js';
import type { RoleStore } from '../roles/roles.store.js';
import { noUser } from '../users/users.js';
import type { User, UserStore } from '../users/users.store.js';
import {
  levelIn,
  parseWorkspaceLevel,
  rowsOf,
  type WorkspaceLevel,
} from './workspace-permissions.js';
import type { WorkspacePermissionStore } from './workspace-permissions.store.js';

export interface WorkspacePermission {
  readonly workspace: string;
  readonly userId: number;
  readonly level: WorkspaceLevel;
}

export interface WorkspacePermissionServiceParts {
  readonly database: Database;
  readonly store: WorkspacePermissionStore;
  readonly roles: RoleStore;
  readonly users: UserStore;
  readonly trail: Trail;
  readonly grantsIn: (workspace: string) => GrantStore;
  /** Whether there is such a workspace. */
  readonly exists: (reader: Reader, workspace: string) => Promise<boolean>;
}

/** What users have on the whole of a workspace, as clients before 3.17 deal with it. */
export class WorkspacePermissionService {
  readonly #parts: WorkspacePermissionServiceParts;

  constructor(parts: WorkspacePermissionServiceParts) {
    this.#parts = parts;
  }

  /** @throws MlflowError 403 unless the caller manages the workspace */
  async list(workspace: string, by: By): Promise<WorkspacePermission[]> {
    const { database, store } = this.#parts;
    this.#requireManager(await this.#managed(database.read, asker(by)), workspace);
    return [...(await store.all(database.scan, workspace))].flatMap(([userId, rows]) => {
      const level = levelIn(rows);
      return level === undefined ? [] : [{ workspace, userId, level }];
    });
  }

  /** @throws MlflowError 403 unless it is the caller, or the caller manages a workspace */
  async ofUser(username: string, by: By): Promise<WorkspacePermission[]> {
    const { database, store } = this.#parts;
    const caller = asker(by);
    const isOwn = caller.name === username;
    const managed = isOwn ? 'all' : await this.#managed(database.read, caller);
    if (managed !== 'all' && managed.size === 0) throw forbidden();
    const { id: userId } = await this.#user(database.read, username);
    return [...(await store.ofUser(database.read, userId))].flatMap(([workspace, rows]) => {
      const level = levelIn(rows);
      const isSeen = managed === 'all' || managed.has(workspace);
      return level === undefined || !isSeen ? [] : [{ workspace, userId, level }];
    });
  }

  /** @throws MlflowError 400 for a level that can't be, 404 for a workspace or somebody unknown */
  async set(
    workspace: string,
    username: string,
    permission: string,
    by: By,
  ): Promise<WorkspacePermission> {
    const { database, store, users, grantsIn, exists } = this.#parts;
    this.#requireManager(await this.#managed(database.read, asker(by)), workspace);
    const level = parseWorkspaceLevel(permission);
    return database.write(async (tx) => {
      if (!(await exists(tx, workspace))) throw noWorkspace(workspace);
      const user = await users.lock(tx, username);
      if (user === undefined) throw noUser(username);
      const before = levelIn((await store.ofUser(tx, user.id)).get(workspace) ?? []);
      await store.replace(tx, await grantsIn(workspace).hiddenRole(tx, user.id), rowsOf(level));
      await this.#parts.trail.record(tx, by, {
        action: 'workspace.set_permission',
        object: { kind: 'workspace', id: workspace },
        ...(before === undefined ? {} : { before: { user: username, permission: before } }),
        after: { user: username, permission: level },
      });
      return { workspace, userId: user.id, level };
    });
  }

  /** @throws MlflowError 404 for who has nothing on the workspace */
  async delete(workspace: string, username: string, by: By): Promise<void> {
    const { database, store, users, grantsIn, exists } = this.#parts;
    this.#requireManager(await this.#managed(database.read, asker(by)), workspace);
    await database.write(async (tx) => {
      if (!(await exists(tx, workspace))) throw noWorkspace(workspace);
      const user = await users.lock(tx, username);
      if (user === undefined) throw noUser(username);
      const before = levelIn((await store.ofUser(tx, user.id)).get(workspace) ?? []);
      if (before === undefined) {
        throw notFound(
          `Workspace permission with workspace=${workspace} and username=${username} not found`,
        );
      }
      await store.replace(tx, await grantsIn(workspace).hiddenRole(tx, user.id), []);
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

  /** @returns the workspaces that a caller manages */
  async #managed(
    reader: Reader,
    { isAdmin, userId }: Caller,
  ): Promise<ReadonlySet<string> | 'all'> {
    if (isAdmin) return 'all';
    if (userId === undefined) return new Set();
    const workspaces = await this.#parts.roles.workspacesOf(reader, userId);
    return new Set([...workspaces].filter(([, manages]) => manages).map(([name]) => name));
  }

  #requireManager(managed: ReadonlySet<string> | 'all', workspace: string): void {
    if (managed !== 'all' && !managed.has(workspace)) throw forbidden();
  }
}

const noWorkspace = (name: string) => notFound(`Workspace '${name}' not found`);
