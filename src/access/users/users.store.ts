import type { Database, Reader, Transaction } from '../../platform/db/database.js';

/** An account. */
export interface User {
  readonly id: number;
  readonly username: string;
  /** Undefined for an account that signs in at an identity provider alone. */
  readonly passwordHash: string | undefined;
  readonly isAdmin: boolean;
}

interface UserRow {
  readonly id: number;
  readonly username: string;
  readonly password_hash: string | null;
  readonly is_admin: number;
}

const COLUMNS = 'id, username, password_hash, is_admin';

/** Accounts as they are stored. */
export class UserStore {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  async find(reader: Reader, username: string): Promise<User | undefined> {
    const row = await reader.first<UserRow>({
      sql: `select ${COLUMNS} from users where username = ?`,
      bindings: [username],
    });
    return row && toUser(row);
  }

  /** The same, held until the transaction ends. */
  async lock(tx: Transaction, username: string): Promise<User | undefined> {
    const row = await tx.first<UserRow>({
      sql: `select ${COLUMNS} from users where username = ?${this.#database.dialect.forUpdate}`,
      bindings: [username],
    });
    return row && toUser(row);
  }

  async get(reader: Reader, id: number): Promise<User | undefined> {
    const row = await reader.first<UserRow>({
      sql: `select ${COLUMNS} from users where id = ?`,
      bindings: [id],
    });
    return row && toUser(row);
  }

  /** All accounts by id. */
  async list(reader: Reader): Promise<User[]> {
    const rows = await reader.all<UserRow>({
      sql: `select ${COLUMNS} from users order by id`,
      bindings: [],
    });
    return rows.map(toUser);
  }

  async insert(
    tx: Transaction,
    user: { username: string; passwordHash: string | null; isAdmin: boolean; now: number },
  ): Promise<User> {
    const row = await tx.first<UserRow>({
      sql:
        'insert into users (username, password_hash, is_admin, creation_timestamp, last_updated_timestamp) ' +
        `values (?, ?, ?, ?, ?) returning ${COLUMNS}`,
      bindings: [user.username, user.passwordHash, user.isAdmin ? 1 : 0, user.now, user.now],
    });
    if (row === undefined) throw new Error('An insert of a user returned no row');
    return toUser(row);
  }

  async setPassword(tx: Transaction, id: number, passwordHash: string, now: number): Promise<void> {
    await tx.run({
      sql: 'update users set password_hash = ?, last_updated_timestamp = ? where id = ?',
      bindings: [passwordHash, now, id],
    });
  }

  async setAdmin(tx: Transaction, id: number, isAdmin: boolean, now: number): Promise<void> {
    await tx.run({
      sql: 'update users set is_admin = ?, last_updated_timestamp = ? where id = ?',
      bindings: [isAdmin ? 1 : 0, now, id],
    });
  }

  /** Holds the accounts of admins until the transaction ends; @returns how many there are */
  async lockAdmins(tx: Transaction): Promise<number> {
    const admins = await tx.all({
      sql: `select id from users where is_admin = 1 order by id${this.#database.dialect.forUpdate}`,
      bindings: [],
    });
    return admins.length;
  }

  /** Signs an account out wherever pages hold it signed in. */
  async endSessions(tx: Transaction, id: number): Promise<void> {
    await tx.run({ sql: 'delete from sessions where user_id = ?', bindings: [id] });
  }

  async delete(tx: Transaction, id: number): Promise<void> {
    await tx.run({ sql: 'delete from users where id = ?', bindings: [id] });
  }

  async count(reader: Reader): Promise<number> {
    const row = await reader.first<{ n: number }>({
      sql: 'select count(*) as n from users',
      bindings: [],
    });
    return row?.n ?? 0;
  }
}

const toUser = ({ id, username, password_hash, is_admin }: UserRow): User => ({
  id,
  username,
  passwordHash: password_hash ?? undefined,
  isAdmin: is_admin === 1,
});
