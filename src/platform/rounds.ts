import type { Log } from './log.js';

export interface RoundsParts {
  /**
   * One look, and what it finds to do.
   *
   * @param goesOn says false once the rounds are to end
   * @returns milliseconds until the next look, where that is not `every`
   */
  readonly look: (goesOn: () => boolean) => Promise<number | undefined>;
  /** Milliseconds between the end of a look and the next one. */
  readonly every: number;
  /** Milliseconds until the next look behind one that has failed; `every` by default. */
  readonly afterFailure?: number;
  readonly log: Pick<Log, 'warn'>;
  /** What is logged of a look that has failed. */
  readonly failed: string;
}

/** Looks again and again, one look at a time; one that fails ends nothing. */
export class Rounds {
  readonly #parts: RoundsParts;
  #timer: NodeJS.Timeout | undefined;
  #looking: Promise<void> = Promise.resolve();

  constructor(parts: RoundsParts) {
    this.#parts = parts;
  }

  /** @param delay milliseconds until the first look */
  start(delay = 0): void {
    this.#timer = setTimeout(() => {
      this.#looking = this.#look().then((next) => {
        if (this.#goesOn()) this.start(next);
      });
    }, delay);
    this.#timer.unref();
  }

  /** Resolves when the look under way has ended. */
  async stop(): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    await this.#looking;
  }

  readonly #goesOn = (): boolean => this.#timer !== undefined;

  async #look(): Promise<number> {
    const { look, every, afterFailure = every, log, failed } = this.#parts;
    try {
      return (await look(this.#goesOn)) ?? every;
    } catch (error) {
      log.warn({ err: error }, failed);
      return afterFailure;
    }
  }
}
