import type { Database, Reader, Transaction } from '../../platform/db/database.js';
import {
  type Assignment,
  hiddenRoleOf,
  type Role,
  type RolePermission,
  type RoleWithPermissions,
} from './roles.js';

const ROLE = 'r.id, r.name, r.workspace, r.description';
const PERMISSION = 'id, role_id, resource_type, resource_pattern, permission';
/** A surrogate key can't be larger; a larger one that is asked for is of nothing. */
const MAX_ID = 2n ** 63n - 1n;

/** Roles, their permissions and who has them. */
export class RoleStore {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  async find(reader: Reader, id: number | bigint): Promise<Role | undefined> {
    if (!isKey(id)) return undefined;
    return reader.first<Role>({ sql: `select ${ROLE} from roles r where id = ?`, bindings: [id] });
  }

  findByName(reader: Reader, workspace: string, name: string): Promise<Role | undefined> {
    const sql = `select ${ROLE} from roles r where workspace = ? and name = ?`;
    return reader.first<Role>({ sql, bindings: [workspace, name] });
  }

  /** The same as {@link find}, held until the transaction ends. */
  async lock(tx: Transaction, id: number | bigint): Promise<Role | undefined> {
    if (!isKey(id)) return undefined;
    const sql = `select ${ROLE} from roles r where id = ?${this.#database.dialect.forUpdate}`;
    return tx.first<Role>({ sql, bindings: [id] });
  }

  /** @param workspaces undefined for the roles of all */
  async list(
    reader: Reader,
    workspaces: readonly string[] | undefined,
  ): Promise<RoleWithPermissions[]> {
    const among = workspaces && this.#database.dialect.isOneOfText('r.workspace', workspaces);
    const roles = await reader.all<Role>({
      sql: `select ${ROLE} from roles r ${among ? `where ${among.sql} ` : ''}order by r.id`,
      bindings: among?.bindings ?? [],
    });
    return this.withPermissions(reader, roles);
  }

  async ofUser(reader: Reader, userId: number): Promise<RoleWithPermissions[]> {
    const roles = await reader.all<Role>({
      sql:
        `select ${ROLE} from roles r join user_roles u on u.role_id = r.id ` +
        'where u.user_id = ? order by r.id',
      bindings: [userId],
    });
    return this.withPermissions(reader, roles);
  }

  async withPermissions(reader: Reader, roles: readonly Role[]): Promise<RoleWithPermissions[]> {
    if (roles.length === 0) return [];
    const among = this.#database.dialect.isOneOf(
      'role_id',
      roles.map(({ id }) => id),
    );
    const rows = await reader.all<RolePermission>({
      sql: `select ${PERMISSION} from role_permissions where ${among.sql} order by id`,
      bindings: among.bindings,
    });
    const byRole = groupByRole(rows);
    return roles.map((role) => ({ ...role, permissions: byRole.get(role.id) ?? [] }));
  }

  /** @returns undefined when the name is taken */
  insert(
    tx: Transaction,
    role: { name: string; workspace: string; description: string | null },
  ): Promise<Role | undefined> {
    return tx.first<Role>({
      sql:
        'insert into roles (workspace, name, description) values (?, ?, ?) ' +
        'on conflict (workspace, name) do nothing returning id, name, workspace, description',
      bindings: [role.workspace, role.name, role.description],
    });
  }

  async isTaken(reader: Reader, { id, name, workspace }: Role): Promise<boolean> {
    const sql = 'select id from roles where workspace = ? and name = ? and id <> ?';
    return (await reader.first({ sql, bindings: [workspace, name, id] })) !== undefined;
  }

  async update(tx: Transaction, { id, name, description }: Role): Promise<void> {
    await tx.run({
      sql: 'update roles set name = ?, description = ? where id = ?',
      bindings: [name, description, id],
    });
  }

  async delete(tx: Transaction, id: number): Promise<void> {
    await tx.run({ sql: 'delete from roles where id = ?', bindings: [id] });
  }

  async findPermission(reader: Reader, id: number | bigint): Promise<RolePermission | undefined> {
    if (!isKey(id)) return undefined;
    const sql = `select ${PERMISSION} from role_permissions where id = ?`;
    return reader.first<RolePermission>({ sql, bindings: [id] });
  }

  /** @returns undefined when the role has one on this already */
  insertPermission(
    tx: Transaction,
    given: Omit<RolePermission, 'id'>,
  ): Promise<RolePermission | undefined> {
    return tx.first<RolePermission>({
      sql:
        'insert into role_permissions (role_id, resource_type, resource_pattern, permission) ' +
        'values (?, ?, ?, ?) on conflict (role_id, resource_type, resource_pattern) do nothing ' +
        `returning ${PERMISSION}`,
      bindings: [given.role_id, given.resource_type, given.resource_pattern, given.permission],
    });
  }

  async setPermission(tx: Transaction, id: number, permission: string): Promise<void> {
    const sql = 'update role_permissions set permission = ? where id = ?';
    await tx.run({ sql, bindings: [permission, id] });
  }

  async deletePermission(tx: Transaction, id: number): Promise<void> {
    await tx.run({ sql: 'delete from role_permissions where id = ?', bindings: [id] });
  }

  /** @returns undefined when the user has the role already */
  assign(
    tx: Transaction,
    userId: number,
    roleId: number,
    source = 'direct',
  ): Promise<Assignment | undefined> {
    return tx.first<Assignment>({
      sql:
        'insert into user_roles (user_id, role_id, source) values (?, ?, ?) ' +
        'on conflict (user_id, role_id) do nothing returning id, user_id, role_id',
      bindings: [userId, roleId, source],
    });
  }

  /** @returns whether the user had the role */
  async unassign(tx: Transaction, userId: number, roleId: number): Promise<boolean> {
    const sql = 'delete from user_roles where user_id = ? and role_id = ?';
    return (await tx.run({ sql, bindings: [userId, roleId] })) > 0;
  }

  usersOf(reader: Reader, roleId: number): Promise<Assignment[]> {
    return reader.all<Assignment>({
      sql: 'select id, user_id, role_id from user_roles where role_id = ? order by id',
      bindings: [roleId],
    });
  }

  /** Who has which role, of everybody. */
  assignments(reader: Reader): Promise<Assignment[]> {
    const sql = 'select id, user_id, role_id from user_roles order by role_id';
    return reader.all<Assignment>({ sql, bindings: [] });
  }

  /** Deletes all roles of a workspace, the hidden ones included. */
  async deleteOf(tx: Transaction, workspace: string): Promise<void> {
    await tx.run({ sql: 'delete from roles where workspace = ?', bindings: [workspace] });
  }

  /** @returns the workspaces that a user has a role in, and whether one lets manage it */
  async workspacesOf(reader: Reader, userId: number): Promise<ReadonlyMap<string, boolean>> {
    const rows = await reader.all<{ workspace: string; manages: number }>({
      sql:
        'select r.workspace, max(case when p.id is null then 0 else 1 end) as manages ' +
        'from user_roles u join roles r on r.id = u.role_id ' +
        'left join role_permissions p on p.role_id = r.id ' +
        "and p.resource_type = 'workspace' and p.permission = 'MANAGE' " +
        // The role of single grants stays when the last of them is taken away.
        'where u.user_id = ? and (r.name <> ? or exists ' +
        '(select 1 from role_permissions any_one where any_one.role_id = r.id)) ' +
        'group by r.workspace',
      bindings: [userId, hiddenRoleOf(userId)],
    });
    return new Map(rows.map(({ workspace, manages }) => [workspace, manages === 1]));
  }
}

const isKey = (id: number | bigint): boolean => id > 0 && id <= MAX_ID;

function groupByRole(rows: readonly RolePermission[]): Map<number, RolePermission[]> {
  const groups = new Map<number, RolePermission[]>();
  for (const row of rows) {
    const group = groups.get(row.role_id);
    if (group === undefined) groups.set(row.role_id, [row]);
    else group.push(row);
  }
  return groups;
}
