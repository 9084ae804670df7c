import { expect, it } from 'vitest';

it('fails, so that a run of tests can be seen to fail', () => {
  expect(1).toBe(2);
});
