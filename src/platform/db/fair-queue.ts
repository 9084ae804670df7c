/**
 * A queue that callers share: they are served in turn, each in the order of its own arrivals, and
 * when it is full the caller who holds most of it gives way to those who hold less.
 */
export class FairQueue<Item> {
  /** In the order in which callers are served next. Sets, since who gives up leaves from the middle. */
  readonly #byCaller = new Map<string, Set<Item>>();
  readonly #most: number;
  #size = 0;

  constructor(most: number) {
    this.#most = most;
  }

  get size(): number {
    return this.#size;
  }

  /**
   * Lets an item in.
   *
   * @returns the item that is not in the queue now: the given one, or the newest of another caller;
   *   undefined where there was room
   */
  push(caller: string, item: Item): Item | undefined {
    const own = this.#byCaller.get(caller);
    let displaced: Item | undefined;
    if (this.#size >= this.#most) {
      const [heaviest, held] = this.#heaviest();
      if (held === undefined || held.size <= (own?.size ?? 0) + 1) return item;
      displaced = [...held].at(-1);
      if (displaced !== undefined) this.delete(heaviest, displaced);
    }
    if (own === undefined) this.#byCaller.set(caller, new Set([item]));
    else own.add(item);
    this.#size += 1;
    return displaced;
  }

  /** Takes what is served next. */
  shift(): Item | undefined {
    for (const [caller, held] of this.#byCaller) {
      for (const item of held) {
        this.delete(caller, item);
        // To the end of the round.
        if (this.#byCaller.delete(caller) && held.size > 0) this.#byCaller.set(caller, held);
        return item;
      }
    }
    return undefined;
  }

  delete(caller: string, item: Item): void {
    const held = this.#byCaller.get(caller);
    if (held?.delete(item) !== true) return;
    this.#size -= 1;
    if (held.size === 0) this.#byCaller.delete(caller);
  }

  #heaviest(): [string, Set<Item> | undefined] {
    let heaviest: [string, Set<Item> | undefined] = ['', undefined];
    for (const each of this.#byCaller) {
      if (each[1].size > (heaviest[1]?.size ?? 0)) heaviest = each;
    }
    return heaviest;
  }
}
