import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { open, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { hasCode } from '../../platform/error-code.js';
import { makeFolders } from '../../platform/make-folders.js';
import { startError } from '../../platform/start-error.js';
import type { CopiedArtifacts } from '../artifacts.js';

/** Where files come from: the artifact destination of the server. */
export interface Origin {
  list(folder: string): Promise<readonly { readonly name: string; readonly isFolder: boolean }[]>;
  /** @returns nothing where the file has gone meanwhile */
  read(path: string): Promise<AsyncIterable<Uint8Array> | undefined>;
}

/**
 * Copies all files into a folder. Each is whole when it gets its name, and read back. Files that
 * are there already are compared and never replaced.
 *
 * @param told how many files have been seen
 * @throws Error with one sentence when the folder can't be written
 */
export async function copyOut(
  origin: Origin,
  folder: string,
  told: (files: number) => void,
): Promise<CopiedArtifacts> {
  const result = { copied: 0, same: 0, bytes: 0, different: [] as string[] };
  for await (const path of filesBelow(origin, '')) {
    const content = await origin.read(path);
    if (content === undefined) continue;
    const file = join(folder, path);
    const there = await digestOf(file);
    if (there === undefined) {
      const { digest, bytes } = await store(content, file);
      result.bytes += bytes;
      if ((await digestOf(file)) === digest) result.copied += 1;
      else result.different.push(path);
    } else {
      const hash = createHash('sha256');
      for await (const chunk of content) hash.update(chunk);
      if (there === hash.digest('hex')) result.same += 1;
      else result.different.push(path);
    }
    told(result.copied + result.same + result.different.length);
  }
  return result;
}

async function store(
  content: AsyncIterable<Uint8Array>,
  file: string,
): Promise<{ readonly digest: string; readonly bytes: number }> {
  const partial = `${file}.export-${process.pid}`;
  const hash = createHash('sha256');
  let bytes = 0;
  try {
    await makeFolders(dirname(file));
    const handle = await open(partial, 'w');
    try {
      for await (const chunk of content) {
        hash.update(chunk);
        bytes += chunk.length;
        await handle.writeFile(chunk);
      }
    } finally {
      await handle.close();
    }
    await rename(partial, file);
  } catch (error) {
    await rm(partial, { force: true });
    throw startError(`Can't write '${file}'`, error);
  }
  return { digest: hash.digest('hex'), bytes };
}

/** @returns the digest of a file in hex; undefined where there is none */
async function digestOf(file: string): Promise<string | undefined> {
  const hash = createHash('sha256');
  try {
    for await (const chunk of createReadStream(file)) hash.update(chunk as Buffer);
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return undefined;
    throw startError(`Can't read '${file}'`, error);
  }
  return hash.digest('hex');
}

async function* filesBelow(origin: Origin, folder: string): AsyncGenerator<string> {
  for (const { name, isFolder } of await origin.list(folder)) {
    const path = folder === '' ? name : `${folder}/${name}`;
    if (isFolder) yield* filesBelow(origin, path);
    else yield path;
  }
}
