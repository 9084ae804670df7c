import { beforeAll, beforeEach, expect, it } from 'vitest';
import type { Database } from '../../platform/db/database.js';
import { toStoredDouble } from '../../platform/http/wire-json.js';
import { forEachDatabase } from '../../testing/for-each-database.js';
import type { LoggedModelPoint } from './logged-models.js';
import { appendModelMetrics } from './logged-models.metrics.js';
import { LoggedModelStore } from './logged-models.store.js';

forEachDatabase((open) => {
  let database: Database;
  let store: LoggedModelStore;
  let modelId = '';
  let count = 0;

  beforeAll(async () => {
    database = await open();
    store = new LoggedModelStore(database);
  });

  beforeEach(async () => {
    count += 1;
    modelId = `m-${count}`;
    const model = {
      modelId,
      experimentId: 1,
      name: 'n',
      artifactUri: '',
      modelType: '',
      sourceRunId: '',
      status: 1,
      now: 1,
    };
    await database.write((tx) => store.insert(tx, model));
  });

  const point = (value: number, more: Partial<LoggedModelPoint> = {}): LoggedModelPoint => ({
    modelId,
    key: 'm',
    ...toStoredDouble(value),
    timestamp: 100,
    step: 0,
    runId: 'r',
    datasetName: undefined,
    datasetDigest: undefined,
    ...more,
  });
  const append = (...points: LoggedModelPoint[]) =>
    database.write((tx) => appendModelMetrics(tx, points));
  const metrics = async () => (await store.read(database.read, modelId, false))?.metrics ?? '';
  const values = async () =>
    (JSON.parse(await metrics()) as { value: number }[]).map(({ value }) => value);
  const refused = { code: 'BAD_REQUEST' };

  it('prints points by key, time, step and run, with a dataset where there is one', async () => {
    const dataset = { datasetName: 'd', datasetDigest: 'g' };
    await append(point(2, { step: 5, ...dataset }), point(1.5), point(3, { key: 'a' }));
    const common = { timestamp: 100, model_id: modelId, run_id: 'r' };
    expect(JSON.parse(await metrics())).toEqual([
      { key: 'a', value: 3, step: 0, ...common },
      { key: 'm', value: 1.5, step: 0, ...common },
      { key: 'm', value: 2, step: 5, ...common, dataset_name: 'd', dataset_digest: 'g' },
    ]);
  });

  it('ignores the same point again, in one request and in the next', async () => {
    await append(point(1.5), point(1.5));
    await append(point(1.5), point(2, { step: 1 }));
    expect(await values()).toEqual([1.5, 2]);
  });

  it('refuses another value or dataset for the same point, and stores nothing then', async () => {
    await append(point(1.5));
    const other = point(7, { step: 9 });
    const dataset = { datasetName: 'd', datasetDigest: 'g' };
    await expect(append(other, point(2))).rejects.toMatchObject(refused);
    await expect(append(other, point(1.5, dataset))).rejects.toMatchObject(refused);
    await expect(append(other, point(8, { step: 9 }))).rejects.toMatchObject(refused);
    expect(await values()).toEqual([1.5]);
    await append(point(2, { runId: 'r2' }));
    expect(await values()).toEqual([1.5, 2]);
  });

  it('stores NaN as 0, and no difference between them', async () => {
    await append(point(Number.NaN));
    await append(point(Number.NaN));
    await append(point(0));
    expect(await values()).toEqual([0]);
  });

  it('keeps every digit of values, steps and times', async () => {
    const numbers = [0.1 + 0.2, 5e-324, 1e300, -Number.MAX_VALUE, 1 / 3, 123456789.12345678];
    await append(...numbers.map((value, step) => point(value, { step })));
    expect(await values()).toEqual(numbers);
    const large = { step: -(2n ** 63n), timestamp: 2n ** 63n - 1n };
    await append(point(1, { key: 'large', ...large }));
    const text = (await metrics()).replaceAll(' ', '');
    expect(text).toContain('"timestamp":9223372036854775807,"step":-9223372036854775808');
  });

  it('refuses a model that does not exist, and stores nothing', async () => {
    await expect(append(point(1), point(1, { modelId: 'm-x' }))).rejects.toMatchObject(refused);
    expect(await values()).toEqual([]);
  });
});
