import type { Clock } from '../../platform/clock.js';
import type { Database, Transaction } from '../../platform/db/database.js';
import type { By } from '../../platform/http/operation.js';
import type { Origin } from '../../platform/keeper.js';
import type { Deed, Trail } from '../../platform/trail.js';
import type { GarbageFolders } from './folders.js';
import type { Candidate, DeletedExperiment, GcStore, Meant } from './gc.store.js';
import { KINDS, type Kind, LOGGED_MODEL, RUN, TRACE } from './kinds.js';

/** Things that go in one transaction. */
const AT_ONCE = 50;

/** A version of a registered model that rests on something. */
export interface RestingVersion {
  readonly model: string;
  readonly version: number;
}

/** Tells which versions were made of something. */
export type VersionsOf = (tx: Transaction, of: Origin) => Promise<RestingVersion[]>;

/** What becomes of the garbage, as it does. */
export interface GcListener {
  /** It is gone, or would be. */
  gone(kind: Kind['name'] | 'experiment', id: string): void;
  /** It stays. */
  kept(kind: Kind['name'] | 'experiment', id: string, why: string): void;
  /** Files that are gone, or would be. */
  freed(files: number, bytes: number): void;
  /** The artifacts are where this server does not reach them, or could not be removed now. */
  left(location: string, why: string): void;
}

export interface GcWish {
  /** Only what was deleted before this time, in ms since the epoch. */
  readonly before: number;
  readonly dryRun: boolean;
  /** All that is old enough has been told of; of an experiment only the rest is. */
  readonly isRest?: boolean;
}

export interface CollectorParts {
  readonly database: Database;
  readonly store: GcStore;
  readonly folders: GarbageFolders;
  readonly versionsOf: VersionsOf;
  readonly trail: Trail;
  readonly now: Clock;
}

/** Something that is being looked at, and which of its kind are meant. */
interface Batch {
  readonly kind: Kind;
  readonly meant: Meant;
  readonly found: readonly Candidate[];
}

/**
 * Deletes for good. First a thing gets out of sight, in one transaction with its audit entry; then
 * its files and rows go in pieces. What a killed server leaves half gone the next one finishes.
 */
export class GarbageCollector {
  readonly #parts: CollectorParts;
  readonly #by: By;

  constructor(parts: CollectorParts, by: By) {
    this.#parts = parts;
    this.#by = by;
  }

  /** All runs, logged models and experiments that have been deleted before a time. */
  async collect(wish: GcWish, told: GcListener, signal?: AbortSignal): Promise<void> {
    if (!wish.dryRun) await this.finish(told, signal);
    for (const kind of [RUN, LOGGED_MODEL]) {
      await this.ofKind(kind, { deletedBefore: wish.before }, wish, told, signal);
    }
    const { database, store } = this.#parts;
    let after = -1;
    for (;;) {
      const found = await store.deletedExperiments(database.scan, wish.before, after, AT_ONCE);
      for (const one of found) {
        await this.experiment(one, { ...wish, isRest: wish.dryRun }, told, signal);
      }
      const last = found.at(-1);
      if (last === undefined || signal?.aborted === true) break;
      after = last.key;
    }
    if (!wish.dryRun) await this.finish(told, signal);
  }

  /** The things of one kind that are meant, but for those that something rests on. */
  async ofKind(
    kind: Kind,
    meant: Meant,
    wish: GcWish,
    told: GcListener,
    signal?: AbortSignal,
  ): Promise<void> {
    const { database, store } = this.#parts;
    let after = 0;
    while (signal?.aborted !== true) {
      const found = await store.page(database.scan, kind, meant, after, AT_ONCE);
      const last = found.at(-1);
      if (last === undefined) return;
      const gone = await this.#bury({ kind, meant, found }, wish, told);
      if (wish.dryRun) for (const one of gone) await this.#measure(one, told);
      after = last.key;
    }
  }

  /** An experiment with all that is in it, unless something of it is in use. */
  async experiment(
    experiment: DeletedExperiment,
    wish: GcWish,
    told: GcListener,
    signal?: AbortSignal,
  ): Promise<void> {
    const { database, store, trail, versionsOf } = this.#parts;
    const id = String(experiment.key);
    const resting = await database.write((tx) => versionsOf(tx, { kind: 'experiment', id }));
    const [version] = resting;
    if (version !== undefined) return told.kept('experiment', id, restsOn(resting));
    const active = await store.activeRun(database.scan, experiment.key);
    if (active !== undefined) {
      return told.kept('experiment', id, `its run ${active.id} has been restored`);
    }
    for (const kind of KINDS) {
      await this.ofKind(kind, { experiment: experiment.key }, wish, told, signal);
    }
    if (wish.dryRun) return told.gone('experiment', id);
    const { name } = experiment;
    const gone = await database.write(async (tx) => {
      if (!(await store.holdExperiment(tx, experiment.key))) return false;
      if (!(await store.eraseExperiment(tx, experiment.key))) return false;
      await trail.record(tx, this.#by, {
        ...{ action: 'experiment.purge', object: { kind: 'experiment', id } },
        before: { name: name.slice(0, 500) },
      });
      return true;
    });
    if (gone) {
      told.gone('experiment', id);
      await this.finish(told, signal);
      // An empty folder is in nobody's way.
      await this.#parts.folders.removeEmpty(experiment.location, id).catch(() => undefined);
    } else told.kept('experiment', id, 'something is left in it, or it has been restored');
  }

  /** Finishes what has begun to go: its files, then its rows. */
  async finish(told: GcListener, signal?: AbortSignal): Promise<void> {
    const { database, store } = this.#parts;
    for (const kind of KINDS) {
      let after = 0;
      while (signal?.aborted !== true) {
        const found = await store.buried(database.scan, kind, after, AT_ONCE);
        for (const one of found) await this.#erase(kind, one, told);
        const last = found.at(-1);
        if (last === undefined) break;
        after = last.key;
      }
    }
  }

  async #bury(batch: Batch, wish: GcWish, told: GcListener): Promise<Candidate[]> {
    const { database, store, versionsOf, trail } = this.#parts;
    const { kind, meant, found } = batch;
    const kept: [string, string][] = [];
    const gone = await database.write(async (tx) => {
      kept.length = 0;
      const keys = found.map(({ key }) => key);
      const held = await store.hold(tx, kind, meant, keys);
      const doomed: Candidate[] = [];
      for (const one of found) {
        const told = wish.isRest === true && one.stage === 'deleted' && one.time <= wish.before;
        if (told || !held.has(one.key)) continue;
        const { name } = kind;
        const resting = name === 'trace' ? [] : await versionsOf(tx, { kind: name, id: one.id });
        if (resting.length === 0) doomed.push(one);
        else kept.push([one.id, restsOn(resting)]);
      }
      if (wish.dryRun || doomed.length === 0) return doomed;
      await store.bury(tx, kind, doomed);
      // Of traces there may be millions; the entry of their experiment says it all.
      if (kind === TRACE) return doomed;
      for (const one of doomed) await trail.record(tx, this.#by, deedOf(kind, one));
      return doomed;
    });
    for (const [id, why] of kept) told.kept(kind.name, id, why);
    for (const { id } of gone) told.gone(kind.name, id);
    return gone;
  }

  async #measure({ location, id }: Candidate, told: GcListener): Promise<void> {
    const size = await this.#parts.folders.sizeOf(location, id);
    if (size === undefined) told.left(location, OUT_OF_REACH);
    else told.freed(size.files, size.bytes);
  }

  async #erase(kind: Kind, one: Candidate, told: GcListener): Promise<void> {
    const { database, store, folders } = this.#parts;
    const { location, id, key } = one;
    try {
      const size = await folders.sizeOf(location, id);
      await folders.remove(location, id);
      if (size === undefined) {
        if (location !== '') told.left(location, OUT_OF_REACH);
      } else told.freed(size.files, size.bytes);
    } catch (error) {
      // It stays on its way out, and the next time the store may do it.
      return told.left(location, error instanceof Error ? error.message : String(error));
    }
    while (await database.write((tx) => store.shorten(tx, kind, key)));
    await database.write((tx) => store.erase(tx, kind, key));
  }
}

const OUT_OF_REACH = 'this server does not reach them';

function restsOn(resting: readonly RestingVersion[]): string {
  const names = resting.slice(0, 3).map(({ model, version }) => `${model}/${version}`);
  const more = resting.length > 3 ? ` and ${resting.length - 3} more` : '';
  return `model version ${names.join(', ')}${more} rests on it`;
}

function deedOf(kind: Kind, { id, location }: Candidate): Deed {
  const name = kind.name.replace(' ', '_');
  return {
    ...{ action: `${name}.purge`, object: { kind: name, id: id.slice(0, 250) } },
    before: { artifacts: location.slice(0, 1_000) },
  };
}
