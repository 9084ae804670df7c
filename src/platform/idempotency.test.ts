import { beforeAll, describe, expect, it } from 'vitest';
import { forEachDatabase } from '../testing/for-each-database.js';
import type { Database } from './db/database.js';
import { refusal } from './filter/testing/refusal.js';
import { claimKey, idempotencyKey } from './idempotency.js';

const DAY = 86_400_000;

describe('the header of a key', () => {
  it('is absent, empty or up to 255 characters', () => {
    expect(idempotencyKey(undefined)).toBeUndefined();
    expect(idempotencyKey('')).toBeUndefined();
    expect(idempotencyKey('k')).toBe('k');
    expect(idempotencyKey('k'.repeat(255))).toBe('k'.repeat(255));
    expect(refusal(() => idempotencyKey('k'.repeat(256)))).toBe(
      "INVALID_PARAMETER_VALUE: 'Idempotency-Key' exceeds the maximum length of 255 characters",
    );
  });
});

forEachDatabase((open) => {
  let database: Database;
  beforeAll(async () => {
    database = await open();
  });

  const claim = (key: string, request: unknown, result: string, now = 0, scope = 'make') =>
    database.write((tx) => claimKey(tx, { scope, key, request }, result, now));

  it('gives a second request what the first has made', async () => {
    const request = { name: 'a', start: 2n ** 60n };
    expect(await claim('k', request, 'one')).toBeUndefined();
    expect(await claim('k', request, 'two')).toBe('one');
    expect(await claim('k', { ...request }, 'three')).toBe('one');
  });

  it('keeps scopes apart, and refuses another request', async () => {
    expect(await claim('s', 1, 'one')).toBeUndefined();
    expect(await claim('s', 1, 'two', 0, 'other')).toBeUndefined();
    const refused = claim('s', 2, 'three');
    await expect(refused).rejects.toMatchObject({
      code: 'INVALID_PARAMETER_VALUE',
      message: "The Idempotency-Key 's' was used before for another request",
    });
    await expect(claim('s', 1n, 'four')).rejects.toThrow('for another request');
  });

  it('forgets after a day', async () => {
    expect(await claim('old', 1, 'one', 0)).toBeUndefined();
    expect(await claim('old', 1, 'two', DAY)).toBe('one');
    expect(await claim('old', 2, 'three', DAY + 1)).toBeUndefined();
    expect(await claim('old', 2, 'four', DAY + 1)).toBe('three');
  });

  it('claims nothing when the command fails', async () => {
    const failing = database.write(async (tx) => {
      await claimKey(tx, { scope: 'make', key: 'f', request: 1 }, 'lost', 0);
      throw new Error('later');
    });
    await expect(failing).rejects.toThrow('later');
    expect(await claim('f', 1, 'kept')).toBeUndefined();
  });

  it('lets one of many at once be the first', async () => {
    const claims = Array.from({ length: 8 }, (_, index) => claim('race', 1, `r${index}`));
    const results = await Promise.all(claims);
    const first = results.indexOf(undefined);
    expect(first).toBeGreaterThanOrEqual(0);
    expect(results.filter((result) => result !== undefined)).toEqual(Array(7).fill(`r${first}`));
  });
});
