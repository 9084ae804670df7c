import { type BigIntStats, constants } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { Readable } from 'node:stream';
import type { ByteRange, OpenFile } from './backend.js';
import { checkOpened } from './containment.js';

const CHUNK_BYTES = 256 * 1024;

/**
 * Opens a file for reading. Links are not followed any more, and a pipe or device that somebody
 * put there can't hold the server up.
 *
 * @param place its real path
 */
export async function openLocalFile(realRoot: string, place: string): Promise<OpenFile | 'folder'> {
  const flags = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;
  const file = await open(place, flags);
  try {
    await checkOpened(realRoot, file.fd);
    const stat = await file.stat({ bigint: true });
    if (stat.isFile()) {
      return new LocalFile(file, Number(stat.size), stat.mtime, versionOf(stat));
    }
    await file.close();
    return 'folder';
  } catch (error) {
    await file.close().catch(() => undefined);
    throw error;
  }
}

/** Renaming a file does not change it. */
export const versionOf = ({ size, mtimeNs, ino }: BigIntStats): string =>
  `${size}-${mtimeNs}-${ino}`;

class LocalFile implements OpenFile {
  readonly size: number;
  readonly modified: Date;
  readonly version: string;
  readonly #file: FileHandle;

  constructor(file: FileHandle, size: number, modified: Date, version: string) {
    this.#file = file;
    this.size = size;
    this.modified = modified;
    this.version = version;
  }

  read(range: ByteRange = { start: 0, end: this.size - 1 }): Readable {
    // Of nothing there is no range that Node would read.
    if (range.end < range.start) return this.#nothing();
    return this.#file.createReadStream({ ...range, highWaterMark: CHUNK_BYTES });
  }

  #nothing(): Readable {
    return new Readable({
      read() {
        this.push(null);
      },
      destroy: (error, done) => {
        this.#file.close().then(() => done(error), done);
      },
    });
  }

  close(): Promise<void> {
    return this.#file.close();
  }
}
