import type { Database, Reader } from '../platform/db/database.js';
import { type AuditStore, placeKey } from './audit.store.js';
import {
  consistencyParts,
  coverOf,
  type Hash,
  inclusionParts,
  type Place,
  rootOf,
} from './merkle.js';

/** Proofs from the stored roots of subtrees: as many reads as the tree has levels, or fewer. */
export class Proofs {
  readonly #reader: Reader;
  readonly #store: AuditStore;

  constructor(database: Database, store: AuditStore) {
    this.#reader = database.read;
    this.#store = store;
  }

  /** @returns the root above the first entries, as the stored subtrees have it */
  async root(size: number, reader: Reader = this.#reader): Promise<Hash> {
    const [root] = await this.#hashes([coverOf(0, size)], reader);
    return root ?? rootOf([]);
  }

  /** @param index of the entry, from 0 on */
  inclusion(index: number, size: number): Promise<Hash[]> {
    return this.#hashes(inclusionParts(index, 0, size), this.#reader);
  }

  consistency(old: number, size: number): Promise<Hash[]> {
    return this.#hashes(consistencyParts(old, size), this.#reader);
  }

  async #hashes(parts: readonly (readonly Place[])[], reader: Reader): Promise<Hash[]> {
    const nodes = await this.#store.nodes(reader, parts.flat());
    return parts.map((part) =>
      rootOf(
        part.map((place) => {
          const hash = nodes.get(placeKey(place));
          if (hash !== undefined) return hash;
          throw new Error(`The audit log has no node ${placeKey(place)}`);
        }),
      ),
    );
  }
}
