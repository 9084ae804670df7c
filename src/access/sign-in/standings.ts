import { createHmac, randomBytes } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import type { Clock } from '../../platform/clock.js';
import type { Caller } from '../../platform/http/operation.js';

/** What has become of a credential when it was last looked at. */
export interface Standing {
  /** Undefined where it was refused. */
  readonly caller: Caller | undefined;
  /** What in the database this rests on; as long as it is the same, so is this. */
  readonly basis: string;
  /** Ms at which that was read. */
  readonly checkedAt: number;
  /** Ms at which the credential ends by itself; infinite for never. */
  readonly endsAt: number;
}

/** Looks at a credential again. */
export type Look = (previous: Standing | undefined) => Promise<Standing>;

/** For so long a process believes what it has read: revocation must act within two seconds. */
const FRESH = 1_000;
const MAX_KNOWN = 20_000;
/** Apart from the good ones, so that a flood of bad ones doesn't push those out. */
const MAX_REFUSED = 5_000;

/**
 * Remembers credentials that were looked at, by a key that tells nothing of them: an HMAC with a
 * secret that this process has drawn and never shows.
 */
export class Standings {
  readonly #now: Clock;
  readonly #secret = randomBytes(32);
  readonly #known = new LRUCache<string, Standing>({ max: MAX_KNOWN });
  readonly #refused = new LRUCache<string, Standing>({ max: MAX_REFUSED });
  readonly #looking = new Map<string, Promise<Standing>>();

  constructor(now: Clock) {
    this.#now = now;
  }

  /** @returns the key of a credential; `kind` keeps kinds of them apart */
  keyOf(kind: string, credential: string): string {
    return createHmac('sha256', this.#secret).update(kind).update(credential).digest('base64');
  }

  /** @returns the caller, if this was found out a moment ago */
  fresh(key: string): Caller | undefined {
    const standing = this.#known.get(key);
    return standing !== undefined && this.#isFresh(standing) ? standing.caller : undefined;
  }

  /** Looks again, once for all that ask meanwhile. */
  async look(key: string, look: Look): Promise<Standing> {
    const previous = this.#known.get(key) ?? this.#refused.get(key);
    if (previous !== undefined && this.#isFresh(previous)) return previous;
    const underWay = this.#looking.get(key);
    if (underWay !== undefined) return underWay;
    const looking = this.#lookUp(key, previous, look);
    this.#looking.set(key, looking);
    try {
      return await looking;
    } finally {
      this.#looking.delete(key);
    }
  }

  async #lookUp(key: string, previous: Standing | undefined, look: Look): Promise<Standing> {
    let standing = await look(previous);
    // A password may have waited for its turn since the account was read.
    if (this.#now() - standing.checkedAt >= FRESH) standing = await look(standing);
    this.#keep(key, standing);
    return standing;
  }

  #keep(key: string, standing: Standing): void {
    const isRefused = standing.caller === undefined;
    (isRefused ? this.#refused : this.#known).set(key, standing);
    (isRefused ? this.#known : this.#refused).delete(key);
  }

  #isFresh({ checkedAt, endsAt }: Standing): boolean {
    const now = this.#now();
    return now >= checkedAt && now - checkedAt < FRESH && now < endsAt;
  }
}
