import { describe, expect, it } from 'vitest';
import { Slots } from './slots.js';

/** Work that ends when it is told to. */
function gate() {
  const ends: (() => void)[] = [];
  const work = () => new Promise<void>((resolve) => ends.push(resolve));
  return { ends, work };
}

/** Lets everything happen that waits for nothing but its turn. */
const settle = () => new Promise((resolve) => setImmediate(resolve));

describe('slots', () => {
  it('let so many in at a time, and the next when one is done', async () => {
    const slots = new Slots({ slots: 2, waiting: 10, each: 10 });
    const { ends, work } = gate();
    const all = Promise.all(Array.from({ length: 5 }, (_, i) => slots.run(`owner ${i}`, work)));
    for (let done = 0; done < 5; done += 1) {
      await settle();
      expect(ends.length).toBe(Math.min(5, done + 2));
      ends[done]?.();
    }
    await all;
  });

  it('refuse what is too much, of all and of one', async () => {
    const slots = new Slots({ slots: 1, waiting: 2, each: 2 });
    const { ends, work } = gate();
    const full = { code: 'TEMPORARILY_UNAVAILABLE', status: 503 };
    const first = slots.run('one', work);
    const second = slots.run('one', work);
    await expect(slots.run('one', work)).rejects.toMatchObject(full);
    const third = slots.run('two', work);
    await expect(slots.run('three', work)).rejects.toMatchObject(full);
    for (const [at, run] of [first, second, third].entries()) {
      await settle();
      ends[at]?.();
      await run;
    }
    const last = slots.run('one', work);
    await settle();
    ends[3]?.();
    await last;
  });

  it('go on after work that fails', async () => {
    const slots = new Slots({ slots: 1, waiting: 1, each: 1 });
    const failing = slots.run('one', () => Promise.reject(new Error('no')));
    await expect(failing).rejects.toThrow('no');
    expect(await slots.run('one', async () => 'yes')).toBe('yes');
  });
});
