import type { Clock } from '../../platform/clock.js';
import type { Database } from '../../platform/db/database.js';
import type { By } from '../../platform/http/operation.js';
import type { Log } from '../../platform/log.js';
import type { ConsumerStore, Loads, ShadowLoads, VersionLoads } from './consumers.store.js';

/** Milliseconds between two writes. */
const FLUSH = 4_000;
/** What is remembered between two writes: beyond that, loads of others than these are not noted. */
const MOST = 20_000;
/** Milliseconds for which a load by the model's name explains a look at its files. */
const NAMED_FOR = 86_400_000;
const SERVING = 'serving';

export interface ConsumerParts {
  readonly database: Database;
  readonly store: ConsumerStore;
  readonly log: Log;
  readonly now: Clock;
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

/**
 * Notes who loads which version. A request costs an entry of a map; what has come together is
 * written every few seconds, and at the stop.
 */
export class ConsumerNotes {
  readonly #parts: ConsumerParts;
  readonly #versions = new Map<string, Mutable<VersionLoads>>();
  readonly #files = new Map<string, Mutable<ShadowLoads>>();
  #timer: NodeJS.Timeout | undefined;
  #writing: Promise<void> = Promise.resolve();
  #stopped = false;

  constructor(parts: ConsumerParts) {
    this.#parts = parts;
  }

  /** Somebody was told where the files of a version lie. */
  loaded({ caller, origin }: By, name: string, version: number): void {
    const key = JSON.stringify([caller.name, name, version]);
    this.#note(this.#versions, key, origin.userAgent, (time) => ({
      ...{ name, version, principal: caller.name, userAgent: origin.userAgent },
      ...{ first: time, last: time, count: 1 },
    }));
  }

  /** Somebody has read a model's files; whether past the registry turns out later. */
  read({ caller, origin }: By, location: string): void {
    // Without a sign-in nobody has the role of a server.
    if (caller.method === 'nobody') return;
    const key = JSON.stringify([caller.name, location]);
    this.#note(this.#files, key, origin.userAgent, (time) => ({
      ...{ location, principal: caller.name, userAgent: origin.userAgent },
      ...{ first: time, last: time, count: 1 },
    }));
  }

  /** Writes down what has come together, and what comes later at once. */
  async stop(): Promise<void> {
    this.#stopped = true;
    clearTimeout(this.#timer);
    await this.flush();
  }

  /** Writes down what has come together. */
  flush(): Promise<void> {
    this.#timer = undefined;
    this.#writing = this.#writing.then(() => this.#write());
    return this.#writing;
  }

  #note<Noted extends Loads>(
    map: Map<string, Mutable<Noted>>,
    key: string,
    userAgent: string,
    first: (time: number) => Mutable<Noted>,
  ): void {
    const time = this.#parts.now();
    const known: Mutable<Loads> | undefined = map.get(key);
    if (known !== undefined) {
      known.last = time;
      known.count += 1;
      known.userAgent = userAgent;
    } else if (map.size < MOST) {
      map.set(key, first(time));
    }
    if (this.#timer !== undefined || this.#stopped) return;
    this.#timer = setTimeout(() => void this.flush(), FLUSH);
    this.#timer.unref();
  }

  async #write(): Promise<void> {
    const { database, store, log } = this.#parts;
    const versions = [...this.#versions].sort(byKey).map(([, loads]) => loads);
    const files = [...this.#files].sort(byKey).map(([, loads]) => loads);
    this.#versions.clear();
    this.#files.clear();
    if (versions.length === 0 && files.length === 0) return;
    try {
      if (versions.length > 0) await database.write((tx) => store.add(tx, versions));
      const shadows = await this.#shadowsOf(files);
      if (shadows.length > 0) await database.write((tx) => store.addShadows(tx, shadows));
    } catch (error) {
      // An inventory that misses a load is no reason to stop serving.
      log.warn({ err: error }, 'who loads which models can not be written down');
    }
  }

  /** @returns what servers have read without having asked the registry for it */
  async #shadowsOf(files: readonly ShadowLoads[]): Promise<ShadowLoads[]> {
    if (files.length === 0) return [];
    const { database, store, now } = this.#parts;
    const principals = [...new Set(files.map(({ principal }) => principal))];
    const servers = await store.holdersOf(database.read, principals, SERVING);
    const shadows: ShadowLoads[] = [];
    for (const principal of servers) {
      const own = files.filter((one) => one.principal === principal);
      const places = own.map(({ location }) => location);
      const named = await store.namedPlaces(database.read, principal, places, now() - NAMED_FOR);
      shadows.push(...own.filter(({ location }) => !named.has(location)));
    }
    return shadows;
  }
}

/** Rows are locked in one order by all servers. */
const byKey = ([one]: [string, unknown], [other]: [string, unknown]): number =>
  one < other ? -1 : 1;
