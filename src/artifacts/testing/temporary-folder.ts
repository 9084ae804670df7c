import { mkdir, mkdtemp, realpath, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { onTestFinished } from 'vitest';

/** @returns the real path of an empty folder that goes with the test */
export async function temporaryFolder(): Promise<string> {
  const folder = await realpath(await mkdtemp(join(tmpdir(), 'runledger-artifacts-')));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

/** Makes links, each from a path in the folder to where it leads, and the folders for them. */
export async function makeLinks(
  folder: string,
  links: Readonly<Record<string, string>>,
): Promise<void> {
  for (const [path, target] of Object.entries(links)) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await symlink(target, join(folder, path));
  }
}
