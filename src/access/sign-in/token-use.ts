import type { Log } from '../../platform/log.js';
import type { SignInStore } from './sign-in.store.js';

/** A token's last use is written down at most this often, in ms. */
const EVERY = 60_000;

/** Notes when tokens were last used, beside the requests that use them. */
export class TokenUse {
  readonly #store: SignInStore;
  readonly #log: Log;
  #waiting = new Map<string, number>();
  #writing: Promise<void> = Promise.resolve();

  constructor(store: SignInStore, log: Log) {
    this.#store = store;
    this.#log = log;
  }

  /** @param last when it was used before this, as far as is written down */
  note(tokenId: string, last: number | undefined, now: number): void {
    if (last !== undefined && now - last < EVERY) return;
    const isFirst = this.#waiting.size === 0;
    this.#waiting.set(tokenId, now);
    if (isFirst) this.#writing = this.#writing.then(() => this.#write());
  }

  /** Resolves when all that was noted is written. */
  settled(): Promise<void> {
    return this.#writing;
  }

  async #write(): Promise<void> {
    const uses = this.#waiting;
    this.#waiting = new Map();
    try {
      await this.#store.touchTokens(uses);
    } catch (error) {
      // The next use comes to the same.
      this.#log.warn({ err: error }, 'the last use of tokens could not be stored');
    }
  }
}
