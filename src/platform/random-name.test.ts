import { expect, it } from 'vitest';
import { randomName } from './random-name.js';

it('is an adjective, a noun and a number below 1000', () => {
  for (let i = 0; i < 500; i += 1) expect(randomName()).toMatch(/^[a-z]+-[a-z]+-\d{1,3}$/);
});

it('hardly ever repeats itself', () => {
  expect(new Set(Array.from({ length: 500 }, randomName)).size).toBeGreaterThan(495);
});
