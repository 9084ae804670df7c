import type { Database } from '../../platform/db/database.js';
import type { Log } from '../../platform/log.js';
import type { ChangeStore, StoredChange } from './changes.store.js';

/** Milliseconds between two looks: one row by its key, whatever the number of those who wait. */
const INTERVAL = 200;
/** Milliseconds between two looks while the database does not answer. */
const TROUBLE = 1_000;
const BATCH = 1_000;

/** Somebody who waits for changes. */
export interface Listener {
  changed(changes: readonly StoredChange[]): void;
  /** The server stops: there will be no more. */
  ended(): void;
}

export interface FeedParts {
  readonly database: Pick<Database, 'read'>;
  readonly store: Pick<ChangeStore, 'head' | 'after'>;
  readonly log: Log;
}

/**
 * Looks for changes of all models, for everybody who waits in this process. It looks only while
 * somebody does, and sees what any server over the database has stored.
 */
export class ChangeFeed {
  readonly #parts: FeedParts;
  readonly #listeners = new Set<Listener>();
  #seq: number | undefined;
  #starting: Promise<number> | undefined;
  #timer: NodeJS.Timeout | undefined;
  #looking: Promise<void> | undefined;
  #stopped = false;

  constructor(parts: FeedParts) {
    this.#parts = parts;
  }

  get isStopped(): boolean {
    return this.#stopped;
  }

  /**
   * @returns the number of a change: the listener hears of all that come behind it, and so must
   *   look itself for those up to it
   */
  async listen(listener: Listener): Promise<number> {
    if (this.#stopped) listener.ended();
    this.#listeners.add(listener);
    try {
      // Where others wait already the feed may be behind by a look, and tells of that as well.
      const from = this.#seq ?? (await this.#start());
      if (this.#listeners.size > 0) {
        this.#seq ??= from;
        this.#lookIn(INTERVAL);
      }
      return from;
    } catch (error) {
      this.leave(listener);
      throw error;
    }
  }

  /** Those who come together begin together: what one was promised no other may skip. */
  #start(): Promise<number> {
    const { store, database } = this.#parts;
    this.#starting ??= store.head(database.read).finally(() => {
      this.#starting = undefined;
    });
    return this.#starting;
  }

  leave(listener: Listener): void {
    this.#listeners.delete(listener);
    if (this.#listeners.size > 0) return;
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#seq = undefined;
  }

  /** Ends all waiting. */
  async stop(): Promise<void> {
    this.#stopped = true;
    clearTimeout(this.#timer);
    for (const listener of [...this.#listeners]) listener.ended();
    await this.#looking;
  }

  #lookIn(delay: number): void {
    if (this.#stopped || this.#timer !== undefined) return;
    this.#timer = setTimeout(() => {
      this.#looking = this.#look();
    }, delay);
    this.#timer.unref();
  }

  async #look(): Promise<void> {
    const delay = await this.#tell().then(
      () => INTERVAL,
      (error: unknown) => {
        this.#parts.log.warn({ err: error }, 'changes of models can not be looked for');
        return TROUBLE;
      },
    );
    this.#timer = undefined;
    if (this.#listeners.size > 0) this.#lookIn(delay);
  }

  async #tell(): Promise<void> {
    const { store, database } = this.#parts;
    const head = await store.head(database.read);
    while (this.#seq !== undefined && this.#seq !== head) {
      // A database that was put back to an older state counts anew from there.
      if (head < this.#seq) {
        this.#seq = head;
        return;
      }
      const changes = await store.after(database.read, this.#seq, BATCH);
      // Nobody waits any more: who comes next begins anew.
      if (this.#seq === undefined) return;
      const last = changes.at(-1);
      this.#seq = last === undefined ? head : last.seq;
      for (const listener of [...this.#listeners]) listener.changed(changes);
      if (last === undefined || last.seq >= head) return;
    }
  }
}
