import { createHash } from 'node:crypto';

/** A file of a model as it was at one moment. */
export interface FileDigest {
  /** From the model's folder on, with slashes. */
  readonly path: string;
  readonly size: number;
  /** In hex. */
  readonly sha256: string;
}

/** What a model's folder held. */
export interface Manifest {
  /** In the order of {@link byPath}. */
  readonly files: readonly FileDigest[];
  readonly rootDigest: string;
}

export interface Differences {
  readonly added: readonly string[];
  readonly removed: readonly string[];
  readonly changed: readonly string[];
}

/** What describes a model and may be written after it was registered. */
const CARD_FILES: readonly string[] = [
  ...['MODEL_CARD.yaml', 'MODEL_CARD.yml', 'MODEL_CARD.json', 'MODEL_CARD.md'],
  ...['model_card.yaml', 'README.md'],
];

/**
 * Cards come with the review, so they are frozen with its approval and not with the files. No
 * code of a model has these names, and in a folder further down they are files like any other.
 *
 * @param path from the model's folder on
 */
export const isCard = (path: string): boolean => CARD_FILES.includes(path);

/** The names of cards, for whoever has to leave them out by name. */
export const cardFiles = (): readonly string[] => CARD_FILES;

/** Compares folder by folder and byte by byte, as the model signature of OpenSSF orders its files. */
export function byPath(one: { readonly path: string }, other: { readonly path: string }): number {
  const left = one.path.split('/');
  const right = other.path.split('/');
  for (let at = 0; at < left.length && at < right.length; at += 1) {
    const order = Buffer.compare(Buffer.from(left[at] ?? ''), Buffer.from(right[at] ?? ''));
    if (order !== 0) return order;
  }
  return left.length - right.length;
}

/** One digest for many files: SHA-256 over their digests in the order of {@link byPath}. */
export function rootDigestOf(files: readonly FileDigest[]): string {
  const hash = createHash('sha256');
  for (const { sha256 } of [...files].sort(byPath)) hash.update(Buffer.from(sha256, 'hex'));
  return hash.digest('hex');
}

/** @param files in any order, and without cards */
export const manifestOf = (files: readonly FileDigest[]): Manifest => ({
  files: [...files].sort(byPath),
  rootDigest: rootDigestOf(files),
});

/** What happened to a folder since its manifest was made. */
export function differences(manifest: Manifest, now: readonly FileDigest[]): Differences {
  const before = new Map(manifest.files.map((file) => [file.path, file]));
  const after = new Map(now.map((file) => [file.path, file]));
  return {
    added: [...now].sort(byPath).flatMap(({ path }) => (before.has(path) ? [] : path)),
    removed: manifest.files.flatMap(({ path }) => (after.has(path) ? [] : path)),
    changed: manifest.files.flatMap(({ path, sha256 }) => {
      const file = after.get(path);
      return file === undefined || file.sha256 === sha256 ? [] : path;
    }),
  };
}

export const isSame = ({ added, removed, changed }: Differences): boolean =>
  added.length + removed.length + changed.length === 0;
