/**
 * Receivers that this very process has opened on its own machine, each at an address that nobody
 * can guess, for as long as they are open. Nothing else is reached by them that a policy forbids.
 */
export class OwnReceivers {
  readonly #open = new Set<string>();

  add(url: string): void {
    this.#open.add(new URL(url).href);
  }

  delete(url: string): void {
    this.#open.delete(new URL(url).href);
  }

  has(url: URL | string): boolean {
    const text = String(url);
    return this.#open.size > 0 && URL.canParse(text) && this.#open.has(new URL(text).href);
  }
}
