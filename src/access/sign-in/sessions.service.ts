import type { Clock } from '../../platform/clock.js';
import type { Database } from '../../platform/db/database.js';
import type { By } from '../../platform/http/operation.js';
import type { Trail } from '../../platform/trail.js';
import type { AccessChanges } from '../access-changes.js';
import { newSecret, secretHash } from './secrets.js';
import type { SignInStore } from './sign-in.store.js';

export interface SessionServiceParts {
  readonly database: Database;
  readonly store: SignInStore;
  readonly trail: Trail;
  readonly now: Clock;
  readonly changes: AccessChanges;
  /** How long a session lasts, whatever is done in it. */
  readonly seconds: number;
}

/** Sessions of the web pages. Each sign-in makes a new one: none that a browser brought is kept. */
export class SessionService {
  readonly #parts: SessionServiceParts;

  constructor(parts: SessionServiceParts) {
    this.#parts = parts;
  }

  get seconds(): number {
    return this.#parts.seconds;
  }

  /**
   * @param by whose session it is to be
   * @param previous the secret of a session that this one replaces
   * @returns the secret for the cookie
   */
  async begin(by: By, userId: number, previous: string | undefined): Promise<string> {
    const { database, store, trail, now, seconds, changes } = this.#parts;
    const secret = newSecret();
    const at = now();
    const method = by.caller.method;
    await database.write(async (tx) => {
      await store.dropExpiredSessions(tx, at);
      if (previous !== undefined) await store.endSession(tx, secretHash(previous));
      await store.addSession(tx, {
        ...{ hash: secretHash(secret), userId, method, now: at },
        expiresAt: at + 1_000 * seconds,
      });
      await trail.record(tx, by, {
        action: 'session.begin',
        object: { kind: 'user', id: by.caller.name },
        after: { method },
      });
    });
    changes.note();
    return secret;
  }

  async end(by: By, secret: string): Promise<void> {
    const { database, store, trail, changes } = this.#parts;
    await database.write(async (tx) => {
      await store.endSession(tx, secretHash(secret));
      await trail.record(tx, by, {
        action: 'session.end',
        object: { kind: 'user', id: by.caller.name },
      });
    });
    changes.note();
  }
}
