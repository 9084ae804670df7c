import { Readable } from 'node:stream';
import { setTimeout as delay } from 'node:timers/promises';
import { lookup } from 'mime-types';
import { invalidPath, type SafePath } from '../safe-path.js';
import type { ArtifactBackend, ByteRange, DirectTransfers, Entry, OpenFile } from './backend.js';
import { type Bucket, type ObjectInfo, type ObjectPage, REMOVED_AT_ONCE } from './bucket.js';
import { BucketTransfers } from './bucket-transfers.js';
import { ContentError, pieces } from './pieces.js';
import { FileReplaced, isAbsent, isFinal, storeError } from './store-errors.js';

/** What stores take as a key, in bytes. */
const LONGEST_KEY = 1_024;

/** How often a download goes on where it broke off without having got any further. */
const RESUMED = 3;

/**
 * Artifacts as objects in a bucket. Folders are nothing but the beginnings of keys: they come with
 * the first object in them and go with the last, and a file may have the name of a folder.
 */
export class ObjectStore implements ArtifactBackend {
  readonly direct: DirectTransfers;
  readonly #bucket: Bucket;
  readonly #base: SafePath;
  readonly #pageSize: number;

  /** @param pageSize objects of one answer of the store; it may give fewer */
  constructor(bucket: Bucket, base: SafePath, pageSize = REMOVED_AT_ONCE) {
    this.#bucket = bucket;
    this.#base = base;
    this.#pageSize = pageSize;
    this.direct = new BucketTransfers(bucket, (path) => this.#keyOf(path));
  }

  folder(path: SafePath): ObjectStore {
    return new ObjectStore(this.#bucket, this.#base.join(path), this.#pageSize);
  }

  async list(folder: SafePath): Promise<Entry[]> {
    const prefix = prefixOf(this.#base.join(folder).text);
    const found = new Map<string, Entry>();
    const add = (key: string, entry: Omit<Entry, 'name'>): void => {
      const name = key.slice(prefix.length);
      // Others may have put objects there whose names are no names of files.
      if (!/^(?:|\.|\.\.)$/.test(name) && !name.includes('/')) {
        found.set(`${entry.isFolder} ${name}`, { name, ...entry });
      }
    };
    await this.#explained(async () => {
      for await (const page of this.#pages(prefix, false)) {
        for (const key of page.folders) add(key.slice(0, -1), { isFolder: true, size: 0 });
        for (const { key, size } of page.files) add(key, { isFolder: false, size });
      }
    });
    return [...found.values()].sort((a, b) =>
      Buffer.compare(Buffer.from(a.name), Buffer.from(b.name)),
    );
  }

  open(path: SafePath): Promise<OpenFile | 'folder' | 'missing'> {
    return this.#explained(async () => {
      if (!path.isRoot) {
        const key = this.#keyOf(path);
        const info = await this.#bucket.head(key);
        const again = () => this.open(path);
        if (info !== undefined) return new OpenObject({ bucket: this.#bucket, key, info, again });
      }
      const prefix = prefixOf(this.#base.join(path).text);
      const { files } = await this.#bucket.page({ prefix, isFlat: true, most: 1 });
      return path.isRoot || files.length > 0 ? 'folder' : 'missing';
    });
  }

  store(path: SafePath, content: AsyncIterable<Uint8Array>): Promise<string> {
    return this.#explained(async () => {
      const key = this.#keyOf(path);
      const type = lookup(path.name) || 'application/octet-stream';
      const spare: Uint8Array<ArrayBuffer>[] = [];
      const parts = pieces(content, spare);
      try {
        const first = (await parts.next()).value ?? new Uint8Array();
        const second = (await parts.next()).value;
        if (second === undefined || second.length === 0) {
          return await this.#bucket.put(key, { bytes: first, type });
        }
        return await this.#storeInParts(key, type, [first, second], parts, spare);
      } finally {
        // Whoever sends the content is told that nobody takes any more of it.
        await parts.return(undefined);
      }
    });
  }

  remove(path: SafePath): Promise<void> {
    return this.#explained(async () => {
      const key = this.#keyOf(path);
      await this.#bucket.remove([key]);
      for await (const { files } of this.#pages(`${key}/`, true)) {
        if (files.length > 0) await this.#bucket.remove(files.map((file) => file.key));
      }
    });
  }

  async *#pages(prefix: string, isFlat: boolean): AsyncGenerator<ObjectPage> {
    let token: string | undefined;
    do {
      const page = await this.#bucket.page({ prefix, isFlat, token, most: this.#pageSize });
      yield page;
      token = page.next;
    } while (token !== undefined);
  }

  /** Until the last part has come and all of them are stored, nobody sees any of it. */
  async #storeInParts(
    key: string,
    type: string,
    begun: readonly Uint8Array<ArrayBuffer>[],
    rest: AsyncIterable<Uint8Array<ArrayBuffer>>,
    spare: Uint8Array<ArrayBuffer>[],
  ): Promise<string> {
    const upload = await this.#bucket.begin(key, type);
    const underWay = new Set<Promise<void>>();
    try {
      let number = 0;
      const send = async (bytes: Uint8Array<ArrayBuffer>): Promise<void> => {
        if (bytes.length === 0) return;
        number += 1;
        const sending = upload.put(number, bytes);
        underWay.add(sending);
        // Its failure is met by the race, or by waiting for all of them.
        sending.then(
          () => {
            underWay.delete(sending);
            // One at a time means a stream, which may hold on to what it has taken.
            if (this.#bucket.partsAtOnce > 1 && bytes.byteOffset === 0) spare.push(bytes);
          },
          () => undefined,
        );
        if (underWay.size >= this.#bucket.partsAtOnce) await Promise.race(underWay);
      };
      for (const bytes of begun) await send(bytes);
      for await (const bytes of rest) await send(bytes);
      await Promise.all(underWay);
      return await upload.finish();
    } catch (error) {
      await Promise.allSettled(underWay);
      // The store gets rid of it in the end; what matters is why it broke off.
      await upload.abort().catch(() => undefined);
      throw error;
    }
  }

  /** @throws MlflowError 400 for the root, and for what no store has keys for */
  #keyOf(path: SafePath): string {
    const key = this.#base.join(path).text;
    if (path.isRoot || Buffer.byteLength(key) > LONGEST_KEY) throw invalidPath();
    return key;
  }

  async #explained<Result>(work: () => Promise<Result>): Promise<Result> {
    try {
      return await work();
    } catch (error) {
      if (error instanceof ContentError) throw error.cause;
      throw storeError(error, this.#bucket.name);
    }
  }
}

const prefixOf = (folder: string): string => (folder === '' ? '' : `${folder}/`);

interface OpenedObject {
  readonly bucket: Bucket;
  readonly key: string;
  readonly info: ObjectInfo;
  readonly again: () => Promise<OpenFile | 'folder' | 'missing'>;
}

/** An object as it was when it was looked at; once it is replaced, it can't be read any more. */
class OpenObject implements OpenFile {
  readonly size: number;
  readonly modified: Date;
  readonly version: string;
  readonly again: OpenedObject['again'];
  readonly #bucket: Bucket;
  readonly #key: string;

  constructor({ bucket, key, info: { size, modified, version }, again }: OpenedObject) {
    this.#bucket = bucket;
    this.#key = key;
    this.size = size;
    this.modified = modified;
    this.version = version;
    this.again = again;
  }

  read(range: ByteRange = { start: 0, end: this.size - 1 }): Readable {
    return Readable.from(this.#chunks(range), { objectMode: false, highWaterMark: 256 * 1024 });
  }

  async close(): Promise<void> {
    // Nothing is held open before it is read.
  }

  /** Goes on where the store breaks off: a large file takes longer than connections last. */
  async *#chunks({ start, end }: ByteRange): AsyncGenerator<Uint8Array> {
    for (let at = start, failures = 0; at <= end; ) {
      try {
        const part = await this.#bucket.read(this.#key, this.version, { start: at, end });
        for await (const chunk of part as AsyncIterable<Uint8Array>) {
          at += chunk.length;
          failures = 0;
          yield chunk;
        }
        if (at <= end) throw new Error('The object broke off');
      } catch (error) {
        if (isAbsent(error)) throw new FileReplaced(error);
        failures += 1;
        if (isFinal(error) || failures > RESUMED) throw storeError(error, this.#bucket.name);
        await delay(100 * 2 ** failures);
      }
    }
  }
}
