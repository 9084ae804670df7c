import type { Reader, Transaction } from '../../platform/db/database.js';
import type { Permission } from '../permission.js';
import { hiddenRoleOf, userOfHidden } from '../roles/roles.js';
import { IN_WORKSPACE, type Row } from './workspace-permissions.js';

const KINDS = ['workspace', ...IN_WORKSPACE];
const OF_ALL = `resource_pattern = '*' and resource_type in (${KINDS.map(() => '?').join(', ')})`;

/** SQL of what single users have on all things of the workspace. */
export class WorkspacePermissionStore {
  /** @returns the grants in a workspace of each user who has any, by the user's key */
  async all(reader: Reader, workspace: string): Promise<ReadonlyMap<number, readonly Row[]>> {
    const rows = await reader.all<Row & { readonly name: string }>({
      sql:
        'select r.name, p.resource_type, p.permission from roles r ' +
        `join role_permissions p on p.role_id = r.id where r.workspace = ? and ${OF_ALL} ` +
        'order by r.id',
      bindings: [workspace, ...KINDS],
    });
    const users = new Map<number, Row[]>();
    for (const { name, ...row } of rows) {
      const id = userOfHidden(name);
      if (id !== undefined) users.set(id, [...(users.get(id) ?? []), row]);
    }
    return users;
  }

  /** @returns what somebody has in each workspace where there is anything, by its name */
  async ofUser(reader: Reader, userId: number): Promise<ReadonlyMap<string, readonly Row[]>> {
    const rows = await reader.all<Row & { readonly workspace: string }>({
      sql:
        'select r.workspace, p.resource_type, p.permission from roles r join role_permissions p ' +
        `on p.role_id = r.id where r.name = ? and ${OF_ALL} order by r.workspace, p.id`,
      bindings: [hiddenRoleOf(userId), ...KINDS],
    });
    const workspaces = new Map<string, Row[]>();
    for (const { workspace, ...row } of rows) {
      workspaces.set(workspace, [...(workspaces.get(workspace) ?? []), row]);
    }
    return workspaces;
  }

  /** @param roleId the user's own hidden role */
  async replace(tx: Transaction, roleId: number, rows: readonly Row[]): Promise<void> {
    await tx.run({
      sql: `delete from role_permissions where role_id = ? and ${OF_ALL}`,
      bindings: [roleId, ...KINDS],
    });
    for (const { resource_type, permission } of rows) {
      await this.#insert(tx, roleId, resource_type, permission);
    }
  }

  async #insert(tx: Transaction, roleId: number, type: string, permission: Permission) {
    await tx.run({
      sql:
        'insert into role_permissions (role_id, resource_type, resource_pattern, permission) ' +
        "values (?, ?, '*', ?)",
      bindings: [roleId, type, permission],
    });
  }
}
