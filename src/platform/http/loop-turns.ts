/** Milliseconds of work on requests between two looks at what else has come. */
const TURN = 5;

/**
 * Lets requests begin one after the other when many have come at once. What each of them costs the
 * event loop is little; of a thousand together it is long enough to be taken for dead by whoever
 * asks only how the server is.
 */
export class LoopTurns {
  readonly #waiting: (() => void)[] = [];
  #began: number | undefined;

  /** @returns undefined where the request may go on at once */
  wait(): Promise<void> | undefined {
    const now = performance.now();
    if (this.#began === undefined) {
      this.#began = now;
      setImmediate(() => this.#end());
      return undefined;
    }
    if (this.#waiting.length === 0 && now - this.#began < TURN) return undefined;
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  /** One goes on, and between it and the next one connections are looked at. */
  #end(): void {
    const next = this.#waiting.shift();
    if (next === undefined) {
      this.#began = undefined;
      return;
    }
    next();
    setImmediate(() => this.#end());
  }
}
