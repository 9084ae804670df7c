import { randomBytes } from 'node:crypto';
import { link, open, readFile, rm } from 'node:fs/promises';
import { hasCode } from '../error-code.js';

/**
 * Reads the key beside the database, which only the server's user may read. Where there is none
 * yet, one is made; of servers that do so together one wins, and all read the same.
 */
export async function readOrMakeKeyFile(file: string): Promise<string> {
  const found = await readKeyFile(file);
  if (found !== undefined) return found;
  const fresh = `${file}.${randomBytes(6).toString('hex')}`;
  try {
    const handle = await open(fresh, 'wx', 0o600);
    try {
      await handle.writeFile(`${randomBytes(32).toString('base64url')}\n`);
      await handle.sync();
    } finally {
      await handle.close();
    }
    // Unlike a rename, a link takes nobody's place.
    await link(fresh, file).catch((error: unknown) => {
      if (!hasCode(error, 'EEXIST')) throw error;
    });
  } finally {
    await rm(fresh, { force: true });
  }
  const key = await readKeyFile(file);
  if (key === undefined) throw new Error('The key file is gone');
  return key;
}

/** @returns the key in a file, or undefined when there is no file */
export async function readKeyFile(file: string): Promise<string | undefined> {
  try {
    return (await readFile(file, 'utf8')).trim();
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return undefined;
    throw error;
  }
}
