import type { Transaction } from '../../platform/db/database.js';

const SOURCE = 'oidc';

/** The roles that an identity provider gives and takes back. Others it never touches. */
export class OidcStore {
  /** @returns the key of a role, if there is one */
  async roleId(tx: Transaction, workspace: string, name: string): Promise<number | undefined> {
    const row = await tx.first<{ id: number }>({
      sql: 'select id from roles where workspace = ? and name = ?',
      bindings: [workspace, name],
    });
    return row?.id;
  }

  /** @returns the roles that the provider has given */
  async given(tx: Transaction, userId: number): Promise<number[]> {
    const rows = await tx.all<{ role_id: number }>({
      sql: 'select role_id from user_roles where user_id = ? and source = ?',
      bindings: [userId, SOURCE],
    });
    return rows.map(({ role_id }) => role_id);
  }

  /** A role that the user has otherwise stays as it is. */
  async give(tx: Transaction, userId: number, roleId: number): Promise<void> {
    await tx.run({
      sql:
        'insert into user_roles (user_id, role_id, source) values (?, ?, ?) ' +
        'on conflict (user_id, role_id) do nothing',
      bindings: [userId, roleId, SOURCE],
    });
  }

  async takeBack(tx: Transaction, userId: number, roleId: number): Promise<void> {
    await tx.run({
      sql: 'delete from user_roles where user_id = ? and role_id = ? and source = ?',
      bindings: [userId, roleId, SOURCE],
    });
  }
}
