import { expect, it } from 'vitest';
import { barOf } from './progress.js';

it('shows which part is done, where it is known', () => {
  expect(barOf(0, 4)).toBe('[....................] 0 % ');
  expect(barOf(1, 4)).toBe('[#####...............] 25 % ');
  expect(barOf(5, 4)).toBe('[####################] 100 % ');
  expect(barOf(5, 0)).toBe('');
});
