import { randomUUID } from 'node:crypto';
import { type FileHandle, open, readdir, rename, rm, stat } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { hasCode } from '../../platform/error-code.js';
import { makeFolders } from '../../platform/make-folders.js';
import { isMissing } from './file-errors.js';
import { versionOf } from './local-file.js';

/** A folder of this name is the server's own; clients see nothing of it. */
export const UPLOADS = '.runledger-uploads';

/** A file that nobody has written to for so long is left over, whoever made it. */
const ABANDONED_MS = 24 * 60 * 60 * 1_000;

/** What an upload holds in memory, twice at most. Fewer and larger writes are faster. */
const BATCH_BYTES = 1024 * 1024;

/** After so many bytes the disk is told to store what has come. */
const SYNC_BYTES = 64 * 1024 * 1024;

/**
 * Where files wait until they are whole, and folders until they are gone: on the file system of
 * their place, so that one rename makes or takes all of it.
 */
export class UploadArea {
  readonly #folder: string;
  readonly #fileMode = 0o666 & ~process.umask();

  constructor(root: string) {
    this.#folder = join(root, UPLOADS);
  }

  /**
   * Writes a temporary file, readable by the server alone until it is whole and on the disk.
   *
   * @returns its path, for the caller to rename or remove, and the version that it has
   */
  async receive(
    content: AsyncIterable<Uint8Array>,
  ): Promise<{ readonly path: string; readonly version: string }> {
    const path = this.#newPath();
    const file = await this.#inArea(() => open(path, 'wx', 0o600));
    try {
      await writeAll(file, content);
      await file.chmod(this.#fileMode);
      await file.sync();
      const version = versionOf(await file.stat({ bigint: true }));
      await file.close();
      return { path, version };
    } catch (error) {
      await file.close().catch(() => undefined);
      await rm(path, { force: true });
      throw error;
    }
  }

  /**
   * Takes a folder away in one step and then deletes it.
   *
   * @returns false when it lies on another file system and must be deleted where it is
   */
  async discard(folder: string): Promise<boolean> {
    const path = this.#newPath();
    try {
      await this.#inArea(() => rename(folder, path));
    } catch (error) {
      if (hasCode(error, 'EXDEV') || hasCode(error, 'EBUSY')) return false;
      throw error;
    }
    await rm(path, { recursive: true, force: true });
    return true;
  }

  /** Makes the area; only the server may look into it. */
  async make(): Promise<void> {
    await makeFolders(this.#folder, 0o700);
  }

  /** Removes what a killed server left behind. Uploads of other servers go on undisturbed. */
  async sweep(): Promise<void> {
    const names = await readdir(this.#folder).catch((error: unknown) => {
      if (isMissing(error)) return [];
      throw error;
    });
    for (const name of names) {
      const path = join(this.#folder, name);
      if (await isLeftOver(name, path)) await rm(path, { recursive: true, force: true });
    }
  }

  #newPath(): string {
    return join(this.#folder, `${process.pid}.${randomUUID()}.${hostname()}`);
  }

  /** Makes the area when it turns out to be missing. */
  async #inArea<Result>(work: () => Promise<Result>): Promise<Result> {
    try {
      return await work();
    } catch (error) {
      if (!isMissing(error)) throw error;
    }
    await this.make();
    return work();
  }
}

/**
 * Writes in batches, one of which is on its way to the disk while the next one gathers. The disk
 * is set to work on large files early: left to the end, all of it would have to be waited for.
 */
async function writeAll(file: FileHandle, content: AsyncIterable<Uint8Array>): Promise<void> {
  let batch: Uint8Array[] = [];
  let size = 0;
  let unsynced = 0;
  let writing: Promise<unknown> = Promise.resolve();
  let syncing: Promise<unknown> = Promise.resolve();
  for await (const chunk of content) {
    batch.push(chunk);
    size += chunk.length;
    if (size < BATCH_BYTES) continue;
    await writing;
    unsynced += size;
    if (unsynced > SYNC_BYTES) {
      await syncing;
      syncing = unwatched(file.datasync());
      unsynced = 0;
    }
    writing = unwatched(writeBatch(file, batch));
    batch = [];
    size = 0;
  }
  await writing;
  await syncing;
  await writeBatch(file, batch);
}

/** A promise that is awaited later, and must not count as unhandled until then. */
function unwatched<Result>(promise: Promise<Result>): Promise<Result> {
  promise.catch(() => undefined);
  return promise;
}

async function writeBatch(file: FileHandle, batch: readonly Uint8Array[]): Promise<void> {
  let left = batch;
  while (left.length > 0) {
    // All in one call and none of it copied; a disk that takes less is asked again for the rest.
    const { bytesWritten } = await file.writev(left);
    left = behind(left, bytesWritten);
  }
}

function behind(batch: readonly Uint8Array[], bytes: number): readonly Uint8Array[] {
  let skipped = bytes;
  return batch.flatMap((chunk) => {
    const rest = chunk.subarray(Math.min(skipped, chunk.length));
    skipped -= chunk.length - rest.length;
    return rest.length > 0 ? [rest] : [];
  });
}

async function isLeftOver(name: string, path: string): Promise<boolean> {
  const [, pid, host] = /^(\d+)\.[^.]+\.(.*)$/s.exec(name) ?? [];
  // The sweep comes before the first upload, so what bears the own number is of a former life.
  if (host === hostname() && (Number(pid) === process.pid || !isAlive(Number(pid)))) return true;
  try {
    return (await stat(path)).mtimeMs < Date.now() - ABANDONED_MS;
  } catch (error) {
    if (isMissing(error)) return false;
    throw error;
  }
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return !hasCode(error, 'ESRCH');
  }
}
