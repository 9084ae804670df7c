import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Database } from '../../platform/db/database.js';
import { refusal } from '../../platform/filter/testing/refusal.js';
import { forEachDatabase } from '../../testing/for-each-database.js';
import { type Tracking, trackingOn } from '../testing/tracking-on.js';
import { checkBulk, checkHistoryLimit, checkInterval } from './history.js';
import { historyToken } from './history-token.js';
import { type HistoryRow, MetricStore } from './metrics.store.js';

const SEE = ' See the API docs for more information about request parameters.';
const many = Array.from({ length: 101 }, (_, index) => `r${index}`);

describe('the limits of reading histories', () => {
  it('are told in the words of MLflow', () => {
    const refused = [
      () => checkHistoryLimit(0),
      () => checkBulk([], 'm'),
      () => checkBulk(many, 'm'),
      () => checkBulk(['r'], ''),
      () => checkBulk(['r'], undefined),
    ].map(refusal);
    expect(refused).toEqual(
      [
        "Invalid value 0 for parameter 'max_results' supplied. It must be a positive integer.",
        'GetMetricHistoryBulk request must specify at least one run_id.',
        'GetMetricHistoryBulk request cannot specify more than 100 run_ids. Received 101 run_ids.',
        'GetMetricHistoryBulk request must specify a metric_key.',
        'GetMetricHistoryBulk request must specify a metric_key.',
      ].map((message) => `INVALID_PARAMETER_VALUE: ${message}`),
    );
    expect(checkBulk(many.slice(1), 'm')).toBe('m');
  });

  it.each([
    [
      { runIds: many },
      `GetMetricHistoryBulkInterval request must specify at most 100 run_ids. Received 101 run_ids.${SEE}`,
    ],
    [{ max: 0 }, `max_results must be between 1 and 2500.${SEE}`],
    [{ max: 2_501 }, `max_results must be between 1 and 2500.${SEE}`],
    [{ start: 1 }, 'If either start step or end step are specified, both must be specified.'],
    [{ end: 0 }, 'If either start step or end step are specified, both must be specified.'],
    [
      { start: 2, end: 1 },
      'end_step must be greater than start_step. Found start_step=2 and end_step=1.',
    ],
  ])('of an interval: %#', (given, message) => {
    const interval = { runIds: ['r'], start: undefined, end: undefined, max: undefined, ...given };
    expect(refusal(() => checkInterval(interval))).toBe(`INVALID_PARAMETER_VALUE: ${message}`);
  });

  it('of an interval let through what fits', () => {
    const interval = { runIds: ['r'], start: 1, end: 1, max: 5 };
    expect(checkInterval(interval)).toEqual({ buckets: 5, steps: [1, 1] });
    expect(
      checkInterval({ ...interval, start: undefined, end: undefined, max: undefined }),
    ).toEqual({ buckets: 2_500, steps: undefined });
  });
});

type Point = readonly [step: number, timestamp: number, value: number | 'NaN'];

/** What MLflow keeps of sorted rows: the first of each NTILE bucket, and the last row of all. */
function sampleOf<Row>(rows: readonly Row[], buckets: number): Row[] {
  const size = Math.floor(rows.length / buckets);
  const larger = rows.length % buckets;
  const firsts: Row[] = [];
  for (let bucket = 0, start = 0; bucket < buckets && start < rows.length; bucket += 1) {
    firsts.push(rows[start] as Row);
    start += size + (bucket < larger ? 1 : 0);
  }
  const last = rows.at(-1);
  if (last === undefined || firsts.at(-1) === last) return firsts;
  return firsts.length < buckets ? [...firsts, last] : [...firsts.slice(0, -1), last];
}

forEachDatabase((open) => {
  let database: Database;
  let tracking: Tracking;
  let store: MetricStore;
  let experiment: string;
  beforeAll(async () => {
    database = await open();
    tracking = trackingOn(database);
    store = new MetricStore(database);
    experiment = await tracking.experiment();
  });

  /** A run with these points of the metric `m`. */
  async function runWith(points: readonly Point[]): Promise<string> {
    const runId = await tracking.run(experiment);
    const metrics = points.map(([step, timestamp, value]) => ({
      key: 'm',
      step,
      timestamp,
      value,
    }));
    await tracking.metrics.logBatch({ runId, metrics, params: [], tags: [] });
    return runId;
  }
  const shown = ({ step, timestamp, value, is_nan }: HistoryRow): Point => [
    Number(step),
    Number(timestamp),
    is_nan === 1 ? 'NaN' : value,
  ];
  const points = fc.uniqueArray(
    fc.tuple(
      fc.integer({ min: -2, max: 2 }),
      fc.nat(2),
      fc.constantFrom<number | 'NaN'>(-1, 0, 0.5, 'NaN'),
    ),
    { selector: (one) => one.join(), maxLength: 12 },
  );
  /** By step, time, value and then NaN behind 0, or by time first. */
  const sorted = (list: readonly Point[], byTime: boolean): Point[] =>
    [...list].sort((a, b) => {
      const parts = ([step, time, value]: Point) => {
        const [number, nan] = value === 'NaN' ? [0, 1] : [value, 0];
        return byTime ? [time, step, number, nan] : [step, time, number, nan];
      };
      const [one, other] = [parts(a), parts(b)];
      const index = one.findIndex((part, place) => part !== other[place]);
      return index < 0 ? 0 : (one[index] ?? 0) - (other[index] ?? 0);
    });

  describe('the pages of a history', () => {
    it('hold every point once, in order, whatever their size', async () => {
      await fc.assert(
        fc.asyncProperty(points, fc.integer({ min: 1, max: 5 }), async (list, size) => {
          const runId = await runWith(list);
          const token = historyToken(runId, 'm');
          const found: Point[] = [];
          let after: ReturnType<typeof token.decode> | undefined;
          for (let more = true; more; ) {
            const rows = await store.historyPage(database.read, runId, 'm', size + 1, after);
            found.push(...rows.slice(0, size).map(shown));
            const last = rows.at(size - 1);
            more = rows.length > size;
            if (last) after = token.decode(token.encode(last));
          }
          expect(found).toEqual(sorted(list, true));
        }),
        { numRuns: 20 },
      );
    });

    it('go on behind extremes, and belong to one history', async () => {
      const runId = await tracking.run(experiment);
      const times = [2n ** 63n - 1n, 2n ** 53n + 1n, 2n ** 53n, 0];
      for (const timestamp of times) {
        for (const value of ['Infinity', '-Infinity'] as const) {
          await tracking.metrics.logMetric(runId, {
            key: 'm',
            value,
            timestamp,
            step: -(2n ** 63n),
          });
        }
      }
      const token = historyToken(runId, 'm');
      const found: HistoryRow[] = [];
      for (let after: ReturnType<typeof token.decode> | undefined; ; ) {
        const [row] = await store.historyPage(database.read, runId, 'm', 1, after);
        if (row === undefined) break;
        found.push(row);
        after = token.decode(token.encode(row));
      }
      expect(found.map(({ timestamp, value }) => [BigInt(timestamp), value])).toEqual(
        times.reverse().flatMap((time) => [
          [BigInt(time), -Number.MAX_VALUE],
          [BigInt(time), Number.MAX_VALUE],
        ]),
      );
      const [row] = found;
      const mine = row ? token.encode(row) : '';
      expect(refusal(() => historyToken(runId, 'x').decode(mine))).toContain('Invalid page token');
      expect(refusal(() => historyToken('x', 'm').decode(mine))).toContain('Invalid page token');
      expect(refusal(() => token.decode('???'))).toBe(
        'INVALID_PARAMETER_VALUE: Invalid page token, could not base64-decode',
      );
    });
  });

  describe('histories of many runs', () => {
    it('come by run id and time, cut at the limit', async () => {
      const lists: Point[][] = [
        [
          [1, 2, 1],
          [2, 1, 1],
        ],
        [],
        [[0, 5, 'NaN']],
      ];
      const ids: string[] = [];
      for (const list of lists) ids.push(await runWith(list));
      const expected = ids
        .map((id, index) => ({ id, points: sorted(lists[index] ?? [], true) }))
        .sort((a, b) => (a.id < b.id ? -1 : 1))
        .flatMap(({ id, points: list }) => list.map((one) => [id, ...one]));
      const read = async (limit: number) => {
        const rows = await store.historyOfMany(database.read, [...ids, ...ids, 'nope'], 'm', limit);
        return rows.map((row) => [row.run_id, ...shown(row)]);
      };
      expect(await read(10)).toEqual(expected);
      expect(await read(2)).toEqual(expected.slice(0, 2));
      expect(await store.historyOfMany(database.read, ids, 'other', 10)).toEqual([]);
    });
  });

  describe('a sample of histories', () => {
    it('is that of MLflow, for each run by itself', async () => {
      const interval = fc.option(fc.tuple(fc.integer({ min: -3, max: 1 }), fc.nat(3)));
      await fc.assert(
        fc.asyncProperty(
          fc.array(points, { minLength: 1, maxLength: 3 }),
          fc.integer({ min: 1, max: 14 }),
          interval,
          async (lists, buckets, between) => {
            const ids: string[] = [];
            for (const list of lists) ids.push(await runWith(list));
            const steps = between ? ([between[0], between[0] + between[1]] as const) : undefined;
            const rows = await tracking.sampler.sample(ids, 'm', buckets, steps);
            const found = rows.map((row) => [row.run_id, ...shown(row)]);
            const expected = lists.flatMap((list, index) => {
              const inside = list.filter(
                ([step]) => !steps || (step >= steps[0] && step <= steps[1]),
              );
              return sampleOf(sorted(inside, false), buckets).map((one) => [ids[index], ...one]);
            });
            expect(found).toEqual(expected);
          },
        ),
        { numRuns: 25 },
      );
    });

    it('keeps the order of the request, and names each run once', async () => {
      const [a, b] = [await runWith([[1, 1, 1]]), await runWith([[1, 1, 2]])];
      for (const ids of [
        [b, a],
        [a, b],
        [b, 'nope', a, b],
      ]) {
        const rows = await tracking.sampler.sample(ids, 'm', 5, undefined);
        expect(rows.map(({ run_id }) => run_id)).toEqual(
          [...new Set(ids)].filter((id) => id !== 'nope'),
        );
      }
    });
  });
});
