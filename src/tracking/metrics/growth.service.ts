import { randomInt } from 'node:crypto';
import type { Clock } from '../../platform/clock.js';
import type { Database, Transaction } from '../../platform/db/database.js';
import type { RunKey } from '../runs/runs.js';
import type { GrowthStore } from './growth.store.js';
import type { HistoryMarking } from './marking.service.js';
import type { MetricPoint } from './metrics.js';
import { LONG } from './sampling.js';

/** A prime, so that no writer who takes turns among keys is noticed at one of them alone. */
const EVERY = 8_191;

/**
 * Notices which histories grow, at next to no cost: of all points that this process stores, the
 * history of every so manieth is noted with its latest value. A long one is noted sooner or later,
 * whoever stores it, and what was noted outlives the process.
 */
export class HistoryGrowth {
  readonly #store: GrowthStore;
  readonly #now: Clock;
  readonly #every: number;
  #left: number;

  /** @param every tests choose it to notice short histories */
  constructor(store: GrowthStore, now: Clock, every = EVERY) {
    this.#store = store;
    this.#now = now;
    this.#every = every;
    this.#left = randomInt(1, every + 1);
  }

  /** Told of points that were stored just before. */
  async grew(
    tx: Transaction,
    { id }: Pick<RunKey, 'id'>,
    points: readonly MetricPoint[],
  ): Promise<void> {
    this.#left -= points.length;
    if (this.#left > 0) return;
    const noted = points[points.length - 1 + this.#left];
    this.#left += this.#every;
    if (noted !== undefined) await this.#store.notice(tx, { run: id, key: noted.key }, this.#now());
  }
}

/** Milliseconds without notice after which a history is at rest. */
const REST = 500;
/** Milliseconds after which one that doesn't come to rest is marked all the same. */
const PATIENCE = 10_000;
/** Milliseconds for which nobody else takes up one that is being marked. */
const LEASE = 120_000;
/** Histories that are taken up at a time. */
const GROUP = 20;

/** Marks histories that have grown, once they are at rest. */
export class GrownHistories {
  readonly #database: Database;
  readonly #store: GrowthStore;
  readonly #marking: Pick<HistoryMarking, 'mark'>;
  readonly #now: Clock;
  readonly #long: number;

  /** @param long tests choose it to mark short histories */
  constructor(
    database: Database,
    store: GrowthStore,
    marking: Pick<HistoryMarking, 'mark'>,
    now: Clock,
    long = LONG,
  ) {
    this.#database = database;
    this.#store = store;
    this.#marking = marking;
    this.#now = now;
    this.#long = long;
  }

  /**
   * Marks those that it is time for, one after the other.
   *
   * @param goesOn asked before each
   * @returns whether there may be more
   */
  async markDue(goesOn: () => boolean = () => true): Promise<boolean> {
    const { read, scan } = this.#database;
    const now = this.#now();
    const due = await this.#store.due(read, now - REST, now - PATIENCE, GROUP);
    for (const grown of due) {
      if (!goesOn()) return false;
      const until = this.#now() + LEASE;
      const isOurs = await this.#database.write((tx) => this.#store.claim(tx, grown, until));
      if (!isOurs) continue;
      if (await this.#store.isLong(scan, grown, this.#long)) await this.#marking.mark(grown);
      await this.#database.write((tx) => this.#store.finish(tx, grown, until));
    }
    return due.length === GROUP;
  }
}
