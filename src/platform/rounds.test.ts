import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Rounds } from './rounds.js';

describe('rounds', () => {
  beforeEach(() => {
    vi.useFakeTimers();
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  const warn = vi.fn();
  const roundsOf = (look: (goesOn: () => boolean) => Promise<number | undefined>) =>
    new Rounds({ look, every: 100, afterFailure: 1_000, log: { warn }, failed: 'no luck' });

  it('come again when the look before has ended, or when it says', async () => {
    const look = vi.fn(async () => (look.mock.calls.length === 2 ? 10 : undefined));
    const rounds = roundsOf(look);
    rounds.start(50);
    const seen: number[] = [];
    for (const passed of [49, 1, 99, 1, 9, 1]) {
      await vi.advanceTimersByTimeAsync(passed);
      seen.push(look.mock.calls.length);
    }
    expect(seen).toEqual([0, 1, 1, 2, 2, 3]);
    await rounds.stop();
    await vi.advanceTimersByTimeAsync(10_000);
    expect(look).toHaveBeenCalledTimes(3);
  });

  it('go on behind a look that has failed, after a while', async () => {
    const look = vi.fn(async () => Promise.reject(new Error('No database')));
    const rounds = roundsOf(look);
    rounds.start();
    await vi.advanceTimersByTimeAsync(999);
    expect(look).toHaveBeenCalledTimes(1);
    expect(warn).toHaveBeenCalledWith({ err: expect.any(Error) }, 'no luck');
    await vi.advanceTimersByTimeAsync(1);
    expect(look).toHaveBeenCalledTimes(2);
    await rounds.stop();
  });

  it('wait at their end for the look under way, which hears of it', async () => {
    const heard: boolean[] = [];
    let end = () => {};
    const rounds = roundsOf(async (goesOn) => {
      heard.push(goesOn());
      await new Promise<void>((resolve) => {
        end = resolve;
      });
      heard.push(goesOn());
      return undefined;
    });
    rounds.start();
    await vi.advanceTimersByTimeAsync(1);
    const stopped = rounds.stop();
    end();
    await stopped;
    expect(heard).toEqual([true, false]);
    await vi.advanceTimersByTimeAsync(10_000);
    expect(heard).toHaveLength(2);
  });
});
