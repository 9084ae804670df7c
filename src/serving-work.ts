import { ChangeFeed } from './governance/serving/change-feed.js';
import { ChangeStore } from './governance/serving/changes.store.js';
import { ConsumerNotes } from './governance/serving/consumers.js';
import { ConsumerStore } from './governance/serving/consumers.store.js';
import { type Clock, systemClock } from './platform/clock.js';
import type { Database } from './platform/db/database.js';
import type { Log } from './platform/log.js';
import type { OwnReceivers } from './platform/outgoing/own-receivers.js';
import { Rounds } from './platform/rounds.js';

/** What goes on for servers of models beside answering: who waits is told, and who loads is noted. */
export interface ServingWork {
  readonly changes: ChangeStore;
  readonly feed: ChangeFeed;
  readonly consumers: ConsumerStore;
  readonly notes: ConsumerNotes;
  /** Of the drills that run in this process, where it delivers to webhooks too. */
  readonly receivers?: OwnReceivers | undefined;
  /** The same for another workspace, which ends with it. */
  in(database: Database): ServingWork;
  start(): void;
  /** Ends all waiting, and writes down what has been noted. */
  stop(): Promise<void>;
}

const DAY = 86_400_000;
/** How long a watcher may be away and still hear of everything. */
const KEPT = 30 * DAY;
const TIDY = 3_600_000;

export function createServingWork(
  database: Database,
  log: Log,
  now: Clock = systemClock,
  receivers?: OwnReceivers,
): ServingWork {
  const changes = new ChangeStore(database);
  const feed = new ChangeFeed({ database, store: changes, log });
  const consumers = new ConsumerStore(database);
  const notes = new ConsumerNotes({ database, store: consumers, log, now });
  const children: ServingWork[] = [];
  const tidying = new Rounds({
    look: async () => {
      await database.write((tx) => changes.prune(tx, now() - KEPT));
      return undefined;
    },
    ...{ every: TIDY, log, failed: 'old changes can not be forgotten' },
  });
  return {
    ...{ changes, feed, consumers, notes, receivers },
    in: (other) => {
      const child = createServingWork(other, log, now, receivers);
      children.push(child);
      return child;
    },
    start: () => {
      tidying.start(TIDY);
    },
    stop: async () => {
      await tidying.stop();
      await Promise.all(children.map((child) => child.stop()));
      await feed.stop();
      await notes.stop();
    },
  };
}
