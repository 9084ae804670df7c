import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Database } from '../../platform/db/database.js';
import { forEachDatabase } from '../../testing/for-each-database.js';
import { type Tracking, trackingOn } from '../testing/tracking-on.js';
import type { MetricInput } from './metrics.js';
import type { Batch } from './metrics.service.js';

const point = (key: string, value: number | 'NaN' | 'Infinity', timestamp = 0, step = 0) => ({
  key,
  value,
  timestamp,
  step,
});
const MAX = Number.MAX_VALUE;

type Given = [value: number | 'NaN' | 'Infinity', timestamp: number, step: number];

forEachDatabase((open) => {
  let database: Database;
  let tracking: Tracking;
  let experiment: string;
  beforeAll(async () => {
    database = await open();
    tracking = trackingOn(database);
    experiment = await tracking.experiment();
  });

  const run = () => tracking.run(experiment, { name: 'n' });
  const log = (id: string, metric: MetricInput) => tracking.metrics.logMetric(id, metric);
  const batch = (runId: string, more: Partial<Batch>) =>
    tracking.metrics.logBatch({ runId, metrics: [], params: [], tags: [], ...more });
  const latest = async (id: string) => (await tracking.show(id)).data.metrics;

  describe('the latest point of a metric', () => {
    it.each<[string, Given[], Given]>([
      [
        'the greatest step',
        [
          [1, 9, 2],
          [2, 99, 1],
          [3, 0, 3],
        ],
        [3, 0, 3],
      ],
      [
        'of equal steps the greatest time',
        [
          [1, 5, 1],
          [2, 4, 1],
          [3, 6, 1],
        ],
        [3, 6, 1],
      ],
      [
        'of equal times the greatest value',
        [
          [1, 0, 0],
          [3, 0, 0],
          [2, 0, 0],
        ],
        [3, 0, 0],
      ],
      [
        'NaN counted as 0, over a lesser',
        [
          [-1, 0, 0],
          ['NaN', 0, 0],
        ],
        ['NaN', 0, 0],
      ],
      [
        'NaN counted as 0, under a greater',
        [
          [1, 0, 0],
          ['NaN', 0, 0],
        ],
        [1, 0, 0],
      ],
      [
        'the old one of NaN and 0',
        [
          ['NaN', 0, 0],
          [0, 0, 0],
        ],
        ['NaN', 0, 0],
      ],
      [
        'the old one of 0 and NaN',
        [
          [0, 0, 0],
          ['NaN', 0, 0],
        ],
        [0, 0, 0],
      ],
      [
        'steps below zero',
        [
          [1, 0, -5],
          [2, 0, -7],
        ],
        [1, 0, -5],
      ],
      [
        'infinity as the largest double',
        [
          [5, 0, 0],
          ['Infinity', 0, 0],
        ],
        [MAX, 0, 0],
      ],
    ])('is %s', async (_, points, [value, timestamp, step]) => {
      const one = await run();
      for (const [v, t, s] of points) await log(one, point('m', v, t, s));
      const whole = await run();
      await batch(whole, { metrics: points.map(([v, t, s]) => point('m', v, t, s)) });
      const expected = [{ key: 'm', value, timestamp, step }];
      expect(await latest(one)).toEqual(expected);
      expect(await latest(whole)).toEqual(expected);
    });

    it('is the same however points come', async () => {
      const values = fc.constantFrom<number | 'NaN'>(0, 1, -1, 'NaN');
      const points = fc.array(
        fc.tuple(fc.nat(1), values, fc.nat(1), fc.integer({ min: -1, max: 1 })),
        {
          minLength: 1,
          maxLength: 8,
        },
      );
      await fc.assert(
        fc.asyncProperty(
          points,
          fc.array(fc.nat(3), { minLength: 8, maxLength: 8 }),
          async (list, cuts) => {
            const metrics = list.map(([k, v, t, s]) => point(`m${k}`, v, t, s));
            const [one, whole, parts] = [await run(), await run(), await run()];
            for (const metric of metrics) await log(one, metric);
            await batch(whole, { metrics });
            for (let rest = metrics, turn = 0; rest.length > 0; turn += 1) {
              const size = (cuts[turn] ?? 0) + 1;
              await batch(parts, { metrics: rest.slice(0, size) });
              rest = rest.slice(size);
            }
            const expected = new Map<string, (typeof metrics)[number]>();
            const rank = (p: (typeof metrics)[number]) => [
              p.step,
              p.timestamp,
              p.value === 'NaN' ? 0 : p.value,
            ];
            for (const metric of metrics) {
              const known = expected.get(metric.key);
              const [a, b] = [rank(metric), known && rank(known)];
              const differs = a.findIndex((part, index) => part !== b?.[index]);
              if (!b || (differs >= 0 && (a[differs] ?? 0) > (b[differs] ?? 0))) {
                expected.set(metric.key, metric);
              }
            }
            const sorted = [...expected.values()].sort((a, b) => (a.key < b.key ? -1 : 1));
            expect(await latest(one)).toEqual(sorted);
            expect(await latest(whole)).toEqual(sorted);
            expect(await latest(parts)).toEqual(sorted);
          },
        ),
        { numRuns: 15 },
      );
    });
  });
});
