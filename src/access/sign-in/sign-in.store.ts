import type { Database, Reader, Transaction } from '../../platform/db/database.js';
import type { User } from '../users/users.store.js';

/** A user as a token or a session leads to them. */
export interface Bearer {
  readonly user: User;
  /** JSON list of a token's scopes; null for a session. */
  readonly scopes: string | null;
  /** Ms; undefined for never. */
  readonly expiresAt: number | undefined;
  /** The token's own id; undefined for a session. */
  readonly tokenId: string | undefined;
  readonly lastUsed: number | undefined;
}

interface BearerRow {
  readonly id: number;
  readonly username: string;
  readonly password_hash: string | null;
  readonly is_admin: number;
  readonly scopes: string | null;
  readonly expires_at: number | null;
  readonly token_id: string | null;
  readonly last_used: number | null;
}

interface FailureRow {
  readonly subject: string;
  /** Ms. */
  readonly locked_until: number;
}

const USER = 'u.id, u.username, u.password_hash, u.is_admin';

/** What a sign-in reads and leaves behind, besides the accounts themselves. */
export class SignInStore {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  /** @returns whose token this is, unless it is revoked or expired */
  async byToken(hash: string, now: number): Promise<Bearer | undefined> {
    const row = await this.#database.read.first<BearerRow>({
      sql:
        `select ${USER}, t.scopes, t.expiration_timestamp as expires_at, t.token_id, ` +
        't.last_used_timestamp as last_used from access_tokens t join users u on u.id = t.user_id ' +
        'where t.token_hash = ? and t.revocation_timestamp is null ' +
        'and (t.expiration_timestamp is null or t.expiration_timestamp > ?)',
      bindings: [hash, now],
    });
    return row && toBearer(row);
  }

  /** @returns whose session this is, unless it is over */
  async bySession(hash: string, now: number): Promise<Bearer | undefined> {
    const row = await this.#database.read.first<BearerRow>({
      sql:
        `select ${USER}, null as scopes, s.expiration_timestamp as expires_at, ` +
        'null as token_id, null as last_used from sessions s join users u on u.id = s.user_id ' +
        'where s.session_hash = ? and s.expiration_timestamp > ?',
      bindings: [hash, now],
    });
    return row && toBearer(row);
  }

  /** Notes that tokens were used, each with the last time. */
  async touchTokens(uses: ReadonlyMap<string, number>): Promise<void> {
    await this.#database.write(async (tx) => {
      for (const [tokenId, now] of uses) {
        await tx.run({
          sql:
            'update access_tokens set last_used_timestamp = ? ' +
            'where token_id = ? and coalesce(last_used_timestamp, 0) < ?',
          bindings: [now, tokenId, now],
        });
      }
    });
  }

  /** Replaces a hash by another of the same password, unless the password was changed meanwhile. */
  async replaceHash(id: number, from: string, to: string): Promise<void> {
    await this.#database.write((tx) =>
      tx.run({
        sql: 'update users set password_hash = ? where id = ? and password_hash = ?',
        bindings: [to, id, from],
      }),
    );
  }

  async addSession(
    tx: Transaction,
    session: { hash: string; userId: number; method: string; now: number; expiresAt: number },
  ): Promise<void> {
    await tx.run({
      sql:
        'insert into sessions (session_hash, user_id, method, creation_timestamp, expiration_timestamp) ' +
        'values (?, ?, ?, ?, ?)',
      bindings: [session.hash, session.userId, session.method, session.now, session.expiresAt],
    });
  }

  async endSession(tx: Transaction, hash: string): Promise<void> {
    await tx.run({ sql: 'delete from sessions where session_hash = ?', bindings: [hash] });
  }

  async dropExpiredSessions(tx: Transaction, now: number): Promise<void> {
    await tx.run({ sql: 'delete from sessions where expiration_timestamp <= ?', bindings: [now] });
  }

  /** @returns what is counted of these subjects */
  failures(reader: Reader, subjects: readonly string[]): Promise<FailureRow[]> {
    const places = subjects.map(() => '?').join(', ');
    return reader.all<FailureRow>({
      sql: `select subject, locked_until from sign_in_failures where subject in (${places})`,
      bindings: subjects,
    });
  }

  /** Counts a failure; a count older than the window begins anew. @returns whether that locks */
  async addFailure(
    tx: Transaction,
    failure: { subject: string; now: number; window: number; limit: number; lock: number },
  ): Promise<boolean> {
    const { subject, now, window, limit, lock } = failure;
    const begun = 'sign_in_failures.first_failure_timestamp';
    const row = await tx.first<{ locked_until: number }>({
      sql:
        'insert into sign_in_failures (subject, failures, first_failure_timestamp, locked_until) ' +
        'values (?, 1, ?, 0) on conflict (subject) do update set ' +
        `failures = case when ${begun} <= ? then 1 else sign_in_failures.failures + 1 end, ` +
        `first_failure_timestamp = case when ${begun} <= ? then ? else ${begun} end, ` +
        `locked_until = case when ${begun} > ? and sign_in_failures.failures + 1 >= ? ` +
        'then ? else sign_in_failures.locked_until end returning locked_until',
      bindings: [
        ...[subject, now],
        ...[now - window, now - window, now],
        ...[now - window, limit, now + lock],
      ],
    });
    return row?.locked_until === now + lock;
  }

  async forgetFailures(tx: Transaction, subject: string): Promise<void> {
    await tx.run({ sql: 'delete from sign_in_failures where subject = ?', bindings: [subject] });
  }

  /** Notes a subject until some time, beside those that failed: it is dropped as they are. */
  async remember(tx: Transaction, subject: string, now: number, until: number): Promise<void> {
    await tx.run({
      sql:
        'insert into sign_in_failures (subject, failures, first_failure_timestamp, locked_until) ' +
        'values (?, 0, ?, ?) on conflict (subject) do update set locked_until = excluded.locked_until',
      bindings: [subject, now, until],
    });
  }

  /** Drops counts that no longer matter: names that were guessed would else stay for ever. */
  async dropOldFailures(tx: Transaction, before: number): Promise<void> {
    await tx.run({
      sql: 'delete from sign_in_failures where first_failure_timestamp <= ? and locked_until <= ?',
      bindings: [before, before],
    });
  }
}

const toBearer = (row: BearerRow): Bearer => ({
  user: {
    id: row.id,
    username: row.username,
    passwordHash: row.password_hash ?? undefined,
    isAdmin: row.is_admin === 1,
  },
  scopes: row.scopes,
  expiresAt: row.expires_at ?? undefined,
  tokenId: row.token_id ?? undefined,
  lastUsed: row.last_used ?? undefined,
});
