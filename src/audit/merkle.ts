import { hash as digestOf } from 'node:crypto';

/** The tree of RFC 6962: roots of perfect subtrees are kept, all else is made of these. */

export type Hash = Buffer;

/** A perfect subtree of `2^level` leaves, the first of which is `position * 2^level`. */
export interface Place {
  readonly level: number;
  readonly position: number;
}

export interface Node extends Place {
  readonly hash: Hash;
}

/** At once: an object for each hash takes longer than the hashing. */
const sha256 = (...parts: readonly Uint8Array[]): Hash =>
  digestOf('sha256', Buffer.concat(parts), 'buffer');

const LEAF = Uint8Array.of(0);
const INNER = Uint8Array.of(1);

export const leafHash = (bytes: Uint8Array): Hash => sha256(LEAF, bytes);
const innerHash = (left: Hash, right: Hash): Hash => sha256(INNER, left, right);

/** The root of a tree without leaves. */
const EMPTY = sha256();

/**
 * The tree grows by a leaf.
 *
 * @param frontier roots of the perfect subtrees that make up the tree, the largest first
 * @returns the frontier then, and the roots that are new, from level 1 on
 */
export function append(
  frontier: readonly Hash[],
  size: number,
  leaf: Hash,
): { readonly frontier: Hash[]; readonly made: Node[] } {
  const next = [...frontier];
  const made: Node[] = [];
  let hash = leaf;
  let position = size;
  for (let level = 1; position % 2 === 1; level += 1) {
    const left = next.pop();
    if (left === undefined) throw new Error('The frontier does not fit the size');
    hash = innerHash(left, hash);
    position = (position - 1) / 2;
    made.push({ level, position, hash });
  }
  return { frontier: [...next, hash], made };
}

/** @returns the root of the tree that these perfect subtrees make up */
export const rootOf = (frontier: readonly Hash[]): Hash =>
  frontier.length === 0 ? EMPTY : frontier.reduceRight((right, left) => innerHash(left, right));

/** A subtree of a proof: what it takes to get its root, from left to right. */
type Part = readonly Place[];

/** @returns the perfect subtrees that leaves `from` to `to` (without it) fall into */
export function coverOf(from: number, to: number): Place[] {
  const places: Place[] = [];
  for (let start = from; start < to; ) {
    let level = 0;
    while (start % 2 ** (level + 1) === 0 && start + 2 ** (level + 1) <= to) level += 1;
    places.push({ level, position: start / 2 ** level });
    start += 2 ** level;
  }
  return places;
}

/** The largest power of two below a size of 2 or more. */
const splitOf = (size: number): number => {
  let split = 1;
  while (split * 2 < size) split *= 2;
  return split;
};

/** @returns the parts of PATH(index, D[from:to]), the lowest first */
export function inclusionParts(index: number, from: number, to: number): Part[] {
  if (to - from <= 1) return [];
  const middle = from + splitOf(to - from);
  return index < middle
    ? [...inclusionParts(index, from, middle), coverOf(middle, to)]
    : [...inclusionParts(index, middle, to), coverOf(from, middle)];
}

/** @returns the parts of PROOF(old, D[0:size]) */
export function consistencyParts(old: number, size: number): Part[] {
  if (old === 0 || old === size) return [];
  const walk = (from: number, to: number, whole: boolean): Part[] => {
    if (old === to) return whole ? [] : [coverOf(from, to)];
    const middle = from + splitOf(to - from);
    return old <= middle
      ? [...walk(from, middle, whole), coverOf(middle, to)]
      : [...walk(middle, to, false), coverOf(from, middle)];
  };
  return walk(0, size, true);
}

/** @returns whether a leaf is the one at an index of the tree with this root */
export function provesInclusion(
  leaf: Hash,
  index: number,
  size: number,
  proof: readonly Hash[],
  root: Hash,
): boolean {
  if (index < 0 || index >= size) return false;
  let [node, last, hash] = [index, size - 1, leaf];
  for (const sibling of proof) {
    if (last === 0) return false;
    if (node % 2 === 1 || node === last) {
      hash = innerHash(sibling, hash);
      while (node % 2 === 0 && node !== 0) [node, last] = [node / 2, Math.floor(last / 2)];
    } else {
      hash = innerHash(hash, sibling);
    }
    [node, last] = [Math.floor(node / 2), Math.floor(last / 2)];
  }
  return last === 0 && hash.equals(root);
}

/** @returns whether the tree with the new root begins with all of that with the old one */
export function provesConsistency(
  old: { readonly size: number; readonly root: Hash },
  now: { readonly size: number; readonly root: Hash },
  proof: readonly Hash[],
): boolean {
  if (old.size > now.size) return false;
  if (old.size === now.size) return proof.length === 0 && old.root.equals(now.root);
  if (old.size === 0) return proof.length === 0;
  let [node, last] = [old.size - 1, now.size - 1];
  while (node % 2 === 1) [node, last] = [Math.floor(node / 2), Math.floor(last / 2)];
  const [first, ...rest] = node === 0 ? [old.root, ...proof] : proof;
  if (first === undefined) return false;
  let [before, after] = [first, first];
  for (const sibling of rest) {
    if (last === 0) return false;
    if (node % 2 === 1 || node === last) {
      before = innerHash(sibling, before);
      after = innerHash(sibling, after);
      while (node % 2 === 0 && node !== 0) [node, last] = [node / 2, Math.floor(last / 2)];
    } else {
      after = innerHash(after, sibling);
    }
    [node, last] = [Math.floor(node / 2), Math.floor(last / 2)];
  }
  return last === 0 && before.equals(old.root) && after.equals(now.root);
}
