import { alreadyExists, invalidParameter, MlflowError } from '../../errors.js';
import type { Clock } from '../../platform/clock.js';
import type { Database } from '../../platform/db/database.js';
import type { By } from '../../platform/http/operation.js';
import type { Trail } from '../../platform/trail.js';
import { AT_THE_START } from '../asker.js';
import { hashPassword } from '../passwords.js';
import { MAX_PASSWORD, MAX_USERNAME } from '../sign-in/authorization.js';
import { newSecret, secretHash } from '../sign-in/secrets.js';
import type { User, UserStore } from '../users/users.store.js';
import type { SetupStore } from './setup.store.js';
import type { SetupGuesses } from './setup-guesses.js';

/** How the first administrator comes to be, as the settings say. */
export interface FirstAdmin {
  readonly username: string;
  /** Undefined where whoever has the set-up token chooses one. */
  readonly password: string | undefined;
  /** The set-up token; undefined for a random one, which the start prints. */
  readonly setupToken: string | undefined;
}

export interface SetupServiceParts {
  readonly database: Database;
  readonly users: UserStore;
  readonly store: SetupStore;
  readonly trail: Trail;
  /** Sees to those who guess; nobody can where the service only prepares. */
  readonly guesses?: Pick<SetupGuesses, 'check' | 'failed'>;
  readonly now: Clock;
}

const MIN_PASSWORD = 12;
const MIN_SETUP_TOKEN = 20;
/** A printed token stays in logs, so it ends. */
const LIFETIME = 24 * 3_600_000;
/** What MLflow's settings came with for years; whoever scans for servers tries it first. */
const KNOWN = 'password1234';

/** Makes the first administrator of a server that has none. There is no default password. */
export class SetupService {
  readonly #parts: SetupServiceParts;

  constructor(parts: SetupServiceParts) {
    this.#parts = parts;
  }

  /**
   * To be called at each start. Where there is an administrator, it does nothing.
   *
   * @returns the set-up token that is to be shown once, if one was made
   * @throws Error with one sentence for settings that nobody could sign in with
   */
  async prepare({ username, password, setupToken }: FirstAdmin): Promise<string | undefined> {
    const { database, store, trail, now } = this.#parts;
    if (!(await this.isOpen())) return undefined;
    if (password !== undefined) {
      await this.#makeConfigured(username, password);
      return undefined;
    }
    if (setupToken !== undefined && setupToken.length < MIN_SETUP_TOKEN) {
      throw new Error(`RUNLEDGER_SETUP_TOKEN must have ${MIN_SETUP_TOKEN} characters or more`);
    }
    const token = setupToken ?? newSecret();
    await database.write(async (tx) => {
      await store.dropOld(tx, now() - LIFETIME);
      await store.add(tx, secretHash(token), now());
      await trail.record(tx, AT_THE_START, {
        action: 'setup_token.make',
        object: { kind: 'setup_token', id: setupToken === undefined ? 'printed' : 'given' },
        after: { expires: now() + LIFETIME },
      });
    });
    return setupToken === undefined ? token : undefined;
  }

  /** Whether the server waits for its first administrator. */
  async isOpen(): Promise<boolean> {
    const { database, store } = this.#parts;
    return !(await store.hasAdmin(database.read));
  }

  /** Whether nobody could sign in yet. */
  async isFresh(): Promise<boolean> {
    const { database, users } = this.#parts;
    return (await users.count(database.read)) === 0;
  }

  /**
   * @throws MlflowError 403 when the token is wrong or there is an administrator already, 400 for a name or
   *   a password that can't be, 401 for an address that has guessed too often
   */
  async setUp(by: By, token: string, username: string, password: string): Promise<User> {
    const { database, users, store, trail, guesses, now } = this.#parts;
    checkFirstAdmin(username, password);
    await guesses?.check(by);
    if (!(await this.#isGood(token))) {
      await guesses?.failed(by);
      throw refusal();
    }
    const passwordHash = await hashPassword(password);
    return database.write(async (tx) => {
      const hashes = await store.takeAll(tx, now() - LIFETIME);
      if (!hashes.includes(secretHash(token)) || (await store.hasAdmin(tx))) {
        throw refusal();
      }
      // Somebody may have come in by the identity provider before.
      if ((await users.find(tx, username)) !== undefined) {
        throw alreadyExists(`There is a user '${username}' already; choose another name`);
      }
      const user = await users.insert(tx, { username, passwordHash, isAdmin: true, now: now() });
      await trail.record(tx, by, {
        action: 'user.setup',
        object: { kind: 'user', id: username },
        after: { username, is_admin: true },
      });
      return user;
    });
  }

  /** Looked up before a password is hashed for somebody who has no token. */
  #isGood(token: string): Promise<boolean> {
    const { database, store, now } = this.#parts;
    return store.isGood(database.read, secretHash(token), now() - LIFETIME);
  }

  async #makeConfigured(username: string, password: string): Promise<void> {
    const { database, users, store, trail, now } = this.#parts;
    try {
      checkFirstAdmin(username, password);
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      throw new Error(`admin_username and admin_password can't make the first account: ${reason}`);
    }
    const passwordHash = await hashPassword(password);
    try {
      await database.write(async (tx) => {
        if (await store.hasAdmin(tx)) return;
        await users.insert(tx, { username, passwordHash, isAdmin: true, now: now() });
        await trail.record(tx, AT_THE_START, {
          action: 'user.setup',
          object: { kind: 'user', id: username },
          after: { username, is_admin: true },
        });
      });
    } catch (error) {
      // Another server has started at the same time, with the same settings.
      if (!database.dialect.isUniqueViolation(error)) throw error;
    }
  }
}

/** @throws MlflowError 400 */
export function checkFirstAdmin(username: string, password: string): void {
  if (username.trim() === '' || username.length > MAX_USERNAME || /[:\p{C}]/u.test(username)) {
    throw invalidParameter(
      `A user name must have 1 to ${MAX_USERNAME} printable characters, and no colon`,
    );
  }
  if (password === KNOWN) {
    throw invalidParameter('This password is the one that everybody knows; choose another');
  }
  // biome-ignore lint/suspicious/noControlCharactersInRegex: HTTP can't carry them as a password.
  if (/[\x00-\x1f\x7f]/.test(password)) {
    throw invalidParameter('A password must have no control characters');
  }
  if ([...password].length < MIN_PASSWORD || password.length > MAX_PASSWORD) {
    throw invalidParameter(`A password must have ${MIN_PASSWORD} to ${MAX_PASSWORD} characters`);
  }
}

const refusal = (): MlflowError =>
  new MlflowError(
    'PERMISSION_DENIED',
    'The set-up token is wrong, used or older than a day; a start of a server without administrators prints a new one',
  );
