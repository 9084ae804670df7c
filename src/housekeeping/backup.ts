import { type FileHandle, open, readdir, rename, stat } from 'node:fs/promises';
import { join, relative, resolve } from 'node:path';
import Sqlite from 'better-sqlite3';
import { isMissing } from '../artifacts/backends/file-errors.js';
import { makeFolders } from '../platform/make-folders.js';
import { startError } from '../platform/start-error.js';
import { copyWithDigest, type Digest, digestOf, filesBelow } from './tree.js';

export const DATABASE = 'runledger.db';
export const ARTIFACTS = 'artifacts';
export const MANIFEST = 'manifest.jsonl';

/** More pages than a database has: what is copied in one step never starts anew. */
const ALL_PAGES = 0x7fff_ffff;

/** What a server keeps on this machine. */
export interface Holdings {
  readonly database: string;
  /** The folder of artifacts; undefined if they are elsewhere. */
  readonly artifacts: string | undefined;
}

export interface BackupReport {
  readonly files: number;
  readonly bytes: number;
}

/**
 * Copies the database as it is at one moment, then the artifacts, while a server may go on. Files
 * only come whole, so all that the database names at that moment is there unless it is deleted
 * meanwhile. The manifest gets its name at the end: a folder without one is no backup.
 *
 * @param folder a new or empty one
 * @throws Error with one sentence for the user
 */
export async function backUp(holdings: Holdings, folder: string): Promise<BackupReport> {
  await checkPlaces(holdings, folder);
  const draft = join(folder, `${MANIFEST}.part`);
  const manifest = await open(draft, 'wx');
  try {
    const report = await copyAll(holdings, folder, manifest);
    await manifest.sync();
    await rename(draft, join(folder, MANIFEST));
    return report;
  } finally {
    await manifest.close();
  }
}

async function checkPlaces({ database, artifacts }: Holdings, folder: string): Promise<void> {
  await stat(database).catch(() => {
    throw new Error(`there is no database ${database}`);
  });
  if (artifacts !== undefined && !relative(resolve(artifacts), resolve(folder)).startsWith('..')) {
    throw new Error(`${folder} is inside the folder of artifacts, so it would hold itself`);
  }
  await makeFolders(folder, 0o700).catch((error: unknown) => {
    throw startError(`Can't make the folder '${folder}'`, error);
  });
  if ((await readdir(folder)).length > 0) throw new Error(`${folder} is not empty`);
}

async function copyAll(
  { database, artifacts }: Holdings,
  folder: string,
  manifest: FileHandle,
): Promise<BackupReport> {
  let files = 0;
  let bytes = 0;
  const note = async (path: string, digest: Digest) => {
    files += 1;
    bytes += digest.bytes;
    await manifest.write(`${JSON.stringify({ path, ...digest })}\n`);
  };
  await copyDatabase(database, join(folder, DATABASE));
  await note(DATABASE, await digestOf(join(folder, DATABASE)));
  for await (const path of artifacts === undefined ? [] : filesBelow(artifacts)) {
    const name = `${ARTIFACTS}/${path}`;
    try {
      await note(name, await copyWithDigest(join(artifacts ?? '', path), join(folder, name)));
    } catch (error) {
      if (!isMissing(error)) throw error;
    }
  }
  await manifest.write(`${JSON.stringify({ files, bytes })}\n`);
  return { files, bytes };
}

async function copyDatabase(from: string, to: string): Promise<void> {
  const source = new Sqlite(from, { readonly: true, timeout: 20_000 });
  try {
    await source.backup(to, { progress: () => ALL_PAGES });
  } finally {
    source.close();
  }
  const copy = new Sqlite(to);
  // One file alone, which looking at it doesn't change.
  copy.pragma('journal_mode = DELETE');
  copy.close();
}
