import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type CommitSteps, GroupCommit } from './group-commit.js';

/** A store in memory with one savepoint, that keeps a journal of its steps. */
function memory(
  fails: Partial<Record<keyof CommitSteps, () => boolean>> = {},
  now: () => number = () => 0,
) {
  const journal: string[] = [];
  let stored: readonly number[] = [];
  let pending: number[] = [];
  let mark = 0;
  const step = (name: keyof CommitSteps, does: () => void) => () => {
    journal.push(name);
    if (fails[name]?.()) throw new Error(`${name} has failed`);
    does();
  };
  const steps: CommitSteps = {
    begin: step('begin', () => {
      pending = [...stored];
    }),
    savepoint: step('savepoint', () => {
      mark = pending.length;
    }),
    release: step('release', () => undefined),
    undo: step('undo', () => {
      pending.length = mark;
    }),
    commit: step('commit', () => {
      stored = pending;
    }),
    rollback: step('rollback', () => {
      pending = [];
    }),
  };
  const commits = new GroupCommit(steps, now);
  const add = (value: number, error?: unknown) =>
    commits.submit(async () => {
      pending.push(value);
      await Promise.resolve();
      pending.push(-value);
      if (error) throw error;
      return value;
    });
  return { commits, journal, add, stored: () => stored };
}

describe('commands that arrive together', () => {
  it('share one transaction and are answered in order, after it', async () => {
    const { add, journal, stored } = memory();
    const answers: [number, number][] = [];
    await Promise.all(
      [1, 2, 3].map(async (value) => {
        const answer = await add(value);
        answers.push([answer, stored().length]);
      }),
    );
    expect(answers).toEqual([
      [1, 6],
      [2, 6],
      [3, 6],
    ]);
    expect(stored()).toEqual([1, -1, 2, -2, 3, -3]);
    expect(journal.filter((step) => step === 'begin' || step === 'commit')).toEqual([
      'begin',
      'commit',
    ]);
  });

  it('undo themselves alone when they fail', async () => {
    const { add, journal, stored } = memory();
    const error = new Error('mine');
    const results = await Promise.allSettled([add(1), add(2, error), add(3)]);
    expect(results).toEqual([
      { status: 'fulfilled', value: 1 },
      { status: 'rejected', reason: error },
      { status: 'fulfilled', value: 3 },
    ]);
    expect(stored()).toEqual([1, -1, 3, -3]);
    expect(journal).toEqual(
      'begin savepoint release savepoint undo savepoint release commit'.split(' '),
    );
  });

  it('need no savepoint when nothing else is there', async () => {
    const { add, journal, stored } = memory();
    const error = new Error('mine');
    await expect(add(1, error)).rejects.toBe(error);
    expect(stored()).toEqual([]);
    expect(await add(2)).toBe(2);
    expect(stored()).toEqual([2, -2]);
    expect(journal).toEqual('begin rollback begin commit'.split(' '));
  });

  it.each(['savepoint', 'release'] as const)(
    'fail with the one whose %s fails, and leave those behind it to the next',
    async (name) => {
      const { add, journal, stored } = memory({ [name]: () => true });
      const results = await Promise.allSettled([add(1), add(2)]);
      expect(results.map((result) => result.status === 'rejected' && result.reason)).toEqual([
        new Error(`${name} has failed`),
        false,
      ]);
      expect(journal.slice(-3)).toEqual(['rollback', 'begin', 'commit']);
      expect(stored()).toEqual([2, -2]);
    },
  );

  it.each(['commit', 'begin'] as const)(
    'all fail when %s fails, and the next ones do not',
    async (name) => {
      let broken = true;
      const { add, journal, stored } = memory({ [name]: () => broken });
      const results = await Promise.allSettled([add(1), add(2)]);
      expect(results.map((result) => result.status === 'rejected' && result.reason)).toEqual(
        Array(2).fill(new Error(`${name} has failed`)),
      );
      expect(journal.at(-1)).toBe('rollback');
      expect(stored()).toEqual([]);
      broken = false;
      expect(await add(3)).toBe(3);
      expect(stored()).toEqual([3, -3]);
    },
  );

  it('fail with one that can not be undone, and leave those behind it to the next', async () => {
    const { add, stored } = memory({ undo: () => true });
    const results = await Promise.allSettled([add(1), add(2, new Error('mine')), add(3)]);
    expect(results.map((result) => result.status === 'rejected' && result.reason)).toEqual([
      new Error('undo has failed'),
      new Error('mine'),
      false,
    ]);
    expect(stored()).toEqual([3, -3]);
  });
});

describe('commands that arrive during a transaction', () => {
  it('join the next one', async () => {
    const { add, commits, journal, stored } = memory();
    let late: Promise<number> | undefined;
    await commits.submit(async () => {
      late = add(5);
      await new Promise((resolve) => setTimeout(resolve, 5));
      expect(stored()).toEqual([]);
    });
    expect(await late).toBe(5);
    expect(journal.filter((step) => step === 'begin')).toHaveLength(2);
    expect(stored()).toEqual([5, -5]);
  });

  it('are waited for by drained', async () => {
    const { add, commits, stored } = memory();
    const written = add(1).then(() => add(2));
    await commits.drained();
    await written;
    await commits.drained();
    expect(stored()).toEqual([1, -1, 2, -2]);
    const idle = memory();
    await idle.commits.drained();
    expect(idle.journal).toEqual([]);
  });
});

describe('the limits', () => {
  it('put at most 256 commands in a transaction, and keep their order', async () => {
    const { add, journal, stored } = memory();
    const values = Array.from({ length: 600 }, (_, index) => index + 1);
    await Promise.all(values.map((value) => add(value)));
    expect(stored().filter((value) => value > 0)).toEqual(values);
    const sizes = journal.join(' ').split('begin').slice(1);
    expect(sizes.map((group) => group.match(/release/g)?.length)).toEqual([256, 256, 88]);
  });

  it('end a transaction that has held the event loop for 20 ms', async () => {
    let time = 0;
    const { add, journal } = memory({}, () => {
      time += 5;
      return time;
    });
    await Promise.all([1, 2, 3, 4, 5, 6].map((value) => add(value)));
    const sizes = journal.join(' ').split('begin').slice(1);
    expect(sizes.map((group) => group.match(/release/g)?.length)).toEqual([4, 2]);
  });

  it('ask to come again beyond 10000 that wait', async () => {
    const { add, stored } = memory();
    const waiting = Array.from({ length: 10_000 }, (_, index) => add(index + 1));
    await expect(add(10_001)).rejects.toMatchObject({
      code: 'TEMPORARILY_UNAVAILABLE',
      status: 503,
      message: 'Too many writes are waiting for the database',
      headers: { 'Retry-After': '1' },
    });
    await Promise.all(waiting);
    expect(stored()).toHaveLength(20_000);
    expect(await add(10_002)).toBe(10_002);
  });
});

describe('whatever comes and fails', () => {
  it('what is acknowledged is stored in order, and nothing else', async () => {
    const command = fc.record({ fails: fc.boolean(), turns: fc.nat(2) });
    await fc.assert(
      fc.asyncProperty(
        fc.array(command, { maxLength: 20 }),
        fc.infiniteStream(fc.nat(5)),
        async (commands, luck) => {
          const { add, stored } = memory({ commit: () => luck.next().value === 0 });
          const acknowledged: number[] = [];
          const told: Promise<void>[] = [];
          for (const [index, { fails, turns }] of commands.entries()) {
            const written = add(index + 1, fails ? new Error('mine') : undefined);
            told.push(
              written.then(
                (value) => {
                  acknowledged.push(value);
                },
                () => undefined,
              ),
            );
            for (let turn = 0; turn < turns; turn += 1) {
              await new Promise((resolve) => setImmediate(resolve));
            }
          }
          await Promise.all(told);
          expect(acknowledged).toEqual([...acknowledged].sort((a, b) => a - b));
          expect(stored()).toEqual(acknowledged.flatMap((value) => [value, -value]));
          expect(acknowledged.filter((value) => commands[value - 1]?.fails)).toEqual([]);
        },
      ),
    );
  });
});
