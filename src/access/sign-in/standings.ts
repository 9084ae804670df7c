import { createHmac, randomBytes } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import type { Clock } from '../../platform/clock.js';
import type { Caller } from '../../platform/http/operation.js';
import type { AccessChanges } from '../access-changes.js';

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

/** A standing, and how many changes of access there had been when it was read. */
interface Known {
  readonly standing: Standing;
  readonly changes: number;
}

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
  readonly #changes: AccessChanges;
  readonly #known = new LRUCache<string, Known>({ max: MAX_KNOWN });
  readonly #refused = new LRUCache<string, Known>({ max: MAX_REFUSED });
  readonly #looking = new Map<string, Promise<Standing>>();

  constructor(now: Clock, changes: AccessChanges) {
    this.#now = now;
    this.#changes = changes;
  }

  /** @returns the key of a credential; `kind` keeps kinds of them apart */
  keyOf(kind: string, credential: string): string {
    return createHmac('sha256', this.#secret).update(kind).update(credential).digest('base64');
  }

  /** @returns the caller, if this was found out a moment ago */
  fresh(key: string): Caller | undefined {
    const known = this.#known.get(key);
    return known !== undefined && this.#isFresh(known) ? known.standing.caller : undefined;
  }

  /** Looks again, once for all that ask meanwhile. */
  async look(key: string, look: Look): Promise<Standing> {
    const previous = this.#known.get(key) ?? this.#refused.get(key);
    if (previous !== undefined && this.#isFresh(previous)) return previous.standing;
    // Who asks after a change must not be told what was read before it.
    const place = `${this.#changes.count} ${key}`;
    const underWay = this.#looking.get(place);
    if (underWay !== undefined) return underWay;
    const looking = this.#lookUp(key, previous?.standing, look);
    this.#looking.set(place, looking);
    try {
      return await looking;
    } finally {
      this.#looking.delete(place);
    }
  }

  async #lookUp(key: string, previous: Standing | undefined, look: Look): Promise<Standing> {
    let changes = this.#changes.count;
    let standing = await look(previous);
    // A password may have waited for its turn since the account was read.
    if (this.#now() - standing.checkedAt >= FRESH) {
      changes = this.#changes.count;
      standing = await look(standing);
    }
    this.#keep(key, { standing, changes });
    return standing;
  }

  #keep(key: string, known: Known): void {
    const isRefused = known.standing.caller === undefined;
    (isRefused ? this.#refused : this.#known).set(key, known);
    (isRefused ? this.#known : this.#refused).delete(key);
  }

  #isFresh({ standing: { checkedAt, endsAt }, changes }: Known): boolean {
    if (changes !== this.#changes.count) return false;
    const now = this.#now();
    return now >= checkedAt && now - checkedAt < FRESH && now < endsAt;
  }
}
