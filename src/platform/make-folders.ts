import { mkdir, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { hasCode } from './error-code.js';

/**
 * Makes a folder and those above it that are missing. Node's own `recursive` never comes back where
 * a file system says of a name below a folder that exists that there is no such folder, as /proc does.
 *
 * @param mode of what it makes
 * @returns the uppermost folder that it made, if any
 */
export async function makeFolders(folder: string, mode?: number): Promise<string | undefined> {
  try {
    await mkdir(folder, { mode });
    return folder;
  } catch (error) {
    if (await isFolder(folder)) return undefined;
    const parent = dirname(folder);
    if (!hasCode(error, 'ENOENT') || parent === folder) throw error;
    const first = await makeFolders(parent, mode);
    const made = await makeBelow(folder, mode);
    return first ?? made;
  }
}

/** Somebody else may have made it meanwhile. */
async function makeBelow(folder: string, mode: number | undefined): Promise<string | undefined> {
  try {
    await mkdir(folder, { mode });
    return folder;
  } catch (error) {
    if (await isFolder(folder)) return undefined;
    throw error;
  }
}

const isFolder = (path: string): Promise<boolean> =>
  stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  );
