import { expect, it } from 'vitest';
import { addressesIn, changesOf, isWhole, NEW, secretsOf } from './receiver-wish.ts';

const WISH = { ...NEW, name: 'n', url: 'https://***@h/', events: ['a'] };

it('a change says what is not as it was, and nothing of the rest', () => {
  expect(changesOf(WISH, { ...WISH, events: ['a'] })).toEqual({});
  expect(changesOf(WISH, { ...WISH, events: ['a', 'b'], secret: null })).toEqual({
    ...{ events: ['a', 'b'], secret: null },
  });
});

it('a secret is left, changed or taken away', () => {
  expect(secretsOf({ secret: '', authorization: 'new' })).toEqual({ authorization: 'new' });
  expect(secretsOf({ secret: null })).toEqual({ secret: '' });
});

it('nothing is asked for before it is said where to tell, and of what', () => {
  expect(isWhole(WISH, ['name'])).toBe(true);
  expect(isWhole({ ...WISH, name: '' }, ['name'])).toBe(false);
  expect(isWhole({ ...WISH, name: '' }, [])).toBe(true);
  expect(isWhole({ ...WISH, channel: 'email' }, [])).toBe(false);
  expect(isWhole({ ...WISH, events: [] }, [])).toBe(false);
  expect(addressesIn(' a@b.c, d@e.f;g@h.i\n')).toEqual(['a@b.c', 'd@e.f', 'g@h.i']);
});
