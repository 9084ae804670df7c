import type { Database, Reader, Transaction } from '../../platform/db/database.js';
import { isHere } from '../../platform/db/workspace.js';
import type { Grant, Permission } from '../permission.js';
import { hiddenRoleOf } from '../roles/roles.js';

/** What was granted to one user alone: a row of the user's hidden role. */
export interface UserGrant {
  readonly id: number;
  readonly resource_type: string;
  readonly resource_pattern: string;
  readonly permission: Permission;
}

const GRANT = 'p.id, p.resource_type, p.resource_pattern, p.permission';
const OF_HIDDEN_ROLE =
  'from role_permissions p join roles r on r.id = p.role_id where r.workspace = ? and r.name = ?';

/** Grants, by whom they are for and by what they are about. */
export class GrantStore {
  readonly #database: Database;
  readonly #ofRolesHere: string;

  constructor(database: Database) {
    this.#database = database;
    this.#ofRolesHere = `role_id in (select r.id from roles r where ${isHere(database, 'r')})`;
  }

  /** @returns what all roles of a user say of one thing, and of the workspace as a whole */
  deciding(reader: Reader, userId: number, type: string, id: string): Promise<Grant[]> {
    return reader.all<Grant>({
      sql:
        'select p.resource_type, p.resource_pattern, p.permission from user_roles u ' +
        'join roles r on r.id = u.role_id join role_permissions p on p.role_id = r.id ' +
        'where u.user_id = ? and r.workspace = ? ' +
        "and (p.resource_type = 'workspace' " +
        "or (p.resource_type = ? and p.resource_pattern in ('*', ?)))",
      bindings: [userId, this.#database.workspace, type, id],
    });
  }

  /** @returns what was granted to one user alone */
  ofUser(reader: Reader, userId: number): Promise<UserGrant[]> {
    return reader.all<UserGrant>({
      sql: `select ${GRANT} ${OF_HIDDEN_ROLE} order by p.id`,
      bindings: [this.#database.workspace, hiddenRoleOf(userId)],
    });
  }

  find(
    reader: Reader,
    userId: number,
    type: string,
    pattern: string,
  ): Promise<UserGrant | undefined> {
    return reader.first<UserGrant>({
      sql: `select ${GRANT} ${OF_HIDDEN_ROLE} and p.resource_type = ? and p.resource_pattern = ?`,
      bindings: [this.#database.workspace, hiddenRoleOf(userId), type, pattern],
    });
  }

  /** Makes the user's hidden role where it is missing. @returns false when there is a grant on this */
  async insert(
    tx: Transaction,
    userId: number,
    type: string,
    pattern: string,
    permission: Permission,
  ): Promise<boolean> {
    const role = await this.hiddenRole(tx, userId);
    const inserted = await tx.run({
      sql:
        'insert into role_permissions (role_id, resource_type, resource_pattern, permission) ' +
        'values (?, ?, ?, ?) on conflict (role_id, resource_type, resource_pattern) do nothing',
      bindings: [role, type, pattern, permission],
    });
    return inserted > 0;
  }

  async set(tx: Transaction, id: number, permission: Permission): Promise<void> {
    const sql = 'update role_permissions set permission = ? where id = ?';
    await tx.run({ sql, bindings: [permission, id] });
  }

  async delete(tx: Transaction, id: number): Promise<void> {
    await tx.run({ sql: 'delete from role_permissions where id = ?', bindings: [id] });
  }

  async deleteHiddenRole(tx: Transaction, userId: number): Promise<void> {
    await tx.run({ sql: 'delete from roles where name = ?', bindings: [hiddenRoleOf(userId)] });
  }

  /** Takes away everybody's grants on one thing. */
  async sweep(tx: Transaction, type: string, id: string): Promise<void> {
    await tx.run({
      sql:
        'delete from role_permissions where resource_type = ? and resource_pattern = ? ' +
        `and ${this.#ofRolesHere}`,
      bindings: [type, id],
    });
  }

  /** Moves everybody's grants on one thing to its new name. */
  async move(tx: Transaction, type: string, from: string, to: string): Promise<void> {
    await tx.run({
      sql:
        'update role_permissions set resource_pattern = ? ' +
        `where resource_type = ? and resource_pattern = ? and ${this.#ofRolesHere}`,
      bindings: [to, type, from],
    });
  }

  /** Takes away all rights that name this very model. */
  async sweepRights(tx: Transaction, model: string): Promise<void> {
    const sql = `delete from role_rights where model_pattern = ? and ${this.#ofRolesHere}`;
    await tx.run({ sql, bindings: [model] });
  }

  /** Moves all rights that name this very model to its new name. */
  async moveRights(tx: Transaction, from: string, to: string): Promise<void> {
    const sql = `update role_rights set model_pattern = ? where model_pattern = ? and ${this.#ofRolesHere}`;
    await tx.run({ sql, bindings: [to, from] });
  }

  /** @returns the key of the role that holds what is granted to one user alone; it is made if need be */
  async hiddenRole(tx: Transaction, userId: number): Promise<number> {
    const name = hiddenRoleOf(userId);
    await tx.run({
      sql: 'insert into roles (workspace, name) values (?, ?) on conflict (workspace, name) do nothing',
      bindings: [this.#database.workspace, name],
    });
    const role = await tx.first<{ id: number }>({
      sql: `select id from roles where workspace = ? and name = ?${this.#database.dialect.forUpdate}`,
      bindings: [this.#database.workspace, name],
    });
    if (role === undefined) throw new Error('A hidden role has no row');
    await tx.run({
      sql:
        "insert into user_roles (user_id, role_id, source) values (?, ?, 'direct') " +
        'on conflict (user_id, role_id) do nothing',
      bindings: [userId, role.id],
    });
    return role.id;
  }
}
