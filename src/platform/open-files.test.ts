import { describe, expect, it } from 'vitest';
import { connectionsWithin } from './open-files.js';

describe('connectionsWithin', () => {
  it.each([
    ['what is wanted, where there is room', 8_192, 1_048_576, 8_192],
    ['three quarters of a low limit', 8_192, 1_024, 768],
    ['what the rest leaves of a very low one', 8_192, 256, 96],
    ['one at least', 8_192, 64, 1],
    ['what is wanted, below the limit', 10, 256, 10],
  ])('takes %s', (_, wanted, limit, expected) => {
    expect(connectionsWithin(wanted, limit)).toBe(expected);
  });

  it('knows the limit of this process', () => {
    expect(connectionsWithin(1)).toBe(1);
    expect(connectionsWithin(Number.MAX_SAFE_INTEGER)).toBeGreaterThan(1);
  });
});
