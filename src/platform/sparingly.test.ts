import { expect, it } from 'vitest';
import { sparingly } from './sparingly.js';

it('says the first of many, and later how many were left out', () => {
  let time = 0;
  const said: [string, number][] = [];
  const tell = sparingly<string>(
    100,
    (thing, leftOut) => said.push([thing, leftOut]),
    () => time,
  );
  for (const thing of ['a', 'b', 'c']) tell(thing);
  time = 100;
  tell('d');
  time = 500;
  tell('e');
  expect(said).toEqual([
    ['a', 0],
    ['d', 2],
    ['e', 0],
  ]);
});
