import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { opendir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { isMissing } from '../artifacts/backends/file-errors.js';
import { UPLOADS } from '../artifacts/backends/upload-area.js';
import { makeFolders } from '../platform/make-folders.js';

export interface Digest {
  readonly bytes: number;
  readonly sha256: string;
}

/** @returns the paths of all files below a folder, with slashes; links are not followed */
export async function* filesBelow(root: string, below = ''): AsyncGenerator<string> {
  try {
    for await (const entry of await opendir(join(root, below))) {
      const path = below === '' ? entry.name : `${below}/${entry.name}`;
      if (entry.isDirectory() && entry.name !== UPLOADS) yield* filesBelow(root, path);
      if (entry.isFile()) yield path;
    }
  } catch (error) {
    // A folder may go while the server deletes.
    if (!isMissing(error)) throw error;
  }
}

/** Copies a file that must not exist yet, durably. @returns what was written */
export async function copyWithDigest(from: string, to: string): Promise<Digest> {
  await makeFolders(dirname(to));
  const meter = new Meter();
  const target = createWriteStream(to, { flags: 'wx', flush: true });
  await pipeline(createReadStream(from), (chunks) => meter.pass(chunks), target);
  return meter.digest();
}

/** @returns size and hash of a file, read in pieces */
export async function digestOf(path: string): Promise<Digest> {
  const meter = new Meter();
  for await (const _ of meter.pass(createReadStream(path))) {
    // Only the meter looks at it.
  }
  return meter.digest();
}

class Meter {
  readonly #hash = createHash('sha256');
  #bytes = 0;

  async *pass(chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
    for await (const chunk of chunks) {
      this.#hash.update(chunk);
      this.#bytes += chunk.length;
      yield chunk;
    }
  }

  digest(): Digest {
    return { bytes: this.#bytes, sha256: this.#hash.digest('hex') };
  }
}
