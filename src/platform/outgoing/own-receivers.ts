import { newHexId } from '../ids.js';

/**
 * Receivers that this very process has opened on its own machine, each at an address that nobody
 * can guess, for as long as they are open. Nothing else is reached by them that a policy forbids.
 */
export class OwnReceivers {
  /** Of this process: only it reaches them. */
  readonly id = newHexId();
  readonly #open = new Set<string>();

  #opened: () => void = () => undefined;

  /** Has somebody told of each receiver that opens, before anything is sent to it. */
  onOpened(opened: () => void): void {
    this.#opened = opened;
  }

  add(url: string): void {
    this.#open.add(new URL(url).href);
    this.#opened();
  }

  delete(url: string): void {
    this.#open.delete(new URL(url).href);
  }

  get areOpen(): boolean {
    return this.#open.size > 0;
  }

  has(url: URL | string): boolean {
    const text = String(url);
    return this.#open.size > 0 && URL.canParse(text) && this.#open.has(new URL(text).href);
  }
}
