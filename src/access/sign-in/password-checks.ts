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
  /** For so long an address counts as a place of those who have signed in from it. */
  known: 30 * 86_400_000,
} as const;
const DAY = 86_400_000;

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
    const { account, address, place, known } = subjectsOf(username, networkOf(origin.address));
    const subjects = [account, address, place, known];
    const failures = await this.#store.failures(this.#database.read, subjects);
    const until = new Map(failures.map(({ subject, locked_until }) => [subject, locked_until]));
    const now = this.#now();
    // Who is guessed at from elsewhere still comes in from where they always do.
    const knownUntil = until.get(known) ?? 0;
    const counted = user !== undefined && knownUntil > now ? place : account;
    const wait = Math.max(until.get(counted) ?? 0, until.get(address) ?? 0) - now;
    if (wait > 0) {
      await this.#watch.failed(origin, 'password', username, 'locked after too many failures');
      throw lockedOut(wait);
    }

    const stored = user?.passwordHash;
    this.#nobody ??= hashPassword(randomBytes(32).toString('hex'));
    const isRight = await verifyPassword(stored ?? (await this.#nobody), password);
    if (user === undefined || stored === undefined || !isRight) {
      await this.#watch.failed(origin, 'password', username, 'wrong user name or password');
      await this.#fail([counted, address], { origin, account });
      return undefined;
    }
    if (until.has(counted) || knownUntil < now + LOCK_OUT.known - DAY) {
      await this.#database.write(async (tx) => {
        await this.#store.forgetFailures(tx, counted);
        await this.#store.remember(tx, known, now, now + LOCK_OUT.known);
      });
    }
    return isForeignHash(stored) ? this.#renew(user.id, stored, password) : stored;
  }

  /** Hashes of werkzeug are cheaper to guess than ours; now the password is there to make ours. */
  async #renew(id: number, stored: string, password: string): Promise<string> {
    const own = await hashPassword(password);
    await this.#store.replaceHash(id, stored, own);
    return own;
  }

  async #fail(
    subjects: readonly [counted: string, address: string],
    { origin, account }: { readonly origin: Origin; readonly account: string },
  ): Promise<void> {
    const now = this.#now();
    const { window, lock } = LOCK_OUT;
    const sweep = now - this.#swept >= window;
    if (sweep) this.#swept = now;
    const locked = await this.#database.write(async (tx) => {
      const full: string[] = [];
      for (const subject of subjects) {
        const limit = subject.startsWith('address:') ? LOCK_OUT.address : LOCK_OUT.account;
        const failure = { subject, now, window, limit, lock };
        if (await this.#store.addFailure(tx, failure)) full.push(subject);
      }
      if (sweep) await this.#store.dropOldFailures(tx, now - window);
      return full;
    });
    for (const subject of locked) {
      const told = subject.startsWith('address:') ? subject : account;
      await this.#watch.locked(origin, told, now + lock);
    }
  }
}

/** What failures are counted of. An address has no space, so no name can look like another place. */
const subjectsOf = (username: string, network: string) => ({
  account: `account:${username}`,
  address: `address:${network}`,
  place: `place:${network} ${username}`,
  known: `known:${network} ${username}`,
});
