import { BusyError, MlflowError } from '../../errors.js';
import { whoAsks } from '../on-behalf.js';
import type { Database, Scanner } from './database.js';
import { FairQueue } from './fair-queue.js';

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
 * Callers take turns as well: who asks for a thousand searches waits for his own.
 */
export function withScanLimit(database: Database, limits: ScanLimits): Database {
  const turns = new ScanTurns(limits);
  const { scan } = database;
  const limited: Scanner = {
    all: (query) => turns.take(() => scan.all(query)),
    first: (query) => turns.take(() => scan.first(query)),
    each: (read, rows) => turns.take(() => scan.each(read, rows)),
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
  /** Gives the place to a caller who holds fewer. */
  giveWay(): void;
}

class ScanTurns {
  readonly #limits: ScanLimits;
  readonly #waiting: FairQueue<Turn>;
  #running = 0;

  constructor(limits: ScanLimits) {
    this.#limits = limits;
    this.#waiting = new FairQueue(limits.waiting);
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
    const caller = whoAsks();
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        this.#waiting.delete(caller, turn);
        reject(new BusyError('The database is busy with other searches'));
      }, this.#limits.patience);
      const leave = (end: () => void) => () => {
        clearTimeout(timer);
        end();
      };
      const turn = { begin: leave(resolve), giveWay: leave(() => reject(tooMany())) };
      const refused = this.#waiting.push(caller, turn);
      if (refused === turn) {
        leave(() => reject(new BusyError('Too many searches are waiting for the database')))();
      } else refused?.giveWay();
    });
  }

  /** Hands the place on to who is next. */
  #next(): void {
    const next = this.#waiting.shift();
    if (next === undefined) this.#running -= 1;
    else next.begin();
  }
}

const tooMany = (): MlflowError =>
  new MlflowError(
    'REQUEST_LIMIT_EXCEEDED',
    'More searches of this caller are waiting than of others, who come first',
    { headers: { 'Retry-After': '1' } },
  );
