import { BusyError } from '../../errors.js';
import type { Database, Scanner } from './database.js';

export interface ScanLimits {
  /** Long reads that run at one time. */
  readonly running: number;
  /** Those that may wait for their turn. */
  readonly waiting: number;
  /** Milliseconds for which they do. */
  readonly patience: number;
}

/**
 * The same database with a bound on its long reads. They take turns, so that on PostgreSQL some
 * connections are always left for short reads and writes, and those that would wait too long are
 * refused with 503 and `Retry-After` at once, instead of being done when nobody waits any more.
 */
export function withScanLimit(database: Database, limits: ScanLimits): Database {
  const turns = new ScanTurns(limits);
  const { scan } = database;
  const limited: Scanner = {
    all: (query) => turns.take(() => scan.all(query)),
    first: (query) => turns.take(() => scan.first(query)),
    each: (read, rows) => turns.take(() => scan.each(read, rows)),
    chain: (chain) => turns.take(() => scan.chain(chain)),
  };
  return {
    ...database,
    scan: limited,
    load: () => ({
      ...database.load(),
      running_scans: turns.running,
      waiting_scans: turns.waiting,
    }),
  };
}

interface Turn {
  begin(): void;
}

class ScanTurns {
  readonly #limits: ScanLimits;
  /** In the order of their arrival; a set, since who gives up leaves from the middle. */
  readonly #waiting = new Set<Turn>();
  #running = 0;

  constructor(limits: ScanLimits) {
    this.#limits = limits;
  }

  get running(): number {
    return this.#running;
  }

  get waiting(): number {
    return this.#waiting.size;
  }

  async take<Result>(work: () => Promise<Result>): Promise<Result> {
    if (this.#running < this.#limits.running) this.#running += 1;
    else await this.#turn();
    try {
      return await work();
    } finally {
      this.#next();
    }
  }

  /** Resolves with a place among those that run. */
  #turn(): Promise<void> {
    if (this.#waiting.size >= this.#limits.waiting) {
      return Promise.reject(new BusyError('Too many searches are waiting for the database'));
    }
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        this.#waiting.delete(turn);
        reject(new BusyError('The database is busy with other searches'));
      }, this.#limits.patience);
      const turn = {
        begin: () => {
          clearTimeout(timer);
          resolve();
        },
      };
      this.#waiting.add(turn);
    });
  }

  /** Hands the place on to who has waited longest. */
  #next(): void {
    const [first] = this.#waiting;
    if (first === undefined) {
      this.#running -= 1;
      return;
    }
    this.#waiting.delete(first);
    first.begin();
  }
}
