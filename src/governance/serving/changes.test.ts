import { beforeAll, describe, expect, it } from 'vitest';
import type { Database } from '../../platform/db/database.js';
import { createLog } from '../../platform/log.js';
import { forEachDatabase } from '../../testing/for-each-database.js';
import { ChangeFeed } from './change-feed.js';
import { ChangeStore, type StoredChange } from './changes.store.js';
import { Seats } from './seats.js';

forEachDatabase((open) => {
  let database: Database;
  let store: ChangeStore;
  beforeAll(async () => {
    database = await open();
    store = new ChangeStore(database);
  });

  const change = (model: string, version: number) =>
    database.write((tx) =>
      store.record(tx, model, [{ kind: 'stage', version, target: 'Production' }], version),
    );

  it('numbers changes of all models without a gap, and of each model by generations', async () => {
    const before = await store.head(database.read);
    const models = ['a', 'b', 'c'];
    await Promise.all(
      Array.from({ length: 30 }, (_, index) => change(models[index % 3] ?? '', index)),
    );
    // What is undone leaves no gap either.
    const undone = database.write(async (tx) => {
      await store.record(tx, 'a', [{ kind: 'card' }], 1);
      throw new Error('on purpose');
    });
    await expect(undone).rejects.toThrow('on purpose');
    await change('a', 99);
    const found = await store.after(database.read, before, 100);
    expect(found.map(({ seq }) => seq)).toEqual(
      Array.from({ length: 31 }, (_, index) => before + index + 1),
    );
    for (const model of models) {
      const own = found.filter((one) => one.model === model).map(({ generation }) => generation);
      expect(own).toEqual(own.map((_, index) => index + 1));
      expect(await store.generation(database.read, model)).toBe(own.length);
    }
    expect(await store.after(database.read, before, 100, ['b'])).toHaveLength(10);
  });

  it('forgets what is old, and goes on counting', async () => {
    const head = await store.head(database.read);
    await database.write((tx) => store.prune(tx, Number.MAX_SAFE_INTEGER));
    expect(await store.oldest(database.read)).toBeUndefined();
    await change('a', 1);
    expect(await store.oldest(database.read)).toBe(head + 1);
  });

  describe('the feed', () => {
    it('tells all who wait what anybody has stored, from where they began', async () => {
      const feed = new ChangeFeed({ database, store, log: createLog('silent') });
      const heard: StoredChange[][] = [[], []];
      const listeners = heard.map((list) => ({
        changed: (changes: readonly StoredChange[]) => void list.push(...changes),
        ended: () => undefined,
      }));
      await change('before', 1);
      for (const listener of listeners) await feed.listen(listener);
      await change('watched', 2);
      await change('watched', 3);
      for (let wait = 0; wait < 500 && heard.some((list) => list.length < 2); wait += 1) {
        await new Promise((resolve) => setTimeout(resolve, 10));
      }
      for (const list of heard) expect(list.map(({ version }) => version)).toEqual([2, 3]);
      for (const listener of listeners) feed.leave(listener);
      await feed.stop();
    });

    it('skips nothing for the first of two who come together', async () => {
      // The first look is answered late and with what was so before, the second one at once.
      const answers: ((seq: number) => void)[] = [];
      const held = {
        head: () => new Promise<number>((resolve) => answers.push(resolve)),
        after: store.after.bind(store),
      };
      const feed = new ChangeFeed({ database, store: held, log: createLog('silent') });
      const nobody = { changed: () => undefined, ended: () => undefined };
      const [one, other] = [{ ...nobody }, { ...nobody }];
      const told = [feed.listen(one), feed.listen(other)];
      answers[0]?.(7);
      await Promise.resolve();
      answers[1]?.(8);
      // From where both begin is where the feed goes on.
      expect(await Promise.all(told)).toEqual([7, 7]);
      expect(await feed.listen({ ...nobody })).toBe(7);
      await feed.stop();
    });

    it('begins anew after nobody has waited, wherever it was', async () => {
      let isThere: () => void = () => undefined;
      const looked = new Promise<void>((resolve) => {
        isThere = resolve;
      });
      let release: (changes: StoredChange[]) => void = () => undefined;
      const heads = [3, 4, 9];
      const held = {
        head: async () => heads.shift() ?? 9,
        after: () => {
          isThere();
          return new Promise<StoredChange[]>((resolve) => {
            release = resolve;
          });
        },
      };
      const feed = new ChangeFeed({ database, store: held, log: createLog('silent') });
      const listener = { changed: () => undefined, ended: () => undefined };
      expect(await feed.listen(listener)).toBe(3);
      await looked;
      feed.leave(listener);
      release([{ seq: 4, model: 'm', generation: 1, time: 1, kind: 'card' }]);
      await new Promise((resolve) => setImmediate(resolve));
      expect(await feed.listen(listener)).toBe(9);
      await feed.stop();
    });

    it('ends all waiting at the stop', async () => {
      const feed = new ChangeFeed({ database, store, log: createLog('silent') });
      let ended = 0;
      const listener = {
        changed: () => undefined,
        ended: () => {
          ended += 1;
        },
      };
      await feed.listen(listener);
      await feed.stop();
      await feed.listen(listener);
      expect(ended).toBe(2);
    });
  });
});

describe('seats', () => {
  it('are as many as there are, and come back once', () => {
    const seats = new Seats(1, 'watchers');
    const leave = seats.take();
    expect(() => seats.take()).toThrow('its 1 watchers already');
    leave();
    leave();
    seats.take();
    expect(() => seats.take()).toThrow();
  });
});
