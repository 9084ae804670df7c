import { lookup } from 'mime-types';
import { noSuchArtifact } from '../artifacts.errors.js';
import type { SafePath } from '../safe-path.js';
import type { DirectTransfers } from './backend.js';
import type { Bucket, SentPart, SignedUrl, StartedUpload } from './bucket.js';
import { storeError } from './store-errors.js';

/** Transfers between clients and a bucket, past the server. */
export class BucketTransfers implements DirectTransfers {
  readonly #bucket: Bucket;
  readonly #keyOf: (path: SafePath) => string;

  constructor(bucket: Bucket, keyOf: (path: SafePath) => string) {
    this.#bucket = bucket;
    this.#keyOf = keyOf;
  }

  start(path: SafePath, parts: number): Promise<StartedUpload> {
    return this.#explained(path, (key) => this.#bucket.startDirect(key, parts));
  }

  finish(path: SafePath, uploadId: string, parts: readonly SentPart[]): Promise<void> {
    return this.#explained(path, (key) => this.#bucket.finishDirect(key, uploadId, parts));
  }

  abort(path: SafePath, uploadId: string): Promise<void> {
    return this.#explained(path, (key) => this.#bucket.abortDirect(key, uploadId));
  }

  downloadUrl(path: SafePath, seconds: number): Promise<SignedUrl & { readonly size: number }> {
    return this.#explained(path, async (key) => {
      const info = await this.#bucket.head(key);
      if (info === undefined) throw noSuchArtifact(path.text);
      return { ...(await this.#bucket.downloadUrl(key, seconds)), size: info.size };
    });
  }

  uploadUrl(path: SafePath, seconds: number): Promise<SignedUrl> {
    const type = lookup(path.name) || 'application/octet-stream';
    return this.#explained(path, (key) => this.#bucket.uploadUrl(key, type, seconds));
  }

  async #explained<Result>(
    path: SafePath,
    work: (key: string) => Promise<Result>,
  ): Promise<Result> {
    try {
      return await work(this.#keyOf(path));
    } catch (error) {
      throw storeError(error, this.#bucket.name);
    }
  }
}
