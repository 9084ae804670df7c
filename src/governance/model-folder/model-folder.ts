import type { Readable } from 'node:stream';
import { SafePath } from '../../artifacts/safe-path.js';
import { badRequest } from '../../errors.js';

/** A model's folder, wherever it lies. Nothing that links lead out to is in it. */
export interface ModelFolder {
  list(folder: SafePath): Promise<readonly FolderEntry[]>;
  open(path: SafePath): Promise<ModelFile | 'folder' | 'missing'>;
}

export interface FolderEntry {
  readonly name: string;
  readonly isFolder: boolean;
  readonly size: number;
}

/** A file as it is at one moment. */
export interface ModelFile {
  readonly size: number;
  /** Differs whenever the content may differ. */
  readonly version: string;
  read(): Readable;
  close(): Promise<void>;
}

export interface FoundFile {
  readonly path: SafePath;
  readonly size: number;
}

/** Links may make a folder its own descendant, and somebody may have chosen the wrong folder. */
const MOST_DEEP = 32;
const MOST_ENTRIES = 100_000;

/**
 * All files of a folder, at any depth.
 *
 * @throws MlflowError 400 for a folder that is no model's: too large, or with names that no path has
 */
export async function filesIn(folder: ModelFolder): Promise<FoundFile[]> {
  const found: FoundFile[] = [];
  const open = [SafePath.ROOT];
  let entries = 0;
  for (let at = open.pop(); at !== undefined; at = open.pop()) {
    if (at.segments.length > MOST_DEEP) throw tooLarge(`more than ${MOST_DEEP} folders deep`);
    const listed = await folder.list(at);
    entries += listed.length;
    if (entries > MOST_ENTRIES) throw tooLarge(`of more than ${MOST_ENTRIES} files`);
    for (const { name, isFolder, size } of listed) {
      const path = at.join(named(name));
      if (isFolder) open.push(path);
      else found.push({ path, size });
    }
  }
  return found;
}

/**
 * Reads a small file.
 *
 * @returns undefined when there is none, or when it is longer than `most` bytes
 */
export async function readBytes(
  folder: ModelFolder,
  path: SafePath,
  most: number,
): Promise<Uint8Array<ArrayBuffer> | undefined> {
  const file = await folder.open(path);
  if (typeof file === 'string') return undefined;
  if (file.size > most) {
    await file.close();
    return undefined;
  }
  const bytes = new Uint8Array(file.size);
  let at = 0;
  for await (const chunk of contentOf(file)) {
    bytes.set(chunk, at);
    at += chunk.length;
  }
  return at === file.size ? bytes : bytes.slice(0, at);
}

/** The content of a file in pieces; the file is closed at its end. */
export const contentOf = (file: ModelFile): AsyncIterable<Buffer> =>
  file.read() as AsyncIterable<Buffer>;

function named(name: string): SafePath {
  const path = SafePath.parse(name);
  if (path.segments.length === 1 && path.name === name) return path;
  throw badRequest(`The model has a file whose name is no path: ${JSON.stringify(name)}`);
}

const tooLarge = (what: string) => badRequest(`The folder is no model's: it is ${what}`);
