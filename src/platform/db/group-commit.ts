import { BusyError } from '../../errors.js';

interface Waiting {
  run(): Promise<void>;
  /** Called after the commit: the result may be shown now. */
  succeed(): void;
  fail(error: unknown): void;
}

/** How one transaction is begun, fenced and ended. Each step must end in the same turn. */
export interface CommitSteps {
  /** It alone may take its time, where somebody else holds the lock. */
  begin(): void | Promise<void>;
  savepoint(): void;
  release(): void;
  undo(): void;
  commit(): void;
  rollback(): void;
}

/** Commands in one transaction, and how long they may hold the event loop. */
const MAX_GROUP = 256;
const MAX_MILLISECONDS = 20;
/** Commands waiting for a transaction: beyond it callers are asked to come again. */
const MAX_WAITING = 10_000;

/**
 * One writer for many callers: the commands that arrive in one turn of the event loop share a
 * transaction and its one fsync. Where there are several each runs in a savepoint of its own, so one
 * that fails undoes itself alone; all are answered after the commit.
 */
export class GroupCommit {
  readonly #steps: CommitSteps;
  readonly #now: () => number;
  readonly #waiting: Waiting[] = [];
  #scheduled = false;

  /** @param now milliseconds of a clock that never goes back */
  constructor(steps: CommitSteps, now: () => number = () => performance.now()) {
    this.#steps = steps;
    this.#now = now;
  }

  /** Commands that wait for a transaction. */
  get waiting(): number {
    return this.#waiting.length;
  }

  /** @returns what `work` returned, once it is on disk */
  submit<Result>(work: () => Promise<Result>): Promise<Result> {
    if (this.#waiting.length >= MAX_WAITING) {
      return Promise.reject(new BusyError('Too many writes are waiting for the database'));
    }
    return new Promise<Result>((resolve, reject) => {
      let result: Result;
      this.#waiting.push({
        run: async () => {
          result = await work();
        },
        succeed: () => resolve(result),
        fail: reject,
      });
      this.#schedule();
    });
  }

  /** Resolves when nothing waits and nothing is under way. */
  async drained(): Promise<void> {
    while (this.#scheduled) await new Promise((resolve) => setImmediate(resolve));
  }

  #schedule(): void {
    if (this.#scheduled) return;
    this.#scheduled = true;
    setImmediate(() => {
      void this.#flush();
    });
  }

  async #flush(): Promise<void> {
    const stored = await this.#store();
    this.#scheduled = false;
    if (this.#waiting.length > 0) this.#schedule();
    for (const command of stored) command.succeed();
  }

  /** @returns the commands that are stored; the others have been told why they are not */
  async #store(): Promise<readonly Waiting[]> {
    // Those that arrive from here on are the next group's.
    const size = Math.min(this.#waiting.length, MAX_GROUP);
    const begun: Waiting[] = [];
    const stored: Waiting[] = [];
    try {
      const locked = this.#steps.begin();
      if (locked) await locked;
      const start = this.#now();
      do {
        const command = this.#waiting.shift();
        if (command === undefined) break;
        begun.push(command);
        // One that is alone needs no savepoint, for which SQLite copies each page before its change.
        if (size === 1) await command.run();
        else if (!(await this.#runInSavepoint(command))) continue;
        stored.push(command);
      } while (begun.length < size && this.#now() - start < MAX_MILLISECONDS);
      this.#steps.commit();
      return stored;
    } catch (error) {
      this.#steps.rollback();
      // Without a transaction there is none to blame but whoever waits for it.
      const failed = begun.length > 0 ? begun : this.#waiting.splice(0, size);
      for (const command of failed) command.fail(error);
      return [];
    }
  }

  async #runInSavepoint(command: Waiting): Promise<boolean> {
    this.#steps.savepoint();
    try {
      await command.run();
    } catch (error) {
      // First, since where it can't be undone its own error says more than that of the undoing.
      command.fail(error);
      this.#steps.undo();
      return false;
    }
    this.#steps.release();
    return true;
  }
}
