import { createHash } from 'node:crypto';
import type { SafePath } from '../../artifacts/safe-path.js';
import { contentOf, filesIn, type ModelFolder } from '../model-folder/model-folder.js';
import { type FileDigest, isCard } from './manifest.js';

/** What is known of a file from its upload. */
export interface KnownDigest {
  readonly sha256: string;
  /** The version of the file that has this digest. */
  readonly version: string;
}

/** Digests by paths from the model's folder on. */
export type KnownDigests = ReadonlyMap<string, KnownDigest>;

/**
 * Takes down what a model's folder holds, but for cards. A file is read through once, in pieces,
 * unless its digest is known and it is still the file that was uploaded.
 *
 * @param learn is told of each file that was read
 */
export async function survey(
  folder: ModelFolder,
  known: KnownDigests = new Map(),
  learn: (path: string, digest: KnownDigest) => void = () => undefined,
): Promise<FileDigest[]> {
  const digests: FileDigest[] = [];
  for (const { path } of await filesIn(folder)) {
    if (isCard(path.text)) continue;
    const digest = await digestOf(folder, path, known.get(path.text), learn);
    if (digest !== undefined) digests.push(digest);
  }
  return digests;
}

/** @returns undefined for a file that is gone by now */
async function digestOf(
  folder: ModelFolder,
  path: SafePath,
  known: KnownDigest | undefined,
  learn: (path: string, digest: KnownDigest) => void,
): Promise<FileDigest | undefined> {
  const file = await folder.open(path);
  if (typeof file === 'string') return undefined;
  if (known?.version === file.version) {
    await file.close();
    return { path: path.text, size: file.size, sha256: known.sha256 };
  }
  const hash = createHash('sha256');
  let size = 0;
  for await (const chunk of contentOf(file)) {
    hash.update(chunk);
    size += chunk.length;
  }
  const sha256 = hash.digest('hex');
  learn(path.text, { sha256, version: file.version });
  return { path: path.text, size, sha256 };
}
