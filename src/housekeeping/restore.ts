import { createReadStream } from 'node:fs';
import { readdir, rename, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import Sqlite from 'better-sqlite3';
import { isMissing } from '../artifacts/backends/file-errors.js';
import { makeFolders } from '../platform/make-folders.js';
import { startError } from '../platform/start-error.js';
import { ARTIFACTS, type BackupReport, DATABASE, type Holdings, MANIFEST } from './backup.js';
import { copyWithDigest, type Digest, digestOf } from './tree.js';

interface Entry extends Digest {
  readonly path: string;
}

/**
 * Reads a whole backup and compares it with its manifest.
 *
 * @throws Error that names the first file that is missing or differs
 */
export async function verifyBackup(folder: string): Promise<BackupReport> {
  let files = 0;
  let bytes = 0;
  let end: BackupReport | undefined;
  for await (const line of linesOf(folder)) {
    if (!('path' in line)) {
      end = line;
      continue;
    }
    same(line, await digestOf(inside(folder, line.path)).catch(orMissing(line.path)));
    files += 1;
    bytes += line.bytes;
  }
  if (end?.files !== files || end.bytes !== bytes) throw new Error(`${MANIFEST} is not whole`);
  checkDatabase(join(folder, DATABASE));
  return end;
}

/** Verifies a backup, then puts it where nothing is yet; the database comes last. */
export async function restore(folder: string, to: Holdings): Promise<BackupReport> {
  const report = await verifyBackup(folder);
  await refuseExisting(to);
  await makeFolders(dirname(to.database)).catch((error: unknown) => {
    throw startError(`Can't make the folder of the database '${to.database}'`, error);
  });
  const draft = `${to.database}.restoring`;
  await rm(draft, { force: true });
  for await (const line of linesOf(folder)) {
    if (!('path' in line)) continue;
    const from = inside(folder, line.path);
    if (line.path === DATABASE) same(line, await copyWithDigest(from, draft));
    else if (to.artifacts === undefined)
      throw new Error('the backup holds artifacts: say where to');
    else {
      const path = line.path.slice(ARTIFACTS.length + 1);
      same(line, await copyWithDigest(from, join(to.artifacts, path)));
    }
  }
  await rename(draft, to.database);
  return report;
}

async function* linesOf(folder: string): AsyncGenerator<Entry | BackupReport> {
  const path = join(folder, MANIFEST);
  await stat(path).catch(() => {
    throw new Error(`${folder} is no finished backup: it has no ${MANIFEST}`);
  });
  for await (const line of createInterface({ input: createReadStream(path) })) {
    yield JSON.parse(line) as Entry | BackupReport;
  }
}

function inside(folder: string, path: string): string {
  const known = path === DATABASE || path.startsWith(`${ARTIFACTS}/`);
  if (known && !path.split('/').includes('..')) return join(folder, path);
  throw new Error(`${MANIFEST} names ${path}, which is no part of a backup`);
}

function same(expected: Entry, found: Digest): void {
  if (expected.bytes === found.bytes && expected.sha256 === found.sha256) return;
  throw new Error(`${expected.path} differs from the manifest`);
}

const orMissing = (path: string) => (error: unknown) => {
  throw isMissing(error) ? new Error(`${path} is missing`) : error;
};

function checkDatabase(file: string): void {
  const database = new Sqlite(file, { readonly: true });
  try {
    const found = database.pragma('integrity_check', { simple: true });
    if (found !== 'ok') throw new Error(`${DATABASE} is damaged: ${String(found)}`);
  } finally {
    database.close();
  }
}

async function refuseExisting({ database, artifacts }: Holdings): Promise<void> {
  for (const file of [database, `${database}-wal`]) {
    if (await stat(file).catch(() => undefined)) throw new Error(`${file} exists already`);
  }
  const there = artifacts === undefined ? [] : await readdir(artifacts).catch(() => []);
  if (there.length > 0) throw new Error(`${artifacts} is not empty`);
}
