import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Database } from '../../platform/db/database.js';
import { forEachDatabase } from '../../testing/for-each-database.js';
import { type Tracking, trackingOn } from '../testing/tracking-on.js';
import { arrangeSamples } from './history.js';
import { HistoryMarking } from './marking.service.js';
import { MarkingStore } from './marking.store.js';
import type { HistoryRow } from './metrics.store.js';
import { HistorySampler, samplePlaces } from './sampling.js';
import { SamplingStore, type Steps, UNORDERED } from './sampling.store.js';

type Point = readonly [timestamp: number, step: number, value: number | 'NaN'];

const LOOSE_END = 5;
/** Points from which on a history is gone along, so that tests need few. */
const SHORT = 20;

describe('the places of a sample', () => {
  it.each([
    [0, 3, []],
    [3, 3, [0, 1, 2]],
    [4, 3, [0, 2, 3]],
    [10, 3, [0, 4, 7, 9]],
    [10, 1, [0, 9]],
    [1_000_000, 2, [0, 500_000, 999_999]],
  ])('of %i points in %i buckets', (points, buckets, places) => {
    expect(samplePlaces(points, buckets)).toEqual(places);
  });
});

forEachDatabase((open) => {
  let database: Database;
  let tracking: Tracking;
  let experiment: string;
  let store: SamplingStore;
  let marking: HistoryMarking;
  let sampler: HistorySampler;
  beforeAll(async () => {
    database = await open();
    tracking = trackingOn(database);
    experiment = await tracking.experiment();
    store = new SamplingStore(database);
    marking = new HistoryMarking(database, new MarkingStore(database), LOOSE_END);
    sampler = new HistorySampler(database, store, { mark: async () => undefined }, SHORT);
  });

  async function log(runId: string, points: readonly Point[]): Promise<void> {
    const metrics = points.map(([timestamp, step, value]) => ({
      ...{ key: 'm', timestamp, step, value },
    }));
    await tracking.metrics.logBatch({ runId, metrics, params: [], tags: [] });
  }
  async function runWith(points: readonly Point[]): Promise<string> {
    const runId = await tracking.run(experiment);
    await log(runId, points);
    return runId;
  }
  const range = (count: number, point: (index: number) => Point): Point[] =>
    Array.from({ length: count }, (_, index) => point(index));
  const line = (count: number) => range(count, (i) => [1_000 + i * 10, i, i / 2]);
  const stateOf = async (runId: string, key = 'm') =>
    (await store.states(database.scan, [runId], key, SHORT))[0];
  const markedPlace = async (runId: string) => (await stateOf(runId))?.place ?? undefined;
  const mark = async (runId: string, by = marking) => {
    const state = await stateOf(runId);
    if (state !== undefined) await by.mark(state);
  };
  const shown = (rows: readonly HistoryRow[]) =>
    rows.map(({ run_id, timestamp, step, value, is_nan }) => [
      ...[run_id, timestamp, step, value, is_nan],
    ]);
  /** By marks, where there are any, and by reading every point. */
  async function expectSame(runIds: readonly string[], buckets: number, steps?: Steps) {
    const all = await store.sampled(database.scan, runIds, 'm', buckets, steps);
    const found = await sampler.sample(runIds, 'm', buckets, steps);
    expect(shown(found)).toEqual(shown(arrangeSamples(all, runIds, buckets)));
  }
  const countMarks = async () =>
    (
      await database.read.first<{ n: number }>({
        sql: 'select count(*) as n from metric_marks',
        bindings: [],
      })
    )?.n;

  describe('a history with marks', () => {
    it('gives the sample that all of its points give, whatever comes later', async () => {
      const shape = fc.constantFrom<(index: number) => Point>(
        (i) => [1_000 + i * 10, i, i / 2],
        (i) => [1_000 + i, Math.floor(i / 3), i % 7 === 0 ? 'NaN' : i],
        (i) => [5, i * 10, -i],
        (i) => [1_000 + Math.floor(i / 50), i, 1],
        (i) => [1_000 + i, 0, 0],
      );
      const later = fc.array(
        fc.array(
          fc.tuple(
            fc.integer({ min: 900, max: 1_500 }),
            fc.integer({ min: -5, max: 400 }),
            fc.constantFrom<number | 'NaN'>(0, 0.5, 'NaN'),
          ),
          { minLength: 1, maxLength: 3 },
        ),
        { maxLength: 3 },
      );
      const look = fc.tuple(
        fc.integer({ min: 1, max: 300 }),
        fc.option(fc.tuple(fc.integer({ min: -5, max: 300 }), fc.nat(300)), { nil: undefined }),
      );
      await fc.assert(
        fc.asyncProperty(shape, fc.integer({ min: 60, max: 300 }), later, look, async (...made) => {
          const [point, count, batches, [buckets, between]] = made;
          const steps = between && ([between[0], between[0] + between[1]] as const);
          const runId = await runWith(range(count, point));
          await expectSame([runId], buckets, steps);
          await mark(runId);
          expect(await markedPlace(runId)).toBe(
            count > LOOSE_END ? Math.floor((count - LOOSE_END - 1) / 64) * 64 : undefined,
          );
          await expectSame([runId], buckets, steps);
          for (const batch of batches) {
            await log(runId, batch);
            await expectSame([runId], buckets, steps);
            await mark(runId);
            await expectSame([runId], buckets, steps);
          }
        }),
        { numRuns: 15 },
      );
    });

    it('stands beside others in one request', async () => {
      const [long, other, short] = [
        await runWith(line(200)),
        await runWith(line(150)),
        await runWith(line(3)),
      ];
      await mark(long);
      await mark(short);
      expect([await markedPlace(long), await markedPlace(short)]).toEqual([192, undefined]);
      await expectSame([short, long, other, 'none'], 7);
      await expectSame([other, long], 150, [20, 60]);
      await marking.mark({ run: 0, key: 'm' });
    });

    it('is marked on from where its marks end', async () => {
      const runId = await runWith(line(200));
      await mark(runId);
      const before = await stateOf(runId);
      await log(runId, line(600).slice(200));
      expect(await markedPlace(runId)).toBe(192);
      await expectSame([runId], 50);
      await mark(runId);
      const after = await stateOf(runId);
      expect(after).toEqual({ ...after, marks: before?.marks, place: 576 });
      await expectSame([runId], 50, [100, 550]);
    });
  });

  describe('marks hold', () => {
    it('until a point comes in front of them, and are made anew then', async () => {
      const runId = await runWith(line(200));
      await mark(runId);
      const count = await countMarks();
      await log(runId, [[5_000, 300, 1]]);
      expect(await markedPlace(runId)).toBe(192);
      // The least of several counts, and one that is not the latest as well.
      await log(runId, [
        [6_000, 400, 1],
        [1_005, 0, 1],
      ]);
      expect(await markedPlace(runId)).toBeUndefined();
      await expectSame([runId], 9);
      await mark(runId);
      expect(await markedPlace(runId)).toBe(192);
      expect(await countMarks()).toBe(count);
      await expectSame([runId], 9);
    });

    it('only where no point has come in front of them while they were made', async () => {
      const runId = await runWith(line(200));
      const slow = new MarkingStore(database);
      const read = slow.read.bind(slow);
      slow.read = async (...given) => {
        const found = await read(...given);
        await log(runId, [[1_005, 0, 1]]);
        return found;
      };
      await mark(runId, new HistoryMarking(database, slow, LOOSE_END));
      expect(await markedPlace(runId)).toBeUndefined();
      await expectSame([runId], 20);
    });

    it('for no history that goes back in steps', async () => {
      const again = range(200, (i): Point => [4_000 + i * 10, i, i]);
      const runId = await runWith([...line(200), ...again]);
      await expectSame([runId], 20);
      await mark(runId);
      expect(await markedPlace(runId)).toBe(UNORDERED);
      await expectSame([runId], 20);

      const later = await runWith(line(200));
      await mark(later);
      await log(later, again);
      await expectSame([later], 20);
      await mark(later);
      expect(await markedPlace(later)).toBe(UNORDERED);
      await expectSame([later], 20);
    });
  });
});
