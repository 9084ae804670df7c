import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';

const folders: string[] = [];
afterAll(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

/** @returns an empty folder that goes when the tests of the file end */
export function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'runledger-test-'));
  folders.push(folder);
  return folder;
}
