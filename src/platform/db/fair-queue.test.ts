import { describe, expect, it } from 'vitest';
import { FairQueue } from './fair-queue.js';

const drain = (queue: FairQueue<string>): (string | undefined)[] =>
  Array.from({ length: queue.size }, () => queue.shift());

describe('a queue that callers share', () => {
  it('serves callers in turn, and each in the order of arrival', () => {
    const queue = new FairQueue<string>(9);
    for (const item of ['a1', 'a2', 'a3', 'b1', 'c1', 'b2']) queue.push(item.charAt(0), item);
    expect(drain(queue)).toEqual(['a1', 'b1', 'c1', 'a2', 'b2', 'a3']);
    expect(queue.shift()).toBeUndefined();
    expect(queue.size).toBe(0);
  });

  it('lets one caller have all of it, and takes it back for others', () => {
    const queue = new FairQueue<string>(4);
    for (const item of ['a1', 'a2', 'a3', 'a4']) expect(queue.push('a', item)).toBeUndefined();
    expect(queue.push('a', 'a5')).toBe('a5');
    expect(queue.push('b', 'b1')).toBe('a4');
    expect(queue.push('b', 'b2')).toBe('a3');
    // Nobody is left who holds more.
    expect(queue.push('b', 'b3')).toBe('b3');
    expect(queue.push('c', 'c1')).toBe('a2');
    expect(queue.size).toBe(4);
    expect(drain(queue)).toEqual(['a1', 'b1', 'c1', 'b2']);
  });

  it('forgets who gives up, once', () => {
    const queue = new FairQueue<string>(2);
    queue.push('a', 'a1');
    queue.delete('a', 'a1');
    queue.delete('a', 'a1');
    queue.delete('b', 'b1');
    expect(queue.size).toBe(0);
  });

  it('takes nothing where nobody may wait', () => {
    expect(new FairQueue<string>(0).push('a', 'a1')).toBe('a1');
  });
});
