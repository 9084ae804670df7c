import type { Database, Transaction } from '../../platform/db/database.js';
import type { By } from '../../platform/http/operation.js';
import type { Trail } from '../../platform/trail.js';
import { AT_THE_START, asker, forbidden } from '../asker.js';
import { insertBuiltInRoles } from '../roles/built-in-roles.js';
import type { RightStore } from '../roles/rights.store.js';
import type { RoleStore } from '../roles/roles.store.js';

export interface WorkspaceRoleParts {
  readonly database: Database;
  readonly roles: RoleStore;
  readonly rights: RightStore;
  readonly trail: Trail;
  /** Whether a new workspace gets roles at all. */
  readonly seeds: boolean;
  /** Whether it gets the roles of governance too: where people sign in. */
  readonly builtIn: boolean;
}

/** What every new workspace has. Source: semantics-registry 8, roles. */
const SEEDED = [
  { name: 'admin', permission: 'MANAGE', description: 'Manages the workspace and all in it' },
  { name: 'user', permission: 'USE', description: 'Makes things in the workspace' },
] as const;

/** Who may do what with workspaces, and the roles that come and go with them. */
export class WorkspaceRoles {
  readonly #parts: WorkspaceRoleParts;

  constructor(parts: WorkspaceRoleParts) {
    this.#parts = parts;
  }

  async created(tx: Transaction, workspace: string): Promise<void> {
    const { roles, rights, trail, seeds, builtIn } = this.#parts;
    if (seeds) await this.#seed(tx, workspace);
    if (builtIn) await insertBuiltInRoles(tx, workspace, { roles, rights, trail });
  }

  async #seed(tx: Transaction, workspace: string): Promise<void> {
    const { roles, trail } = this.#parts;
    for (const { name, permission, description } of SEEDED) {
      const role = await roles.insert(tx, { name, workspace, description });
      if (role === undefined) continue;
      await roles.insertPermission(tx, {
        ...{ role_id: role.id, resource_type: 'workspace', resource_pattern: '*', permission },
      });
      await trail.record(tx, AT_THE_START, {
        action: 'role.create',
        object: { kind: 'role', id: String(role.id) },
        after: { name, workspace, description },
      });
    }
  }

  /** Nobody has anything in a workspace that is gone, or in the next one of its name. */
  deleted(tx: Transaction, workspace: string): Promise<void> {
    return this.#parts.roles.deleteOf(tx, workspace);
  }

  /** @returns those of the workspaces that somebody has a role in */
  async visible(names: readonly string[], { caller }: By): Promise<ReadonlySet<string>> {
    const { database, roles } = this.#parts;
    if (caller.isAdmin || caller.userId === undefined) return new Set(names);
    const own = await roles.workspacesOf(database.read, caller.userId);
    return new Set(names.filter((name) => own.has(name)));
  }

  /** @throws MlflowError 403 for who does not manage it */
  async requireManager(name: string, by: By): Promise<void> {
    if (by.caller.isAdmin) return;
    const { userId } = asker(by);
    const { database, roles } = this.#parts;
    const own = userId === undefined ? undefined : await roles.workspacesOf(database.read, userId);
    if (own?.get(name) !== true) throw forbidden();
  }
}
