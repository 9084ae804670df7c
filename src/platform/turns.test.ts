import { expect, it } from 'vitest';
import { mapInTurns } from './turns.js';

it('maps in order, and lets others have a turn', async () => {
  let turns = 0;
  const timer = setInterval(() => {
    turns += 1;
  }, 0);
  const busy = (item: number): number => {
    const end = performance.now() + 2;
    while (performance.now() < end);
    return item * 2;
  };
  const items = Array.from({ length: 30 }, (_, index) => index);
  expect(await mapInTurns(items, busy)).toEqual(items.map((item) => item * 2));
  clearInterval(timer);
  expect(turns).toBeGreaterThan(0);
  expect(await mapInTurns([], busy)).toEqual([]);
});
