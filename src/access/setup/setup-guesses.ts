import type { Clock } from '../../platform/clock.js';
import type { Database } from '../../platform/db/database.js';
import type { By } from '../../platform/http/operation.js';
import { LOCK_OUT } from '../sign-in/password-checks.js';
import { networkOf } from '../sign-in/peer.js';
import { lockedOut } from '../sign-in/refusals.js';
import type { SignInStore } from '../sign-in/sign-in.store.js';
import { AuditedSignIns, type Denials } from '../sign-in/sign-in-watch.js';

export interface SetupGuessesParts {
  readonly database: Database;
  readonly store: Pick<SignInStore, 'failures' | 'addFailure'>;
  readonly denials: Denials;
  readonly now: Clock;
}

/** Writes wrong set-up tokens into the audit log, and locks addresses out as wrong passwords do. */
export class SetupGuesses {
  readonly #parts: SetupGuessesParts;

  constructor(parts: SetupGuessesParts) {
    this.#parts = parts;
  }

  /** @throws MlflowError 401 while the address is locked */
  async check(by: By): Promise<void> {
    const { database, store, now } = this.#parts;
    const [counted] = await store.failures(database.read, [subjectOf(by)]);
    const wait = (counted?.locked_until ?? 0) - now();
    if (wait <= 0) return;
    await this.#record(by, 'locked after too many failures');
    throw lockedOut(wait);
  }

  async failed(by: By): Promise<void> {
    const { database, store, denials, now } = this.#parts;
    await this.#record(by, 'wrong, used or old set-up token');
    const [subject, time] = [subjectOf(by), now()];
    const { window, lock, address: limit } = LOCK_OUT;
    const failure = { subject, now: time, window, limit, lock };
    const isLocked = await database.write((tx) => store.addFailure(tx, failure));
    if (isLocked) await new AuditedSignIns(denials).locked(by.origin, subject, time + lock);
  }

  #record(by: By, why: string): Promise<void> {
    const deed = { action: 'setup_token.fail', object: { kind: 'setup_token', id: '' } };
    return this.#parts.denials.recordDenial(by, deed, why);
  }
}

const subjectOf = ({ origin }: By): string => `address:${networkOf(origin.address)}`;
