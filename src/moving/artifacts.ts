import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { startError } from '../platform/start-error.js';

/** Where files come from. */
export interface ArtifactSource {
  /** @returns their paths */
  files(): AsyncIterable<string>;
  read(path: string): AsyncIterable<Uint8Array>;
}

/** Where files go: the artifact destination of the server. */
export interface Destination {
  /** @returns the digest of the file that is there, in hex; undefined where there is none */
  digest(path: string): Promise<string | undefined>;
  /** Stores a file whole or not at all. */
  store(path: string, content: AsyncIterable<Uint8Array>): Promise<void>;
}

/** What became of the files. */
export interface CopiedArtifacts {
  readonly copied: number;
  /** Files that were there already, with the same content. */
  readonly same: number;
  readonly bytes: number;
  /** Paths of files that are there with another content, and were left alone. */
  readonly different: readonly string[];
}

/**
 * Copies files. Each is hashed on its way and read back, so that what is
 * reported as copied is there. Files that are there already are compared and never replaced.
 *
 * @param told how many files have been seen
 * @throws Error with one sentence when the source can't be read
 */
export async function copyArtifacts(
  source: ArtifactSource,
  destination: Destination,
  told: (files: number) => void,
): Promise<CopiedArtifacts> {
  const result = { copied: 0, same: 0, bytes: 0, different: [] as string[] };
  for await (const path of source.files()) {
    const there = await destination.digest(path);
    if (there === undefined) {
      const hash = createHash('sha256');
      await destination.store(
        path,
        hashed(source.read(path), hash, (bytes) => (result.bytes += bytes)),
      );
      if ((await destination.digest(path)) === hash.digest('hex')) result.copied += 1;
      else result.different.push(path);
    } else {
      const hash = createHash('sha256');
      for await (const chunk of source.read(path)) hash.update(chunk);
      if (there === hash.digest('hex')) result.same += 1;
      else result.different.push(path);
    }
    told(result.copied + result.same + result.different.length);
  }
  return result;
}

/** The files below a folder. */
export const folderArtifacts = (root: string): ArtifactSource => ({
  files: () => filesBelow(root, ''),
  read: (path) => createReadStream(join(root, path)),
});

async function* hashed(
  content: AsyncIterable<Uint8Array>,
  hash: ReturnType<typeof createHash>,
  read: (bytes: number) => void,
): AsyncGenerator<Uint8Array> {
  for await (const chunk of content) {
    hash.update(chunk);
    read(chunk.length);
    yield chunk;
  }
}

/** Links are left out: they could lead anywhere. */
async function* filesBelow(root: string, folder: string): AsyncGenerator<string> {
  const found = await readdir(join(root, folder), { withFileTypes: true }).catch(
    (error: unknown) => {
      throw startError(`Can't read the artifacts in '${join(root, folder)}'`, error);
    },
  );
  for (const entry of found) {
    const path = folder === '' ? entry.name : `${folder}/${entry.name}`;
    if (entry.isDirectory()) yield* filesBelow(root, path);
    else if (entry.isFile()) yield path;
  }
}
