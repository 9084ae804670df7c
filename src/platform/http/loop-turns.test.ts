import { setImmediate as nextTurn } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { LoopTurns } from './loop-turns.js';

it('holds up nobody where there is little to do', async () => {
  const turns = new LoopTurns();
  expect(turns.wait()).toBeUndefined();
  await nextTurn();
  await nextTurn();
  expect(turns.wait()).toBeUndefined();
});

it('lets some go on at a time, in order, and looks at all else between', async () => {
  const turns = new LoopTurns();
  const seen: string[] = [];
  const all = Array.from({ length: 80 }, async (_, index) => {
    await turns.wait();
    seen.push(String(index));
  });
  // Those that go on at once have done so before anything else gets its turn.
  await Promise.resolve();
  seen.push('-');
  for (let round = 0; round < 4; round += 1) {
    await nextTurn();
    seen.push('-');
  }
  await Promise.all(all);
  const turnsTaken = seen
    .join(' ')
    .split(/(?: ?- ?)+/)
    .filter((turn) => turn !== '');
  expect(turnsTaken.map((turn) => turn.split(' ').length)).toEqual([32, 32, 16]);
  expect(turnsTaken.join(' ')).toBe(Array.from({ length: 80 }, (_, index) => index).join(' '));
  await nextTurn();
  expect(turns.wait()).toBeUndefined();
});
