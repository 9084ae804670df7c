import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Database } from '../../platform/db/database.js';
import { forEachDatabase } from '../../testing/for-each-database.js';
import { type Tracking, trackingOn } from '../testing/tracking-on.js';
import { GrownHistories, HistoryGrowth } from './growth.service.js';
import { GrowthStore, type History } from './growth.store.js';
import { HistoryMarking } from './marking.service.js';
import { MarkingStore } from './marking.store.js';
import type { MetricPoint } from './metrics.js';
import { SamplingStore } from './sampling.store.js';

const EVERY = 50;
const LONG = 100;
const REST = 500;
const MINUTE = 60_000;

forEachDatabase((open) => {
  let database: Database;
  let tracking: Tracking;
  let experiment: string;
  let time = 1_000_000;
  const now = () => time;
  const store = new GrowthStore();
  beforeAll(async () => {
    database = await open();
    tracking = trackingOn(database);
    experiment = await tracking.experiment();
  });
  const forget = () => {
    const sql = 'update latest_metrics set noticed_since = null, noticed_time = null';
    return database.write((tx) => tx.run({ sql, bindings: [] }));
  };
  beforeEach(forget);

  const point = (key: string, step: number): MetricPoint => ({
    ...{ key, step, timestamp: step, value: step, isNan: 0 },
  });
  async function historyOf(points: number): Promise<History & { readonly runId: string }> {
    const runId = await tracking.run(experiment);
    const metrics = Array.from({ length: points }, (_, step) => point('m', step));
    await tracking.metrics.logBatch({ runId, metrics, params: [], tags: [] });
    // Where one begins to count is chance, so these points may have been noticed already.
    await forget();
    const { id = 0 } =
      (await database.read.first<{ id: number }>({
        sql: 'select id from runs where run_id = ?',
        bindings: [runId],
      })) ?? {};
    return { run: id, key: 'm', runId };
  }
  const marking = () => new HistoryMarking(database, new MarkingStore(database), 5);
  const server = (by: Pick<HistoryMarking, 'mark'> = marking()) =>
    new GrownHistories(database, store, by, now, LONG);
  const notice = (history: History) => database.write((tx) => store.notice(tx, history, time));
  const noticed = () => store.due(database.read, time + 10 * MINUTE, 0, 100);
  const isMarked = async ({ runId }: { readonly runId: string }) => {
    const list = await new SamplingStore(database).states(database.scan, [runId], 'm', LONG);
    return list.map(({ place }) => place !== null);
  };

  describe('growth', () => {
    it('is noticed at the history of each so manieth point', async () => {
      const first = await historyOf(1);
      const second = await historyOf(1);
      const growth = new HistoryGrowth(store, now, EVERY);
      const grew = ({ run }: History, points: number) =>
        database.write((tx) =>
          growth.grew(
            tx,
            { id: run },
            Array.from({ length: points }, (_, step) => point('m', step)),
          ),
        );
      await grew(first, EVERY);
      expect((await noticed()).map(({ run }) => run)).toEqual([first.run]);
      for (let batch = 0; batch < 4; batch += 1) await grew(second, EVERY / 2);
      expect((await noticed()).map(({ run }) => run)).toEqual([first.run, second.run]);
    });

    it('is noticed by whoever logs much, with the latest values', async () => {
      const runId = await tracking.run(experiment);
      for (let from = 0; from < 9_000; from += 1_000) {
        const metrics = Array.from({ length: 1_000 }, (_, index) => point('m', from + index));
        await tracking.metrics.logBatch({ runId, metrics, params: [], tags: [] });
      }
      expect(await noticed()).toHaveLength(1);
    });
  });

  describe('a history that has grown', () => {
    it('is marked once it is at rest', async () => {
      const history = await historyOf(200);
      await notice(history);
      time += REST;
      await server().markDue();
      expect(await isMarked(history)).toEqual([false]);
      time += 1;
      await server().markDue();
      expect(await isMarked(history)).toEqual([true]);
      expect(await noticed()).toEqual([]);
    });

    it('is marked after some time if it never rests', async () => {
      const history = await historyOf(200);
      await notice(history);
      time += MINUTE;
      await notice(history);
      await server().markDue();
      expect(await isMarked(history)).toEqual([true]);
    });

    it('is left alone as long as it is short', async () => {
      const history = await historyOf(LONG - 1);
      await notice(history);
      time += MINUTE;
      await server().markDue();
      expect(await isMarked(history)).toEqual([false]);
      expect(await noticed()).toEqual([]);
    });

    it('is marked by one of many servers, and by another if that one dies', async () => {
      const history = await historyOf(200);
      await notice(history);
      time += MINUTE;
      let marked = 0;
      const dying = {
        mark: async () => {
          marked += 1;
          throw new Error('It has died');
        },
      };
      const ends = [server(dying), server(dying), server(dying)].map((one) => one.markDue());
      const outcomes = await Promise.allSettled(ends);
      expect(marked).toBe(1);
      expect(outcomes.filter(({ status }) => status === 'rejected')).toHaveLength(1);
      await server().markDue();
      expect(await isMarked(history)).toEqual([false]);
      time += 10 * MINUTE;
      await server().markDue();
      expect(await isMarked(history)).toEqual([true]);
    });

    it('is marked again if it has grown meanwhile', async () => {
      const history = await historyOf(200);
      await notice(history);
      time += MINUTE;
      const by = marking();
      await server({
        mark: async (given) => {
          await by.mark(given);
          await notice(history);
        },
      }).markDue();
      expect((await noticed()).map(({ run }) => run)).toEqual([history.run]);
    });

    it('is one of others, of which a server takes up as many as it has time for', async () => {
      const histories = [await historyOf(150), await historyOf(150)];
      for (const history of histories) await notice(history);
      time += MINUTE;
      let left = 1;
      await server().markDue(() => left-- > 0);
      expect(await noticed()).toHaveLength(1);
    });
  });
});
