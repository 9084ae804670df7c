import { randomInt } from 'node:crypto';
import type { Database, Transaction } from '../../platform/db/database.js';
import type { History } from './growth.store.js';
import type { MarkingStore, Until } from './marking.store.js';
import { GAP, type Mark, type Marked, UNORDERED } from './sampling.store.js';

/** Points at the end that are left unmarked, so that late ones among them move no marks. */
const LOOSE_END = 1_000;
/** Points that are read in one go. */
const STRETCH = GAP * 2_048;
/** Marks that are stored in one go. */
const GROUP = 1_000;
const MAX_ID = 2 ** 48 - 1;

interface Begun extends Marked {
  readonly until: Until;
  readonly last: Mark | undefined;
}

/**
 * Puts marks into long histories. A mark says how many points come before it, so that the n-th
 * point of a million is found near one; that takes a history whose steps never go back in time.
 *
 * It is done in three parts, since reading the points takes long: first the history is told up to
 * where it is going to be marked, then it is read, then the marks are stored, unless a point has
 * come in front of them meanwhile.
 */
export class HistoryMarking {
  readonly #database: Database;
  readonly #store: MarkingStore;
  readonly #looseEnd: number;
  readonly #waiting = new Map<string, Promise<void>>();
  #last: Promise<void> = Promise.resolve();

  /** @param looseEnd tests choose it to mark short histories */
  constructor(database: Database, store: MarkingStore, looseEnd = LOOSE_END) {
    this.#database = database;
    this.#store = store;
    this.#looseEnd = looseEnd;
  }

  /**
   * Marks a history, or what has come to it since, once those are done that were asked for before.
   * Nothing depends on it but how long the next sample takes.
   *
   * @param looseEnd how many points at the end are left unmarked
   */
  mark(history: History, looseEnd = this.#looseEnd): Promise<void> {
    const { run, key } = history;
    const name = `${run} ${key}`;
    const known = this.#waiting.get(name);
    if (known !== undefined) return known;
    const done = this.#last
      .then(() => this.#mark({ run, key }, looseEnd))
      // The next look at this history tries again.
      .catch(() => undefined)
      .finally(() => this.#waiting.delete(name));
    this.#last = done;
    this.#waiting.set(name, done);
    return done;
  }

  async #mark(history: History, looseEnd: number): Promise<void> {
    const until = await this.#store.fromEnd(this.#database.scan, history, looseEnd);
    if (until === undefined) return;
    const begun = await this.#database.write((tx) => this.#begin(tx, history, until));
    let from = begun?.last;
    for (let more = begun !== undefined; more && begun; ) {
      const found = await this.#store.read(this.#database.scan, begun, from, begun.until, STRETCH);
      if (found.some(({ back }) => back === 1)) {
        await this.#whileValid(begun, (tx) => this.#store.setUnordered(tx, begun.marks));
        return;
      }
      for (let first = 0; more && first < found.length; first += GROUP) {
        const group = found.slice(first, first + GROUP);
        more = await this.#whileValid(begun, (tx) => this.#store.insert(tx, begun.marks, group));
      }
      more &&= found.length === STRETCH / GAP;
      from = found.at(-1);
    }
  }

  async #begin(tx: Transaction, { run, key }: History, until: Until): Promise<Begun | undefined> {
    const state = await this.#store.hold(tx, run, key);
    if (state === undefined) return undefined;
    const { marks } = state;
    if (marks !== null && marks > 0) {
      const last = await this.#store.last(tx, marks);
      if (last?.place === UNORDERED) return undefined;
      const begun = { run, key, marks, until, last };
      await this.#store.guard(tx, begun, until);
      return begun;
    }
    if (marks !== null) await this.#store.remove(tx, -marks);
    const begun = { run, key, marks: randomInt(1, MAX_ID), until, last: undefined };
    await this.#store.guard(tx, begun, until);
    return begun;
  }

  /** @returns false, and does nothing, where the marks hold no more */
  #whileValid(
    { run, key, marks }: Marked,
    work: (tx: Transaction) => Promise<void>,
  ): Promise<boolean> {
    return this.#database.write(async (tx) => {
      const state = await this.#store.hold(tx, run, key);
      if (state?.marks !== marks) return false;
      await work(tx);
      return true;
    });
  }
}
