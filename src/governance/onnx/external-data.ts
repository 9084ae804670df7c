import { isAbsolute } from 'node:path/posix';
import { SafePath } from '../../artifacts/safe-path.js';
import { quoted } from './problems.js';

/** The files of the model's folder with their sizes, by paths from the ONNX file's folder on. */
export type FolderFiles = ReadonlyMap<string, number>;

/**
 * Looks whether data outside of the ONNX file is there: in this folder, and long enough. Whoever
 * lists the files leaves out links that lead elsewhere, so a path by name is all that counts.
 *
 * @param bytes how many the tensor takes
 * @returns what is wrong with it
 */
export function checkExternalData(
  pairs: readonly { readonly key: string; readonly value: string }[],
  bytes: bigint,
  shape: string,
  files: FolderFiles,
): string | undefined {
  const entries = new Map(pairs.map(({ key, value }) => [key, value]));
  const location = entries.get('location');
  if (!location) return 'keeps its data outside of the file and does not say where';
  const path = pathInside(location);
  if (path === undefined) {
    return `keeps its data in ${quoted(location)}, which is no path inside of the model's folder`;
  }
  const size = files.get(path);
  if (size === undefined) {
    return `keeps its data in ${quoted(location)}, which is not in the model's folder`;
  }
  const offset = count(entries.get('offset') ?? '0');
  const length = count(entries.get('length') ?? String(bytes));
  if (offset === undefined || length === undefined) {
    return `keeps its data in ${quoted(location)} at a place that is no number`;
  }
  if (length !== bytes) {
    return `has ${length} bytes of data in ${quoted(location)} where ${shape} takes ${bytes}`;
  }
  if (offset + length <= BigInt(size)) return undefined;
  return `needs ${offset + length} bytes of ${quoted(location)}, which has ${size}`;
}

function pathInside(location: string): string | undefined {
  if (isAbsolute(location) || location.includes('\\')) return undefined;
  try {
    const path = SafePath.parse(location);
    return path.isRoot ? undefined : path.text;
  } catch {
    return undefined;
  }
}

const count = (text: string): bigint | undefined =>
  /^\d{1,19}$/.test(text) ? BigInt(text) : undefined;
