import { badRequest, invalidParameter } from '../../errors.js';
import type { Clock } from '../../platform/clock.js';
import type { Database, Reader } from '../../platform/db/database.js';
import type { By, Caller } from '../../platform/http/operation.js';
import type { Trail } from '../../platform/trail.js';
import { asker, forbidden } from '../asker.js';
import type { GrantStore } from '../grants/grants.store.js';
import { hashPassword } from '../passwords.js';
import type { RoleStore } from '../roles/roles.store.js';
import type { PasswordChecks } from '../sign-in/password-checks.js';
import { checkPassword, checkUsername, MAX_PASSWORD, noUser, userExists } from './users.js';
import type { User, UserStore } from './users.store.js';

export interface UserServiceParts {
  readonly database: Database;
  readonly users: UserStore;
  readonly roles: RoleStore;
  readonly grants: GrantStore;
  /** Whoever tells a password until now may be guessing, as at a sign-in. */
  readonly passwords: Pick<PasswordChecks, 'check'>;
  readonly trail: Trail;
  readonly now: Clock;
}

/** Accounts: who may make, see and change which. */
export class UserService {
  readonly #parts: UserServiceParts;

  constructor(parts: UserServiceParts) {
    this.#parts = parts;
  }

  /** @throws MlflowError 403 for who may make no accounts */
  async requireMaker(by: By): Promise<void> {
    const { database, roles } = this.#parts;
    const { isAdmin, userId } = asker(by);
    if (isAdmin) return;
    const workspaces = userId && (await roles.workspacesOf(database.read, userId));
    if (!workspaces || ![...workspaces.values()].includes(true)) throw forbidden();
  }

  /**
   * Makes an account. Admins may, and who manages a workspace.
   *
   * @throws MlflowError 400 when there is one of this name, or the password is too short
   */
  async create(username: string, password: string, by: By): Promise<User> {
    const { database, users, trail, now } = this.#parts;
    await this.requireMaker(by);
    checkUsername(username);
    checkPassword(password);
    const passwordHash = await hashPassword(password);
    return database.write(async (tx) => {
      if ((await users.find(tx, username)) !== undefined) throw userExists(username);
      const user = await users
        .insert(tx, { username, passwordHash, isAdmin: false, now: now() })
        .catch((error: unknown) => {
          throw database.dialect.isUniqueViolation(error) ? userExists(username) : error;
        });
      await trail.record(tx, by, {
        action: 'user.create',
        object: { kind: 'user', id: username },
        after: { id: user.id, is_admin: false },
      });
      return user;
    });
  }

  /**
   * Finds an account for somebody who may see it: its owner or an admin.
   *
   * @throws MlflowError 403 for others, whether there is such an account or not
   */
  async see(username: string, by: By): Promise<User> {
    requireSelfOrAdmin(asker(by), username);
    return this.find(this.#parts.database.read, username);
  }

  /** @throws MlflowError 404 when there is no such account */
  async find(reader: Reader, username: string): Promise<User> {
    const user = await this.#parts.users.find(reader, username);
    if (user === undefined) throw noUser(username);
    return user;
  }

  /**
   * Sets a password. Who changes the own one tells the one until now. Everybody who is signed in
   * to this account is signed out.
   *
   * @param current the password until now, where it was told
   */
  async setPassword(
    username: string,
    password: string,
    current: string | undefined,
    by: By,
  ): Promise<void> {
    const { database, users, trail, now } = this.#parts;
    const caller = asker(by);
    requireSelfOrAdmin(caller, username);
    const known = await this.find(database.read, username);
    if (caller.name === username) await this.#requireCurrent(known, current, password, by);
    checkPassword(password);
    const changed = await hashPassword(password);
    await database.write(async (tx) => {
      const user = await users.lock(tx, username);
      if (user === undefined) throw noUser(username);
      await users.setPassword(tx, user.id, changed, now());
      await users.endSessions(tx, user.id);
      await trail.record(tx, by, {
        action: 'user.update_password',
        object: { kind: 'user', id: username },
      });
    });
  }

  /**
   * Makes an account one of an admin, or no longer.
   *
   * @throws MlflowError 400 when it is the last admin's
   */
  async setAdmin(username: string, isAdmin: boolean, by: By): Promise<void> {
    const { database, users, trail, now } = this.#parts;
    if (!asker(by).isAdmin) throw forbidden();
    await database.write(async (tx) => {
      const admins = await users.lockAdmins(tx);
      const user = await users.lock(tx, username);
      if (user === undefined) throw noUser(username);
      if (user.isAdmin === isAdmin) return;
      if (!isAdmin) refuseLast(admins, username);
      await users.setAdmin(tx, user.id, isAdmin, now());
      await trail.record(tx, by, {
        action: 'user.update_admin',
        object: { kind: 'user', id: username },
        before: { is_admin: user.isAdmin },
        after: { is_admin: isAdmin },
      });
    });
  }

  /**
   * Deletes an account with what was granted to it, its tokens and its sessions.
   *
   * @throws MlflowError 400 when it is the caller's own or the last admin's
   */
  async delete(username: string, by: By): Promise<void> {
    const { database, users, grants, trail } = this.#parts;
    const caller = asker(by);
    if (!caller.isAdmin) throw forbidden();
    if (caller.name === username) {
      throw badRequest(
        'Users cannot delete their own account. Ask another admin to delete this user instead.',
      );
    }
    await database.write(async (tx) => {
      const admins = await users.lockAdmins(tx);
      const user = await users.lock(tx, username);
      if (user === undefined) throw noUser(username);
      if (user.isAdmin) refuseLast(admins, username);
      await grants.deleteHiddenRole(tx, user.id);
      await users.delete(tx, user.id);
      await trail.record(tx, by, {
        action: 'user.delete',
        object: { kind: 'user', id: username },
        before: { id: user.id, is_admin: user.isAdmin },
      });
    });
  }

  /** Who has a session or a token, and not the password, must not find it out here. */
  async #requireCurrent(
    user: User,
    current: string | undefined,
    password: string,
    { origin }: By,
  ): Promise<void> {
    if (current === undefined || current === '') {
      throw invalidParameter('Current password is required when changing your own password.');
    }
    const { username } = user;
    const attempt = { user, username, password: current.slice(0, MAX_PASSWORD + 1), origin };
    if ((await this.#parts.passwords.check(attempt)) === undefined) {
      throw invalidParameter('Current password does not match.');
    }
    if (password === current) {
      throw invalidParameter('New password must differ from the current password.');
    }
  }
}

function requireSelfOrAdmin(caller: Caller, username: string): void {
  if (!caller.isAdmin && caller.name !== username) throw forbidden();
}

/** Nobody could let anybody in again but at the machine itself. */
function refuseLast(admins: number, username: string): void {
  if (admins > 1) return;
  throw badRequest(`User ${username} is the last admin; make another user an admin first.`);
}
