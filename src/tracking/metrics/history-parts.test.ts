import { beforeAll, describe, expect, it } from 'vitest';
import type { Database } from '../../platform/db/database.js';
import { forEachDatabase } from '../../testing/for-each-database.js';
import { type Tracking, trackingOn } from '../testing/tracking-on.js';
import { inParts } from './history-parts.js';
import { MetricStore, type PointKey } from './metrics.store.js';

const LAST: PointKey = { timestamp: 1, step: 1, value: 1, is_nan: 0 };
const KEY = 'a/b "c" \u00e9 ?';

describe('parts', () => {
  it('end when whoever reads them stops, or one fails', async () => {
    const fail = () => Promise.reject(new Error('It has failed'));
    const parts = inParts({ list: '1', last: LAST }, fail);
    expect((await parts.next()).value).toBe('{"metrics":[1');
    await expect(parts.next()).rejects.toThrow('It has failed');
    const left = inParts({ list: '1', last: LAST }, fail);
    await left.next();
    expect(await left.return(undefined)).toEqual({ done: true, value: undefined });
  });
});

forEachDatabase((open) => {
  let database: Database;
  let tracking: Tracking;
  let store: MetricStore;
  let runId: string;
  beforeAll(async () => {
    database = await open();
    tracking = trackingOn(database);
    store = new MetricStore(database);
    runId = await tracking.run(await tracking.experiment());
  });

  const log = (metrics: readonly { readonly key: string }[]) =>
    tracking.metrics.logBatch({ runId, metrics, params: [], tags: [] });
  const whole = async (key: string, size: number): Promise<unknown> => {
    const first = await store.historyPart(database.read, runId, key, size);
    const texts: string[] = [];
    const next = (last: PointKey) => store.historyPart(database.read, runId, key, size, last);
    for await (const text of inParts(first, next)) texts.push(text);
    return JSON.parse(texts.join(''));
  };

  describe('the parts of a history', () => {
    it('hold every point once, in order, whatever their size', async () => {
      const metrics = [
        { key: 'm', value: 1, timestamp: 0, step: -1 },
        { key: 'm', value: 1, timestamp: 0, step: 3 },
        { key: 'm', value: -1, timestamp: 1, step: 2 },
        { key: 'm', value: 0, timestamp: 1, step: 2 },
        { key: 'm', value: 'NaN' as const, timestamp: 1, step: 2 },
        { key: 'm', value: 0.5, timestamp: 1, step: 2 },
        { key: 'm', value: 0.5, timestamp: 2, step: 0 },
      ];
      await log(metrics.toReversed());
      for (let size = 1; size < 9; size += 1) expect(await whole('m', size)).toEqual({ metrics });
    });

    it('hold what is hard to print', async () => {
      const values = [0.1, 1 / 3, 5e-324, 1e300, -1e-7, Number.MAX_VALUE, 2 ** 53];
      await log(values.map((value, step) => ({ key: 'hard', value, timestamp: 1, step })));
      const sql = "update metrics set key = ? where key = 'hard'";
      await database.write((tx) => tx.run({ sql, bindings: [KEY] }));
      const metrics = values.map((value, step) => ({ key: KEY, value, timestamp: 1, step }));
      expect(await whole(KEY, 3)).toEqual({ metrics });
    });

    it('are none where there is none', async () => {
      for (const [id, key] of [
        ['nope', 'm'],
        [runId, 'nope'],
      ] as const) {
        const { list, last } = await store.historyPart(database.read, id, key, 1);
        expect([list, last]).toEqual(['', undefined]);
      }
    });
  });
});
