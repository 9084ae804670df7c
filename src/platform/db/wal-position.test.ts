import type pg from 'pg';
import { describe, expect, it } from 'vitest';
import { parsePosition, WalPosition } from './wal-position.js';

describe('a position', () => {
  it('is read from its two halves', () => {
    expect(parsePosition('0/0')).toBe(0n);
    expect(parsePosition('16/B374D848')).toBe(0x16b374d848n);
    expect(parsePosition('FFFFFFFF/FFFFFFFF')).toBe(2n ** 64n - 1n);
    expect(() => parsePosition('16')).toThrow("'16' is no position");
  });
});

describe('those who ask for the position', () => {
  it('share a question that has not been sent, and none that has', async () => {
    const sent: ((position: string) => void)[] = [];
    const query = () =>
      new Promise((resolve) => {
        sent.push((position) => resolve({ rows: [{ position }] }));
      });
    const written = new WalPosition({ query } as unknown as pg.Pool);
    const first = [written.now(), written.now()];
    await new Promise(setImmediate);
    expect(sent).toHaveLength(1);
    // These come too late for the first, which may have been answered before their own writes.
    const second = [written.now(), written.now()];
    await new Promise(setImmediate);
    expect(sent).toHaveLength(1);
    sent[0]?.('0/1');
    expect(await Promise.all(first)).toEqual([1n, 1n]);
    await new Promise(setImmediate);
    expect(sent).toHaveLength(2);
    sent[1]?.('0/2');
    expect(await Promise.all(second)).toEqual([2n, 2n]);
  });

  it('hear of a failure, and those after them do not', async () => {
    const answers = [
      Promise.reject(new Error('gone')),
      Promise.resolve({ rows: [{ position: '1/0' }] }),
    ];
    const written = new WalPosition({ query: () => answers.shift() } as unknown as pg.Pool);
    await expect(written.now()).rejects.toThrow('gone');
    expect(await written.now()).toBe(2n ** 32n);
  });
});
