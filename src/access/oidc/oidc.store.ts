import type { Transaction } from '../../platform/db/database.js';

const SOURCE = 'oidc';

/** Somebody as their provider knows them, for good. */
export interface Identity {
  readonly issuer: string;
  readonly subject: string;
}

/** Whose accounts are whose, and the roles that a provider gives and takes back. Others it never touches. */
export class OidcStore {
  /** @returns the key of the account that belongs to somebody */
  async userOf(tx: Transaction, { issuer, subject }: Identity): Promise<number | undefined> {
    const row = await tx.first<{ user_id: number }>({
      sql: 'select user_id from user_identities where issuer = ? and subject = ?',
      bindings: [issuer, subject],
    });
    return row?.user_id;
  }

  /** @returns to whom an account belongs */
  identitiesOf(tx: Transaction, userId: number): Promise<Identity[]> {
    return tx.all<Identity>({
      sql: 'select issuer, subject from user_identities where user_id = ?',
      bindings: [userId],
    });
  }

  async bind(tx: Transaction, userId: number, who: Identity, now: number): Promise<void> {
    await tx.run({
      sql:
        'insert into user_identities (issuer, subject, user_id, creation_timestamp) ' +
        'values (?, ?, ?, ?)',
      bindings: [who.issuer, who.subject, userId, now],
    });
  }

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
