const MOST = 50;
const LONGEST_NAME = 80;

/** What is wrong with a file, in sentences. There may be a million faults; some are enough. */
export class Problems {
  readonly #list: string[] = [];
  #more = 0;

  add(problem: string): void {
    if (this.#list.length < MOST) this.#list.push(problem);
    else this.#more += 1;
  }

  get list(): readonly string[] {
    return this.#more === 0 ? this.#list : [...this.#list, `and ${this.#more} more`];
  }
}

/** A name out of a file, as it may stand in a message. */
export const quoted = (name: string): string =>
  JSON.stringify(name.length > LONGEST_NAME ? `${name.slice(0, LONGEST_NAME)}...` : name);
