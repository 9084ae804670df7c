import { constants, type Dirent } from 'node:fs';
import { lstat, open, readdir, rename, rm, stat, unlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { MlflowError } from '../../errors.js';
import { makeFolders } from '../../platform/make-folders.js';
import { invalidPath, SafePath } from '../safe-path.js';
import type { ArtifactBackend, Entry, OpenFile } from './backend.js';
import { isInside, outside, realPlace, realPlaceInside } from './containment.js';
import { fileError, folderNotFile, isMissing, underFile } from './file-errors.js';
import { openLocalFile } from './local-file.js';
import { UPLOADS, type UploadArea } from './upload-area.js';

/** How many sizes of a listing are asked for at a time. */
const STATS_AT_ONCE = 32;

/** Another request may delete a folder that this one has just made; then it is made again. */
const ATTEMPTS = 10;

interface Settings {
  /** An absolute folder. */
  readonly top: string;
  /** Without one the folder is for reading only. */
  readonly uploads?: UploadArea | undefined;
  /**
   * The folder was named by a client and not by the operator: then no link may be part of its
   * path, since whoever can set a link there would choose what the server reads.
   */
  readonly isForeign?: boolean;
}

/** Artifacts as files in a folder of this machine. */
export class LocalFolder implements ArtifactBackend {
  readonly #settings: Settings;
  readonly #base: SafePath;

  constructor(settings: Settings, base = SafePath.ROOT) {
    this.#settings = settings;
    this.#base = base;
  }

  folder(path: SafePath): LocalFolder {
    return new LocalFolder(this.#settings, this.#base.join(path));
  }

  list(folder: SafePath): Promise<Entry[]> {
    return explained(folder, async () => {
      if (this.#isReserved(folder)) return [];
      const root = await this.#realRoot();
      const place = await realPlaceInside(root, this.#pathOf(folder));
      const found = await this.#read(place);
      const names = found.filter(({ name }) => !isReserved(name));
      const entries: Entry[] = [];
      for (let at = 0; at < names.length; at += STATS_AT_ONCE) {
        const some = names.slice(at, at + STATS_AT_ONCE);
        entries.push(...(await Promise.all(some.map((item) => entryOf(root, place, item)))).flat());
      }
      return entries.sort((a, b) => Buffer.compare(Buffer.from(a.name), Buffer.from(b.name)));
    });
  }

  open(path: SafePath): Promise<OpenFile | 'folder' | 'missing'> {
    return explained(path, async () => {
      if (this.#isReserved(path)) return 'missing';
      try {
        const root = await this.#realRoot();
        const place = await realPlaceInside(root, this.#pathOf(path));
        return await openLocalFile(root, place);
      } catch (error) {
        if (isMissing(error)) return 'missing';
        throw error;
      }
    });
  }

  store(path: SafePath, content: AsyncIterable<Uint8Array>): Promise<string> {
    return explained(path, async () => {
      const uploads = this.#writable(path);
      await this.#checkTarget(path);
      const temporary = await uploads.receive(content);
      try {
        await this.#publish(temporary.path, path);
        return temporary.version;
      } catch (error) {
        await rm(temporary.path, { force: true });
        throw error;
      }
    });
  }

  remove(path: SafePath): Promise<void> {
    return explained(path, async () => {
      const uploads = this.#writable(path);
      const target = await this.#target(path);
      await unlessGone(async () => {
        if (!(await lstat(target)).isDirectory()) await unlink(target);
        else if (!(await uploads.discard(target))) await rm(target, { recursive: true });
        await syncFolder(dirname(target));
      });
    });
  }

  #pathOf(path: SafePath): string {
    return join(this.#settings.top, ...this.#base.segments, ...path.segments);
  }

  #isReserved(path: SafePath): boolean {
    return this.#base.join(path).segments.some(isReserved);
  }

  #writable(path: SafePath): UploadArea {
    if (path.isRoot || this.#isReserved(path)) throw invalidPath();
    if (this.#settings.uploads !== undefined) return this.#settings.uploads;
    throw new MlflowError(
      'PERMISSION_DENIED',
      'The server stores files in its configured artifact storage only',
    );
  }

  async #realRoot(): Promise<string> {
    const { top, isForeign } = this.#settings;
    const realTop = await realPlace(top);
    if (isForeign === true && realTop !== top) throw outside();
    if (this.#base.isRoot) return realTop;
    return realPlaceInside(realTop, this.#pathOf(SafePath.ROOT));
  }

  /** The real path of the folder, with the name below it unresolved. */
  async #target(path: SafePath): Promise<string> {
    const root = await this.#realRoot();
    return join(await realPlaceInside(root, dirname(this.#pathOf(path))), path.name);
  }

  /** Refuses what can't end well before a single byte of it is read. */
  async #checkTarget(path: SafePath): Promise<void> {
    const target = await this.#target(path);
    try {
      const found = await lstat(target);
      if (found.isDirectory()) throw folderNotFile(path.text);
      if (found.isSymbolicLink()) await realPlaceInside(await this.#realRoot(), target);
    } catch (error) {
      if (!isMissing(error)) throw error;
      // A file further up is an error only for those who want to write below it.
      const above = await nearest(dirname(target));
      if (!(await stat(above)).isDirectory()) throw underFile(path.text);
    }
  }

  /** The folder is looked for anew each time: it may be made, deleted or exchanged meanwhile. */
  async #publish(temporary: string, path: SafePath): Promise<void> {
    for (let attempt = 1; ; attempt += 1) {
      const target = await this.#target(path);
      try {
        await rename(temporary, target);
        return await unlessGone(() => syncFolder(dirname(target)));
      } catch (error) {
        if (!isMissing(error) || attempt === ATTEMPTS) throw error;
      }
      await unlessGone(() => makeFolder(dirname(target)));
    }
  }

  async #read(place: string): Promise<Dirent[]> {
    try {
      return await readdir(place, { withFileTypes: true });
    } catch (error) {
      if (isMissing(error)) return [];
      throw error;
    }
  }
}

/** At any depth: one folder of the server may lie in another. */
const isReserved = (name: string): boolean =>
  // Some file systems don't tell upper from lower case.
  name.toLowerCase() === UPLOADS;

async function explained<Result>(path: SafePath, work: () => Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    throw fileError(error, path.text);
  }
}

/** @returns nothing for what is gone by now, is no file or folder, or leads out of the root */
async function entryOf(root: string, folder: string, item: Dirent): Promise<Entry[]> {
  const { name } = item;
  try {
    if (item.isDirectory()) return [{ name, isFolder: true, size: 0 }];
    const path = join(folder, name);
    const place = item.isFile() ? path : await realPlace(path);
    if (!isInside(root, place)) return [];
    const found = await stat(place);
    if (found.isDirectory()) return [{ name, isFolder: true, size: 0 }];
    return found.isFile() ? [{ name, isFolder: false, size: found.size }] : [];
  } catch {
    return [];
  }
}

async function nearest(folder: string): Promise<string> {
  try {
    await lstat(folder);
    return folder;
  } catch (error) {
    const parent = dirname(folder);
    if (!isMissing(error) || parent === folder) throw error;
    return nearest(parent);
  }
}

/** Makes a folder that survives a power cut, with those above it. */
async function makeFolder(folder: string): Promise<void> {
  const first = await makeFolders(folder);
  if (first === undefined) return;
  for (let made = folder; isInside(first, made); made = dirname(made)) {
    await syncFolder(dirname(made));
  }
}

/** What another request deletes at the same time is its affair. */
async function unlessGone(work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (!isMissing(error)) throw error;
  }
}

async function syncFolder(folder: string): Promise<void> {
  // Windows has nothing to sync a folder with.
  if (process.platform === 'win32') return;
  const handle = await open(folder, constants.O_RDONLY | constants.O_DIRECTORY);
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
