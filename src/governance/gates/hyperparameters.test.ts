import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  diffParams,
  fingerprintOf,
  type Ingredients,
  mergedParams,
  unregisteredVariants,
  versionDiffs,
} from './hyperparameters.js';

const MADE: Ingredients = {
  params: { lr: '0.1', depth: '3' },
  datasetDigests: ['d1', 'd2'],
  commit: 'abc',
  signature: { inputs: '[]' },
  weightsDigest: 'w',
};

describe('a fingerprint', () => {
  it('is the same in any order', () => {
    const other = {
      ...MADE,
      params: { depth: '3', lr: '0.1' },
      datasetDigests: ['d2', 'd1', 'd2'],
      commit: 'ABC',
    };
    expect(fingerprintOf(other)).toBe(fingerprintOf(MADE));
    expect(fingerprintOf(MADE)).toMatch(/^[\da-f]{64}$/);
  });

  it.each<[string, Partial<Ingredients>]>([
    ['a param', { params: { lr: '0.2', depth: '3' } }],
    ['a new param', { params: { ...MADE.params, x: '' } }],
    ['the data', { datasetDigests: ['d1'] }],
    ['the commit', { commit: undefined }],
    ['the signature', { signature: undefined }],
    ['the weights', { weightsDigest: 'v' }],
  ])('is another with %s', (_, change) => {
    expect(fingerprintOf({ ...MADE, ...change })).not.toBe(fingerprintOf(MADE));
  });
});

describe('differences of params', () => {
  it('lead from one to the other', () => {
    const params = fc.dictionary(fc.string({ maxLength: 3 }), fc.string({ maxLength: 2 }));
    fc.assert(
      fc.property(params, params, (from, to) => {
        const { added, removed, changed } = diffParams(from, to);
        const kept = Object.entries(from).filter(([key]) => !Object.hasOwn(removed, key));
        const after = kept.map(([key, value]) => [
          key,
          Object.hasOwn(changed, key) ? changed[key]?.to : value,
        ]);
        const reached = Object.fromEntries([...after, ...Object.entries(added)]);
        expect(Object.entries(reached).sort()).toEqual(Object.entries(to).sort());
      }),
    );
  });

  it('are listed from version to version', () => {
    const version = (number: number, params: Record<string, string>, fingerprint: string) => ({
      ...MADE,
      version: number,
      params,
      fingerprint,
    });
    const diffs = versionDiffs([
      { ...version(4, { lr: '0.2' }, 'c'), commit: 'def', weightsDigest: 'v' },
      version(1, { lr: '0.1', a: '1' }, 'a'),
      version(2, { lr: '0.1', a: '1' }, 'b'),
    ]);
    expect(diffs).toEqual([
      {
        ...{ from: 1, to: 2, added: {}, removed: {}, changed: {} },
        ...{ otherParts: [], isOtherVariant: true },
      },
      {
        from: 2,
        to: 4,
        added: {},
        removed: { a: '1' },
        changed: { lr: { from: '0.1', to: '0.2' } },
        otherParts: ['commit', 'weights'],
        isOtherVariant: true,
      },
    ]);
  });

  it('prefer what was set for the logged model, and find what nobody registered', () => {
    expect(mergedParams({ a: '1', b: '1' }, { b: '2' })).toEqual({ a: '1', b: '2' });
    const logged = [{ fingerprint: 'x' }, { fingerprint: 'y' }];
    expect(unregisteredVariants(logged, new Set(['x']))).toEqual([{ fingerprint: 'y' }]);
  });
});
