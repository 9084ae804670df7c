import { beforeAll, describe, expect, it } from 'vitest';
import type { Database } from '../../platform/db/database.js';
import { forEachDatabase } from '../../testing/for-each-database.js';
import { type Tracking, trackingOn } from '../testing/tracking-on.js';
import type { MetricInput } from './metrics.js';
import type { Batch } from './metrics.service.js';

const pair = (key: string, value: string) => ({ key, value });
const point = (key: string, value: number | 'NaN' | 'Infinity', timestamp = 0, step = 0) => ({
  key,
  value,
  timestamp,
  step,
});
const invalid = (message: string) => ({ code: 'INVALID_PARAMETER_VALUE', message });

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
  const historyText = async (id: string, key: string) =>
    `[${(await tracking.metricStore.historyPart(database.read, id, key, 1_000)).list}]`;
  const history = async (id: string, key: string) =>
    JSON.parse(await historyText(id, key)) as unknown[];
  const nothing = { tags: [pair('mlflow.runName', 'n')] };

  describe('logging a metric', () => {
    it('keeps each point once, and every digit', async () => {
      const id = await run();
      const far = { key: 'm', value: 0.1, timestamp: 2n ** 63n - 1n, step: -(2n ** 63n) };
      await log(id, far);
      await log(id, far);
      await log(id, { ...far, value: 0.1 + Number.EPSILON });
      await log(id, { key: 'm', value: 'NaN', timestamp: 0 });
      await log(id, { key: 'm', value: 0, timestamp: 0 });
      const text = await historyText(id, 'm');
      expect(text).toContain('9223372036854775807');
      expect(text).toContain('-9223372036854775808');
      const values = (JSON.parse(text) as { value: unknown }[]).map(({ value }) => value);
      expect(new Set(values.slice(0, 2))).toEqual(new Set(['NaN', 0]));
      expect(values.slice(2)).toEqual([0.1, 0.1 + Number.EPSILON]);
    });

    it.each<[MetricInput, string]>([
      [{ key: 'a;' }, 'Invalid value "a;" for parameter \'name\' supplied: Names may only contain'],
      [{ key: 'a/../b' }, "This name would resolve to 'b'"],
      [{}, 'Invalid value "" for parameter \'name\' supplied: Names may be treated as files'],
      [{ key: 'k'.repeat(251) }, "'Metric name' exceeds the maximum length of 250 characters"],
      [
        { key: 'm', timestamp: -1, value: 2 },
        "Invalid value -1 for parameter 'timestamp' supplied: metric 'm' (value=2.0). Timestamp must be a nonnegative long (64-bit integer) ",
      ],
      [{ key: 'm', timestamp: -(2n ** 63n), value: 1e16 }, "metric 'm' (value=1e+16)."],
      [{ key: 'm', timestamp: -1, value: '-Infinity' }, "metric 'm' (value=-inf)."],
      [{ key: 'm', timestamp: -1, value: 'NaN' }, "metric 'm' (value=nan)."],
    ])('is refused (case %#)', async (metric, message) => {
      const id = await run();
      await expect(log(id, metric)).rejects.toThrow(message);
      expect((await tracking.show(id)).data).toEqual(nothing);
    });

    it('takes names of 250 characters', async () => {
      const id = await run();
      await log(id, point('東'.repeat(250), 1));
      expect(await latest(id)).toEqual([point('東'.repeat(250), 1)]);
    });

    it('stores nothing with a logged model that is not there', async () => {
      const id = await run();
      await expect(log(id, { ...point('m', 1), model_id: 'm-none' })).rejects.toMatchObject({
        code: 'BAD_REQUEST',
      });
      expect((await tracking.show(id)).data).toEqual(nothing);
    });
  });

  describe('logging a batch', () => {
    it('stores metrics, params and tags; of equal tags the last', async () => {
      const id = await run();
      await batch(id, {
        metrics: [point('b', 1), point('a', 'NaN', 1, 2), point('b', 2), point('b', 2)],
        params: [pair('p', '1'), pair('long', '😀'.repeat(6_001))],
        tags: [pair('t', '1'), pair('mlflow.runName', 'new'), pair('t', '2')],
      });
      const { info, data } = await tracking.show(id);
      expect(info.run_name).toBe('new');
      expect(data).toEqual({
        metrics: [point('a', 'NaN', 1, 2), point('b', 2)],
        params: [pair('long', '😀'.repeat(6_000)), pair('p', '1')],
        tags: [pair('mlflow.runName', 'new'), pair('t', '2')],
      });
      expect(await history(id, 'b')).toEqual([point('b', 1), point('b', 2)]);
    });

    it('may be empty, but needs a run', async () => {
      await batch(await run(), {});
      await expect(batch('nope', {})).rejects.toMatchObject({
        status: 404,
        message: 'Run with id=nope not found',
      });
    });

    it('changes no param, and stores nothing at all where one would change', async () => {
      const id = await run();
      await batch(id, { params: [pair('p', '1'), pair('q', 'a\\b')] });
      await batch(id, { params: [pair('p', '1')] });
      const again = batch(id, {
        metrics: [point('m', 1)],
        params: [pair('new', '1'), pair('p', "it's"), pair('q', '\n')],
        tags: [pair('t', '1')],
      });
      await expect(again).rejects.toMatchObject(
        invalid(
          `Changing param values is not allowed. Params were already logged='[{'key': 'p', 'old_value': '1', 'new_value': "it's"}, {'key': 'q', 'old_value': 'a\\\\b', 'new_value': '\\n'}]' for run ID='${id}'.`,
        ),
      );
      const { data } = await tracking.show(id);
      expect(data.params?.map(({ key }) => key)).toEqual(['p', 'q']);
      expect(data.metrics).toBeUndefined();
      expect(data.tags).toEqual(nothing.tags);
    });

    it('stores nothing where the last step fails', async () => {
      const id = await run();
      const metrics = [point('m', 1), { ...point('m', 1), model_id: 'm-none' }];
      const all = { metrics, params: [pair('p', '1')], tags: [pair('t', '1')] };
      await expect(batch(id, all)).rejects.toMatchObject({ code: 'BAD_REQUEST' });
      expect((await tracking.show(id)).data).toEqual(nothing);
      expect(await history(id, 'm')).toEqual([]);
    });

    it('is checked in order: id, metrics, params, tags, counts, doubles, run', async () => {
      const many = Array.from({ length: 101 }, (_, index) => pair(`k${index}`, ''));
      const points = Array.from({ length: 1_001 }, (_, index) => point('m', index));
      const limit = (max: number, what: string, got: number) =>
        `A batch logging request can contain at most ${max} ${what}. Got ${got} ${what}. Please split up ${what} across multiple requests and try again.`;
      const doubled =
        "Duplicate parameter keys have been submitted: ['a', 'b']. Please ensure the request contains only one param value per param key.";
      const doubles = ['a', 'b', 'a', 'c', 'b', 'a'].map((key) => pair(key, ''));
      const bad = pair('x;', '');
      const cases: [Partial<Batch>, string][] = [
        [
          { runId: 'z z', metrics: [point('x;', 1)] },
          'Invalid value "z z" for parameter \'run_id\' supplied.',
        ],
        [
          { metrics: [point('m', 1), point('x;', 1)], params: [bad] },
          "parameter 'metrics[1].name' supplied",
        ],
        [
          { metrics: [point('m', 1, -1)], params: [bad] },
          "Invalid value -1 for parameter 'metrics[0].timestamp'",
        ],
        [{ params: [bad], tags: [bad], metrics: points }, "parameter 'params[0].key' supplied"],
        [{ tags: [pair('ok', ''), bad], params: many }, "parameter 'tags[1].key' supplied"],
        [{ metrics: points, params: many }, limit(1_000, 'metrics', 1_001)],
        [{ params: many, tags: many }, limit(100, 'params', 101)],
        [{ tags: many, params: doubles }, limit(100, 'tags', 101)],
        [
          { metrics: points.slice(1), params: doubles },
          limit(1_000, 'metrics, params, and tags', 1_006),
        ],
        [{ params: doubles }, doubled],
        [{}, 'Run with id=nope not found'],
      ];
      for (const [wish, message] of cases) {
        await expect(batch('nope', wish)).rejects.toThrow(message);
      }
    });

    it('holds up to its limits', async () => {
      const id = await run();
      const metrics = Array.from({ length: 800 }, (_, index) =>
        point(`m${index % 10}`, index, index),
      );
      const pairs = Array.from({ length: 100 }, (_, index) => pair(`k${index}`, `${index}`));
      await batch(id, { metrics, params: pairs, tags: pairs });
      const { data } = await tracking.show(id);
      expect([data.metrics?.length, data.params?.length, data.tags?.length]).toEqual([
        10, 100, 101,
      ]);
      expect(await history(id, 'm3')).toHaveLength(80);
    });
  });
});
