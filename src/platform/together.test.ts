import { describe, expect, it } from 'vitest';
import { together } from './together.js';

describe('steps that are taken together', () => {
  it('answer in their order', async () => {
    const late = new Promise<string>((resolve) => setTimeout(() => resolve('late'), 5));
    expect(await together(late, Promise.resolve(1))).toEqual(['late', 1]);
  });

  it('fail when all have ended, with what went wrong first', async () => {
    const ended: string[] = [];
    const slow = new Promise<void>((_, reject) =>
      setTimeout(() => {
        ended.push('slow');
        reject(new Error('second'));
      }, 10),
    );
    const fast = Promise.reject(new Error('first'));
    await expect(together(slow, fast)).rejects.toThrow('first');
    expect(ended).toEqual(['slow']);
  });
});
