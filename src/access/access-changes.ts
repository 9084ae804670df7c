/**
 * Counts the changes of accounts, roles, grants and sessions that this process has made. What was
 * found out before the last of them is not believed any more: whoever was answered that a right is
 * gone must not meet it again at the next request. Other processes learn of it within a second.
 */
export class AccessChanges {
  #count = 0;

  get count(): number {
    return this.#count;
  }

  /** To be called when a change is stored. */
  note(): void {
    this.#count += 1;
  }
}
