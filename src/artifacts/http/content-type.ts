import { extname } from 'node:path';
import { lookup } from 'mime-types';

/** Extensions, and whole names without one, that are shown as text whatever else they are. */
const TEXT = new Set(
  (
    'txt log err cfg conf cnf cf ini properties prop hocon toml yaml yml xml json js py py3 csv ' +
    'tsv md rst ipynb MLmodel MLproject'
  ).split(' '),
);

/** The type of a download, as MLflow's pages expect it. */
export function contentTypeOf(name: string): string {
  const extension = extname(name).slice(1);
  if (TEXT.has(extension === '' ? name : extension)) return 'text/plain';
  return lookup(extension) || 'application/octet-stream';
}

/** Is it text, which packing makes small? Other types are packed already, or hardly shrink. */
export const isText = (type: string): boolean =>
  type.startsWith('text/') || /^(?:application\/json|image\/svg\+xml)$/.test(type);
