import { link, open, readdir, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import type { DatabaseLocation } from '../../platform/db/uri.js';
import { makeFolders } from '../../platform/make-folders.js';
import { startError } from '../../platform/start-error.js';

/** Where an export is written until it is whole. */
export interface Place {
  readonly location: DatabaseLocation;
  /** Gives what is whole its name. */
  keep(): Promise<void>;
  /** Removes what is left. */
  clear(): Promise<void>;
}

/**
 * A SQLite file has another name until everything is in it, so that one that was cut off is never
 * taken for one that is whole. What a process that is gone has left is removed.
 */
export async function openPlace(target: DatabaseLocation): Promise<Place> {
  if (target.kind !== 'sqlite') {
    return { location: target, keep: async () => undefined, clear: async () => undefined };
  }
  const folder = dirname(target.file);
  const prefix = `${basename(target.file)}.export-`;
  try {
    await makeFolders(folder);
  } catch (error) {
    throw startError(`Can't write to '${folder}'`, error);
  }
  for (const name of await readdir(folder)) {
    const process = /^(\d+)(?:-wal|-shm|-journal)?$/.exec(
      name.startsWith(prefix) ? name.slice(prefix.length) : '',
    )?.[1];
    if (process !== undefined && !isRunning(Number(process))) {
      await rm(join(folder, name), { force: true });
    }
  }
  const file = join(folder, `${prefix}${process.pid}`);
  return {
    location: { kind: 'sqlite', file },
    keep: async () => {
      const handle = await open(file, 'r+');
      await handle.sync();
      await handle.close();
      // Unlike a rename, a link takes nobody's place.
      await link(file, target.file).catch((error: unknown) => {
        throw startError(`Can't give '${file}' the name '${target.file}'`, error);
      });
    },
    clear: async () => {
      for (const end of ['', '-wal', '-shm', '-journal'])
        await rm(`${file}${end}`, { force: true });
    },
  };
}

/** A container starts its program under the same number each time. */
function isRunning(id: number): boolean {
  if (id === process.pid) return false;
  try {
    process.kill(id, 0);
    return true;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}
