import { setImmediate as nextTurn } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { LoopTurns } from './loop-turns.js';

const busy = (milliseconds: number) => {
  const end = performance.now() + milliseconds;
  while (performance.now() < end);
};

it('holds up nobody where there is little to do', async () => {
  const turns = new LoopTurns();
  expect(turns.wait()).toBeUndefined();
  await nextTurn();
  await nextTurn();
  expect(turns.wait()).toBeUndefined();
});

it('lets one go on at a time, in order, and looks at all else between', async () => {
  const turns = new LoopTurns();
  const seen: string[] = [];
  turns.wait();
  busy(6);
  const work = ['first', 'second', 'third'].map(async (name) => {
    await turns.wait();
    seen.push(name);
  });
  expect(seen).toEqual([]);
  for (let round = 0; round < 4; round += 1) {
    await nextTurn();
    seen.push('-');
  }
  await Promise.all(work);
  expect(seen.join(' ')).toMatch(/first - (?:- )?second - (?:- )?third/);
  await nextTurn();
  expect(turns.wait()).toBeUndefined();
});
