import { unavailable } from '../../errors.js';

/** So many may wait at a time, and no more. */
export class Seats {
  readonly #most: number;
  readonly #what: string;
  #taken = 0;

  constructor(most: number, what: string) {
    this.#most = most;
    this.#what = what;
  }

  /**
   * @returns what gives the seat back; it may be called more than once
   * @throws MlflowError 503 with `Retry-After` when all are taken
   */
  take(): () => void {
    if (this.#taken >= this.#most) {
      throw unavailable(`This server has its ${this.#most} ${this.#what} already`);
    }
    this.#taken += 1;
    let isHeld = true;
    return () => {
      if (isHeld) this.#taken -= 1;
      isHeld = false;
    };
  }
}
