import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { canonicalDigest } from './canonical-digest.js';
import { canonicalJson } from './canonical-json.js';

describe('canonical JSON', () => {
  it.each([
    [{ b: 1, a: [true, null, 'x'] }, '{"a":[true,null,"x"],"b":1}'],
    [
      { n: 333333333.3333333, e: 1e30, s: 2e-3, z: -0 },
      '{"e":1e+30,"n":333333333.3333333,"s":0.002,"z":0}',
    ],
    [
      { '\u20ac': 1, '\r': 2, '\ufb33': 3, '1': 4, '\ud83d\ude00': 5, '\u0080': 6, '\u00f6': 7 },
      '{"\\r":2,"1":4,"\u0080":6,"\u00f6":7,"\u20ac":1,"\ud83d\ude00":5,"\ufb33":3}',
    ],
    [{ gone: undefined, kept: 0 }, '{"kept":0}'],
    ['a"\\\u000f\n/', '"a\\"\\\\\\u000f\\n/"'],
  ])('writes %j', (value, text) => {
    expect(canonicalJson(value)).toBe(text);
  });

  it.each([
    ['a number that is none', [Number.NaN, Number.POSITIVE_INFINITY], '[null,null]'],
    ['half of a pair', { a: '\ud800' }, '{"a":"\ufffd"}'],
    ['a bigint', [1n, 2n ** 60n], '[1,"1152921504606846976"]'],
    ['nothing', [undefined], '[null]'],
  ])('has a form for %s too', (_, value, text) => {
    expect(canonicalJson(value)).toBe(text);
  });

  it('says all that JSON says, and the same again when it is read and written', () => {
    fc.assert(
      fc.property(fc.jsonValue({ noUnicodeString: false }), (value) => {
        const text = canonicalJson(value);
        expect(canonicalJson(JSON.parse(text))).toBe(text);
        expect(JSON.parse(text)).toEqual(JSON.parse(JSON.stringify(value)));
      }),
    );
  });

  it('has one digest for all orders of members', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.integer()), (members) => {
        const reversed = Object.fromEntries(Object.entries(members).reverse());
        expect(canonicalDigest(reversed)).toBe(canonicalDigest(members));
      }),
    );
    expect(canonicalDigest({})).toBe(
      '44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a',
    );
  });
});
