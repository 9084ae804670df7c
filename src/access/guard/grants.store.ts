import type { Database, Reader } from '../../platform/db/database.js';
import { isHere, type Workspaced } from '../../platform/db/workspace.js';
import { together } from '../../platform/together.js';
import type { Grant, Permission } from '../permission.js';
import type { Right } from '../rights.js';
import type { Holder } from './holders.store.js';

/** Children of a holder that may have grants of their own, for all of them at once. */
export type ChildKind =
  | 'run'
  | 'trace'
  | 'assessment'
  | 'logged_model'
  | 'registered_model_version'
  | 'prompt_version';

interface GrantRow {
  readonly resource_type: string;
  readonly resource_pattern: string;
  readonly permission: Permission;
}

/** Roles of another workspace say nothing of this one, whatever they are called. */
export const rolesIn = (database: Workspaced): string =>
  `user_roles u join roles r on r.id = u.role_id and ${isHere(database, 'r')}`;

/** What the roles of a user give, as it is stored. */
export class GrantReader {
  readonly #read: Reader;
  readonly #roles: string;

  constructor(database: Pick<Database, 'read' | 'workspace'>) {
    this.#read = database.read;
    this.#roles = rolesIn(database);
  }

  /** @returns the grants of a user that are about a holder, or about all children of a kind */
  async about(userId: number, holder: Holder, child: ChildKind | undefined): Promise<Grant[]> {
    return this.#read.all<GrantRow>({
      sql:
        'select p.resource_type, p.resource_pattern, p.permission ' +
        `from ${this.#roles} join role_permissions p on p.role_id = r.id where u.user_id = ? ` +
        "and ((p.resource_type = ? and p.resource_pattern in (?, '*')) " +
        "or (p.resource_type in (?, 'workspace') and p.resource_pattern = '*'))",
      bindings: [userId, holder.kind, holder.id, child ?? holder.kind],
    });
  }

  /** @returns the names of a user's roles, without the hidden one that holds single grants */
  async rolesOf(userId: number): Promise<string[]> {
    const rows = await this.#read.all<{ name: string }>({
      sql: `select r.name from ${this.#roles} where u.user_id = ? order by r.name`,
      bindings: [userId],
    });
    return rows.map(({ name }) => name).filter((name) => !/^__user_\d+__$/.test(name));
  }

  /** @returns whether one of a user's roles is about the workspace as a whole */
  async isMember(userId: number): Promise<boolean> {
    const row = await this.#read.first({
      sql:
        `select 1 as found from ${this.#roles} join role_permissions p on p.role_id = r.id ` +
        "where u.user_id = ? and p.resource_type = 'workspace' limit 1",
      bindings: [userId],
    });
    return row !== undefined;
  }

  /** @returns the rights beyond MLflow's levels that a user's roles give */
  async rightsOf(userId: number): Promise<Right[]> {
    return this.#read.all<Right>({
      sql:
        'select t.action, t.model_pattern, t.from_stage, t.to_stage, t.alias_pattern ' +
        `from ${this.#roles} join role_rights t on t.role_id = r.id where u.user_id = ?`,
      bindings: [userId],
    });
  }

  /**
   * @returns another text as soon as a user's roles, or what they give on a model, are others; for
   *   whoever decides in a transaction by what was read before it
   */
  async markOf(reader: Reader, userId: number, model: string): Promise<string> {
    const [user, grants, rights] = await together(
      reader.first<{ admin: number }>({
        sql: 'select is_admin as admin from users where id = ?',
        bindings: [userId],
      }),
      reader.all<Record<string, unknown>>({
        sql:
          'select r.name, p.resource_type, p.resource_pattern, p.permission ' +
          `from ${this.#roles} left join role_permissions p on p.role_id = r.id ` +
          "and p.resource_pattern in (?, '*') where u.user_id = ? order by 1, 2, 3, 4",
        bindings: [model, userId],
      }),
      reader.all<Record<string, unknown>>({
        sql:
          'select t.action, t.model_pattern, t.from_stage, t.to_stage, t.alias_pattern ' +
          `from ${this.#roles} join role_rights t on t.role_id = r.id where u.user_id = ? ` +
          'order by 1, 2, 3, 4, 5',
        bindings: [userId],
      }),
    );
    const rows = [...grants, ...rights].map((row) => Object.values(row));
    return JSON.stringify([user?.admin, ...rows], (_, value) =>
      typeof value === 'bigint' ? String(value) : value,
    );
  }
}
