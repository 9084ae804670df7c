import { readlink, realpath } from 'node:fs/promises';
import { basename, dirname, join, sep } from 'node:path';
import { invalidParameter, type MlflowError } from '../../errors.js';
import { isMissing } from './file-errors.js';

/** Is `path` the folder itself or something in it? Both must be absolute and normal. */
export const isInside = (folder: string, path: string): boolean =>
  path === folder || path.startsWith(folder.endsWith(sep) ? folder : folder + sep);

/** Where a path really lies when links are followed, also if the last part of it is yet to be. */
export async function realPlace(path: string): Promise<string> {
  try {
    return await realpath(path);
  } catch (error) {
    const parent = dirname(path);
    if (!isMissing(error) || parent === path) throw error;
    return join(await realPlace(parent), basename(path));
  }
}

/** @throws MlflowError 400 when links lead from the path out of the folder */
export async function realPlaceInside(realFolder: string, path: string): Promise<string> {
  const place = await realPlace(path);
  if (!isInside(realFolder, place)) throw outside();
  return place;
}

/**
 * Looks, on Linux, at where an open file really lies: the check that no exchange of a folder for
 * a link between looking and opening can get around.
 */
export async function checkOpened(realFolder: string, descriptor: number): Promise<void> {
  if (process.platform !== 'linux') return;
  let place: string;
  try {
    place = await readlink(`/proc/self/fd/${descriptor}`);
  } catch (error) {
    if (isMissing(error)) return;
    throw error;
  }
  if (!isInside(realFolder, place)) throw outside();
}

export const outside = (): MlflowError =>
  invalidParameter('Invalid path: resolved path is outside the artifact directory');
