import { createPublicKey, type KeyObject } from 'node:crypto';
import { MlflowError } from '../errors.js';
import type { Clock } from '../platform/clock.js';
import type { Database } from '../platform/db/database.js';
import type { Log } from '../platform/log.js';
import type { AuditStore, StoredCheckpoint } from './audit.store.js';
import { rootOf } from './merkle.js';
import { Proofs } from './proofs.js';
import { signCheckpoint } from './signed-note.js';
import { openSigningKey, type SigningKeyParts } from './signing-key.js';

/** Where checkpoints go beside the database. */
export type Publish = (checkpoint: StoredCheckpoint) => Promise<void>;

export interface CheckpointerParts extends SigningKeyParts {
  readonly database: Database;
  readonly store: AuditStore;
  readonly now: Clock;
  readonly log: Pick<Log, 'debug' | 'error' | 'warn'>;
  readonly publish: readonly Publish[];
}

/** Signs, from time to time, how many entries the log has and what the root above them is. */
export class Checkpointer {
  readonly #parts: CheckpointerParts;
  readonly #proofs: Proofs;
  #key: Promise<KeyObject> | undefined;
  #published = 0;
  #isToldOf = false;
  #running: Promise<StoredCheckpoint | undefined> | undefined;

  constructor(parts: CheckpointerParts) {
    this.#parts = parts;
    this.#proofs = new Proofs(parts.database, parts.store);
  }

  /** @throws Error when there is no key, and none can be made */
  async publicKey(): Promise<KeyObject> {
    return createPublicKey(await this.#privateKey());
  }

  /**
   * Makes a checkpoint of the log as it is now, unless there is one.
   *
   * @returns the newest checkpoint; undefined for a log without entries
   * @throws Error when the log is no longer the one that was signed before
   */
  current(): Promise<StoredCheckpoint | undefined> {
    this.#running ??= this.#make().finally(() => {
      this.#running = undefined;
    });
    return this.#running;
  }

  /** As {@link current}, and hands it on; what fails is logged. */
  async tick(): Promise<void> {
    try {
      const checkpoint = await this.current();
      if (checkpoint === undefined || checkpoint.size <= this.#published) return;
      this.#published = checkpoint.size;
      const sent = await Promise.allSettled(this.#parts.publish.map((to) => to(checkpoint)));
      for (const outcome of sent) {
        if (outcome.status === 'fulfilled') continue;
        this.#parts.log.warn(
          { err: outcome.reason },
          'a checkpoint of the audit log is not handed on',
        );
      }
    } catch (error) {
      this.#tell(error);
    }
  }

  /** That nothing is set up to sign with is said once, and is no fault. */
  #tell(error: unknown): void {
    const { log } = this.#parts;
    if (!(error instanceof MlflowError)) {
      log.error({ err: error }, 'the audit log has no new checkpoint');
    } else if (!this.#isToldOf) {
      this.#isToldOf = true;
      log.warn(`the audit log is chained and not signed: ${error.message}`);
    }
  }

  async #make(): Promise<StoredCheckpoint | undefined> {
    const { database, store, now } = this.#parts;
    const key = await this.#privateKey();
    return database.write(async (tx) => {
      const { size, frontier } = await store.lockHead(tx);
      const last = await store.latestCheckpoint(tx);
      if (last !== undefined && last.size > size) {
        throw new Error(`The audit log has ${size} entries; ${last.size} were signed before`);
      }
      const root = rootOf(frontier);
      if (last !== undefined) {
        // What was signed must be the beginning of what is signed next.
        const before = last.size === size ? root : await this.#proofs.root(last.size, tx);
        if (before.toString('hex') !== last.root) {
          throw new Error(`The first ${last.size} entries of the audit log are not those signed`);
        }
        if (last.size === size) return last;
      }
      if (size === 0) return undefined;
      const note = signCheckpoint({ size, root }, key);
      const checkpoint = { size, ts: now(), root: root.toString('hex'), note };
      await store.addCheckpoint(tx, checkpoint);
      return checkpoint;
    });
  }

  #privateKey(): Promise<KeyObject> {
    // What could not be read may be readable the next time.
    this.#key ??= openSigningKey(this.#parts).catch((error: unknown) => {
      this.#key = undefined;
      throw error;
    });
    return this.#key;
  }
}
