import { readdir, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import Sqlite from 'better-sqlite3';

/** Copies that are kept; older ones go when a new one is made. */
const KEPT = 3;
/** More pages than a database has: what is copied in one step never starts anew. */
const ALL_PAGES = 0x7fff_ffff;

/**
 * Copies a SQLite database as it is at one moment, beside itself, before its schema changes. The
 * copy has its name when it is whole: `<file>.before-<last step>-<time>`.
 *
 * @param version the last step that has been applied
 * @returns where the copy lies
 */
export async function copyBefore(file: string, version: string, now: Date): Promise<string> {
  const time = now.toISOString().replace(/[-:]/g, '').replace(/\.\d+/, '');
  const copy = `${file}.before-${version}-${time}`;
  const draft = `${copy}.part`;
  await rm(draft, { force: true });
  const source = new Sqlite(file, { readonly: true, timeout: 20_000 });
  try {
    await source.backup(draft, { progress: () => ALL_PAGES });
  } finally {
    source.close();
  }
  const whole = new Sqlite(draft);
  // One file alone, which looking at it doesn't change.
  whole.pragma('journal_mode = DELETE');
  whole.close();
  await rename(draft, copy);
  await prune(file);
  return copy;
}

/** The time is the end of the name, and the steps before it sort as they were made. */
async function prune(file: string): Promise<void> {
  const folder = dirname(file);
  const start = `${basename(file)}.before-`;
  const copies = (await readdir(folder))
    .filter((name) => name.startsWith(start) && /-\d{8}T\d{6}Z$/.test(name))
    .sort((a, b) => (a.slice(-16) < b.slice(-16) ? 1 : -1));
  for (const name of copies.slice(KEPT)) await rm(join(folder, name), { force: true });
}
