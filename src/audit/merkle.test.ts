import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  append,
  consistencyParts,
  coverOf,
  type Hash,
  inclusionParts,
  leafHash,
  type Place,
  provesConsistency,
  provesInclusion,
  rootOf,
} from './merkle.js';

/** MTH of RFC 6962, as it stands there. */
function naiveRoot(leaves: readonly Hash[]): Hash {
  const [first] = leaves;
  if (first === undefined) return createHash('sha256').digest();
  if (leaves.length === 1) return first;
  let split = 1;
  while (split * 2 < leaves.length) split *= 2;
  return createHash('sha256')
    .update(Uint8Array.of(1))
    .update(naiveRoot(leaves.slice(0, split)))
    .update(naiveRoot(leaves.slice(split)))
    .digest();
}

function grow(count: number) {
  const leaves = Array.from({ length: count }, (_, index) =>
    leafHash(Buffer.from(`leaf ${index}`)),
  );
  const nodes = new Map<string, Hash>();
  const key = ({ level, position }: Place) => `${level}/${position}`;
  let frontier: Hash[] = [];
  leaves.forEach((leaf, index) => {
    nodes.set(key({ level: 0, position: index }), leaf);
    const grown = append(frontier, index, leaf);
    frontier = grown.frontier;
    for (const node of grown.made) nodes.set(key(node), node.hash);
  });
  const hashOf = (part: readonly Place[]): Hash =>
    rootOf(
      part.map((place) => {
        const hash = nodes.get(key(place));
        if (hash === undefined) throw new Error(`There is no node ${key(place)}`);
        return hash;
      }),
    );
  return { leaves, frontier, hashOf };
}

const sizes = fc.integer({ min: 1, max: 200 });

describe('the tree', () => {
  it('has the root of RFC 6962 at every size', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 200 }), (size) => {
        const { leaves, frontier, hashOf } = grow(size);
        expect(rootOf(frontier)).toEqual(naiveRoot(leaves));
        expect(hashOf(coverOf(0, size))).toEqual(naiveRoot(leaves));
      }),
    );
  });

  it('proves that a leaf is in it, and of no other leaf', () => {
    fc.assert(
      fc.property(sizes, fc.nat(), (size, seed) => {
        const index = seed % size;
        const { leaves, hashOf } = grow(size);
        const root = naiveRoot(leaves);
        const proof = inclusionParts(index, 0, size).map(hashOf);
        const leaf = leaves[index] ?? root;
        expect(proof.length).toBeLessThanOrEqual(Math.ceil(Math.log2(size)));
        expect(provesInclusion(leaf, index, size, proof, root)).toBe(true);
        expect(provesInclusion(leafHash(leaf), index, size, proof, root)).toBe(false);
        expect(provesInclusion(leaf, index + 1, size, proof, root)).toBe(false);
        expect(provesInclusion(leaf, index, size, [...proof, root], root)).toBe(false);
      }),
    );
  });

  it('proves that it begins with an earlier one, and with no other', () => {
    fc.assert(
      fc.property(sizes, fc.nat(), (size, seed) => {
        const old = seed % (size + 1);
        const { leaves, hashOf } = grow(size);
        const now = { size, root: naiveRoot(leaves) };
        const before = { size: old, root: naiveRoot(leaves.slice(0, old)) };
        const proof = consistencyParts(old, size).map(hashOf);
        expect(provesConsistency(before, now, proof)).toBe(true);
        if (old === 0) return;
        const forged = { size: old, root: leafHash(before.root) };
        expect(provesConsistency(forged, now, proof)).toBe(false);
        expect(provesConsistency(before, { size, root: forged.root }, proof)).toBe(false);
        expect(provesConsistency(before, now, [...proof, now.root])).toBe(false);
      }),
    );
  });
});
