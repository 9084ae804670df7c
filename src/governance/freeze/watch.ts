import type { Clock } from '../../platform/clock.js';
import type { Database } from '../../platform/db/database.js';
import type { DigestStore, UploadedDigest } from './digests.store.js';
import { artifactFrozen } from './freeze.errors.js';
import type { FrozenStore } from './frozen.store.js';
import { isCard } from './manifest.js';
import { isTooLong } from './places.js';

/** Keeps the digests of files that were hashed on their way in. */
export class DigestRecorder {
  readonly #database: Database;
  readonly #store: DigestStore;
  readonly #now: Clock;

  constructor(database: Database, store: DigestStore, now: Clock) {
    this.#database = database;
    this.#store = store;
    this.#now = now;
  }

  async record(place: string, file: UploadedDigest): Promise<void> {
    // It is then hashed when the version is registered.
    if (isTooLong(place)) return;
    await this.#database.write((tx) => this.#store.record(tx, place, file, this.#now()));
  }

  async forget(place: string): Promise<void> {
    await this.#database.write((tx) => this.#store.forget(tx, place));
  }
}

/** Refuses changes of what belongs to a registered version. */
export class FrozenPlaces {
  readonly #database: Database;
  readonly #store: FrozenStore;

  constructor(database: Database, store: FrozenStore) {
    this.#database = database;
    this.#store = store;
  }

  /**
   * Cards may be written until they are approved: they come with the review.
   *
   * @throws MlflowError 403 `ARTIFACT_FROZEN`
   */
  async checkWritable(place: string): Promise<void> {
    const found = await this.#store.above(this.#database.read, place);
    if (found === undefined) return;
    if (!found.isApproved && isCard(place.slice(found.place.length + 1))) return;
    throw artifactFrozen(found);
  }

  /** @throws MlflowError 403 `ARTIFACT_FROZEN`, also for a folder that a frozen one lies in */
  async checkRemovable(place: string): Promise<void> {
    await this.checkWritable(place);
    const found = await this.#store.below(this.#database.read, place);
    if (found !== undefined) throw artifactFrozen(found);
  }
}
