import { randomBytes } from 'node:crypto';
import type { Clock } from '../../platform/clock.js';
import type { Database } from '../../platform/db/database.js';
import type { Origin } from '../../platform/http/operation.js';
import { hashPassword, isForeignHash, verifyPassword } from '../passwords.js';
import type { User } from '../users/users.store.js';
import { networkOf } from './peer.js';
import { lockedOut } from './refusals.js';
import type { SignInStore } from './sign-in.store.js';
import { noWatch, type SignInWatch } from './sign-in-watch.js';
import { Slots } from './slots.js';

/** How many failures in how long a time lock for how long. */
export const LOCK_OUT = {
  window: 300_000,
  lock: 300_000,
  /** Of one account, wherever they come from. */
  account: 10,
  /** Of one address, which an office or a cluster may share. */
  address: 50,
} as const;

/** Hashes under way, waiting, and both of one address. Node has four threads for such work. */
const BOUNDS = { slots: 2, waiting: 256, each: 64 };

export interface PasswordAttempt {
  /** Undefined where there is no such account; that takes as long as a wrong password. */
  readonly user: User | undefined;
  readonly username: string;
  readonly password: string;
  readonly origin: Origin;
}

/** Compares passwords with their hashes, a few at a time, and locks out who guesses. */
export class PasswordChecks {
  readonly #database: Database;
  readonly #store: SignInStore;
  readonly #now: Clock;
  readonly #watch: SignInWatch;
  readonly #slots = new Slots(BOUNDS);
  #nobody: Promise<string> | undefined;
  #swept = 0;

  constructor(database: Database, store: SignInStore, now: Clock, watch: SignInWatch = noWatch) {
    this.#database = database;
    this.#store = store;
    this.#now = now;
    this.#watch = watch;
  }

  /**
   * @returns the account's hash, which may be another one by now; undefined for a wrong password
   * @throws MlflowError 401 when the account or the address is locked
   */
  check(attempt: PasswordAttempt): Promise<string | undefined> {
    // Looked at inside of the slot: guesses that came together see the failures before them.
    return this.#slots.run(networkOf(attempt.origin.address), () => this.#checkNow(attempt));
  }

  async #checkNow({ user, username, password, origin }: PasswordAttempt) {
    const account = `account:${username}`;
    const subjects = [account, `address:${networkOf(origin.address)}`];
    const failures = await this.#store.failures(this.#database.read, subjects);
    const until = Math.max(0, ...failures.map(({ locked_until }) => locked_until));
    const wait = until - this.#now();
    if (wait > 0) {
      await this.#watch.failed(origin, 'password', username, 'locked after too many failures');
      throw lockedOut(wait);
    }

    const stored = user?.passwordHash;
    this.#nobody ??= hashPassword(randomBytes(32).toString('hex'));
    const isRight = await verifyPassword(stored ?? (await this.#nobody), password);
    if (user === undefined || stored === undefined || !isRight) {
      await this.#watch.failed(origin, 'password', username, 'wrong user name or password');
      await this.#fail(subjects, origin);
      return undefined;
    }
    if (failures.some(({ subject }) => subject === account)) {
      await this.#database.write((tx) => this.#store.forgetFailures(tx, account));
    }
    return isForeignHash(stored) ? this.#renew(user.id, stored, password) : stored;
  }

  /** Hashes of werkzeug are cheaper to guess than ours; now the password is there to make ours. */
  async #renew(id: number, stored: string, password: string): Promise<string> {
    const own = await hashPassword(password);
    await this.#store.replaceHash(id, stored, own);
    return own;
  }

  async #fail(subjects: readonly string[], origin: Origin): Promise<void> {
    const now = this.#now();
    const { window, lock } = LOCK_OUT;
    const sweep = now - this.#swept >= window;
    if (sweep) this.#swept = now;
    const locked = await this.#database.write(async (tx) => {
      const full: string[] = [];
      for (const subject of subjects) {
        const limit = subject.startsWith('account:') ? LOCK_OUT.account : LOCK_OUT.address;
        const failure = { subject, now, window, limit, lock };
        if (await this.#store.addFailure(tx, failure)) full.push(subject);
      }
      if (sweep) await this.#store.dropOldFailures(tx, now - window);
      return full;
    });
    for (const subject of locked) await this.#watch.locked(origin, subject, now + lock);
  }
}
