import { LRUCache } from 'lru-cache';
import type { KnownDigests } from '../freeze/survey.js';
import type { Findings } from './evidence.js';

/** What the files of a manifest say, whatever else lies beside them. */
export type FoundInFiles = Pick<Findings, 'mlmodel' | 'format' | 'opsSha256'>;

/** What was read of the files of a version before it was made. */
export interface LookAhead {
  /** Of the files that were read, each as it was then. */
  readonly digests: KnownDigests;
  readonly rootDigest: string;
  readonly found: FoundInFiles;
}

/** Versions are made right after they were looked at; who looks long is waited for. */
const KEPT = 16;
const KEPT_FOR = 60_000;

/**
 * Hands what was read to judge a proposed number on to the registration of the version, so that
 * large files are read once. It holds for the same files alone: their digests and versions say so.
 */
export class LooksAhead {
  readonly #looks = new LRUCache<string, Promise<LookAhead | undefined>>({
    max: KEPT,
    ttl: KEPT_FOR,
  });

  /** @param place of the folder, as artifacts are stored by */
  keep(place: string, look: Promise<LookAhead | undefined>): void {
    this.#looks.set(
      place,
      look.catch(() => undefined),
    );
  }

  /** @returns the last look at a folder, once; undefined where there was none or it came to nothing */
  async take(place: string): Promise<LookAhead | undefined> {
    const look = this.#looks.get(place);
    this.#looks.delete(place);
    return look;
  }
}
