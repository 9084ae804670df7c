import { unavailable } from '../../errors.js';

/**
 * Bounds how much of something goes on at a time. Password hashes are slow and big on purpose:
 * unbounded, a flood of wrong passwords would take all threads and memory of the server.
 */
export class Slots {
  readonly #limits: { readonly slots: number; readonly waiting: number; readonly each: number };
  readonly #queue: (() => void)[] = [];
  readonly #byOwner = new Map<string, number>();
  #busy = 0;

  /**
   * @param limits work at a time, work that may wait, and how much of both one owner may have
   */
  constructor(limits: { slots: number; waiting: number; each: number }) {
    this.#limits = limits;
  }

  /** @throws MlflowError 503 when too much is waiting already */
  async run<Result>(owner: string, work: () => Promise<Result>): Promise<Result> {
    const { slots, waiting, each } = this.#limits;
    const own = this.#byOwner.get(owner) ?? 0;
    if (this.#queue.length >= waiting || own >= each) {
      throw unavailable('Too many passwords are being checked; try again');
    }
    this.#byOwner.set(owner, own + 1);
    try {
      if (this.#busy >= slots) await new Promise<void>((resolve) => this.#queue.push(resolve));
      else this.#busy += 1;
      try {
        return await work();
      } finally {
        // Whoever is next inherits the slot.
        const next = this.#queue.shift();
        if (next === undefined) this.#busy -= 1;
        else next();
      }
    } finally {
      const left = (this.#byOwner.get(owner) ?? 1) - 1;
      if (left === 0) this.#byOwner.delete(owner);
      else this.#byOwner.set(owner, left);
    }
  }
}
