/** Requests that begin between two looks at what else has come: enough to share a commit. */
const AT_ONCE = 32;

/**
 * Lets requests begin a few at a time when many have come at once. What each of them costs the
 * event loop is little; of a thousand together it is long enough to be taken for dead by whoever
 * asks only how the server is.
 */
export class LoopTurns {
  readonly #waiting: (() => void)[] = [];
  #begun = 0;

  /** @returns undefined where the request may go on at once */
  wait(): Promise<void> | undefined {
    if (this.#begun === 0) setImmediate(() => this.#end());
    if (this.#waiting.length === 0 && this.#begun < AT_ONCE) {
      this.#begun += 1;
      return undefined;
    }
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  /** The next ones go on, and between them and those behind them connections are looked at. */
  #end(): void {
    const next = this.#waiting.splice(0, AT_ONCE);
    this.#begun = next.length;
    if (this.#begun > 0) setImmediate(() => this.#end());
    for (const begin of next) begin();
  }
}
