import { beforeAll, describe, expect, it } from 'vitest';
import type { Database } from '../../platform/db/database.js';
import { forEachDatabase } from '../../testing/for-each-database.js';
import { BY_TESTER } from '../../testing/tester.js';
import { type Tracking, trackingOn } from '../../tracking/testing/tracking-on.js';
import { inputToWire, readInput, type WireInput } from './label-input.js';
import type { LabelSchemaRequest } from './label-schemas.service.js';

forEachDatabase((open) => {
  let t: Tracking;
  let database: Database;
  beforeAll(async () => {
    database = await open();
    t = trackingOn(database);
  });

  const create = (experimentId: string, wish: Partial<LabelSchemaRequest> = {}) =>
    t.labelSchemas.create({
      ...{ experimentId, name: 'n', type: 'FEEDBACK', input: readInput({ text: {} }) },
      ...{ instruction: undefined, enableComment: false, ...wish },
    });
  const listed = async (experiment: string) =>
    (await t.labelSchemas.list(experiment, 100, undefined)).schemas.map(({ name }) => name);

  it('is made, shown, changed and deleted', async () => {
    const experiment = await t.experiment();
    const made = await create(experiment);
    expect(made).toEqual({
      schema_id: expect.stringMatching(/^ls-[0-9a-f]{32}$/),
      ...{ experiment_id: Number(experiment), name: 'n', type: 'FEEDBACK', instruction: null },
      ...{ enable_comment: false, input: { kind: 'text', max_length: null }, created_by: null },
      ...{ created_time: expect.any(Number), last_update_time: made.created_time },
      is_default: false,
    });
    expect(await t.labelSchemas.get(database.read, made.schema_id)).toEqual(made);
    expect(await t.labelSchemas.named(experiment, 'n')).toEqual(made);
    const input = readInput({ text: { max_length: 9_223_372_036_854_775_807n } });
    const change = { name: 'z', instruction: '', enable_comment: true, input };
    const changed = await t.labelSchemas.update(made.schema_id, change);
    expect(changed).toEqual({ ...made, ...change, last_update_time: expect.any(Number) });
    expect(changed.last_update_time).toBeGreaterThan(made.last_update_time);
    expect(await t.labelSchemas.get(database.read, made.schema_id)).toEqual(changed);
    await create(experiment, { name: 'other' });
    await expect(t.labelSchemas.update(made.schema_id, { name: 'other' })).rejects.toThrow(
      `Label schema with name 'other' already exists for experiment '${experiment}'.`,
    );
    await expect(
      t.labelSchemas.update(made.schema_id, { input: readInput({ numeric: {} }) }),
    ).rejects.toThrow('(existing: InputText, got: InputNumeric)');
    const choice = readInput({ categorical: { options: ['a'] } });
    const { schema_id } = await create(experiment, { name: 'choice', input: choice });
    const several = readInput({ categorical: { options: ['a'], multi_select: true } });
    await expect(t.labelSchemas.update(schema_id, { input: several })).rejects.toThrow(
      '`InputCategorical.multi_select` cannot be changed after creation.',
    );
    await t.labelSchemas.delete(made.schema_id, BY_TESTER);
    await t.labelSchemas.delete(made.schema_id, BY_TESTER);
    const missing = `Label schema with id '${made.schema_id}' not found.`;
    await expect(t.labelSchemas.get(database.read, made.schema_id)).rejects.toThrow(missing);
    await expect(t.labelSchemas.update(made.schema_id, {})).rejects.toThrow(missing);
    await expect(t.labelSchemas.named(experiment, 'z')).rejects.toThrow(
      `Label schema with name 'z' not found for experiment '${experiment}'.`,
    );
  });

  it('has the question of its experiment once somebody looks, and keeps it', async () => {
    const experiment = await t.experiment();
    await create(experiment);
    await expect(t.labelSchemas.named(experiment, 'Feedback')).rejects.toThrow('not found');
    const lists = await Promise.all([listed(experiment), listed(experiment), listed(experiment)]);
    expect(lists).toEqual([...Array(3)].map(() => ['Feedback', 'n']));
    const { schema_id, is_default } = await t.labelSchemas.named(experiment, 'Feedback');
    expect(is_default).toBe(true);
    await expect(t.labelSchemas.update(schema_id, {})).rejects.toThrow('cannot be edited');
    await expect(t.labelSchemas.delete(schema_id, BY_TESTER)).rejects.toThrow('cannot be deleted');
    await expect(create(experiment, { name: ' FEEDBACK' })).rejects.toThrow('is reserved');
  });

  it('is listed page by page, the newest first', async () => {
    const experiment = await t.experiment();
    for (const name of ['a', 'b', 'c']) await create(experiment, { name });
    const first = await t.labelSchemas.list(experiment, 2, undefined);
    expect(first.schemas.map(({ name }) => name)).toEqual(['Feedback', 'c']);
    const rest = await t.labelSchemas.list(experiment, 2, first.token);
    expect(rest.schemas.map(({ name }) => name)).toEqual(['b', 'a']);
    expect(rest.token).toBeUndefined();
    const other = t.labelSchemas.list(await t.experiment(), 2, first.token);
    await expect(other).rejects.toThrow('Invalid page token');
  });

  it('belongs to an experiment that is there', async () => {
    const experiment = await t.experiment();
    const { schema_id } = await create(experiment);
    await expect(create(experiment)).rejects.toThrow('already exists');
    await t.experiments.delete(experiment, BY_TESTER);
    const gone = `No Experiment with id=${experiment} exists`;
    await expect(create(experiment, { name: 'o' })).rejects.toThrow(gone);
    await expect(listed(experiment)).rejects.toThrow(gone);
    await expect(t.labelSchemas.named(experiment, 'n')).rejects.toThrow(gone);
    expect(await t.labelSchemas.get(database.read, schema_id)).toMatchObject({ name: 'n' });
  });

  it('is given a name by one of those who give it at once', async () => {
    const experiment = await t.experiment();
    for (let round = 0; round < 5; round += 1) {
      const [old, name] = [`old ${round}`, `new ${round}`];
      const made = [
        await create(experiment, { name: old }),
        await create(experiment, { name: `${old}!` }),
      ];
      const done = await Promise.allSettled(
        made.map(({ schema_id }) => t.labelSchemas.update(schema_id, { name })),
      );
      const refused = done.flatMap((one) => (one.status === 'rejected' ? [one.reason] : []));
      expect(refused).toMatchObject([{ code: 'RESOURCE_ALREADY_EXISTS' }]);
    }
  });

  it.each([
    [{ name: 'n'.repeat(251) }, 'Label schema `name` must be at most 250 characters; got 251.'],
    [{ name: '\0' }, 'characters that are not valid text'],
    [{ instruction: 'é'.repeat(1_001) }, '`instruction` must be at most 1000 characters'],
  ])('is not made of %j', async (wish, message) => {
    await expect(create(await t.experiment(), wish)).rejects.toThrow(message);
  });

  it.each<WireInput>([
    { pass_fail: { positive_label: 'Y', negative_label: 'N' } },
    { categorical: { options: ['a', 'b'], multi_select: true } },
    { numeric: { min_value: -1.5, max_value: 1e300 } },
    { numeric: { min_value: 'NaN', max_value: 'Infinity' } },
    { numeric: {} },
    { text: { max_length: 5 } },
    { text: {} },
  ])('is answered as %j', async (wire) => {
    const { schema_id } = await create(await t.experiment(), { input: readInput(wire) });
    const { input } = await t.labelSchemas.get(database.read, schema_id);
    expect(inputToWire(input)).toEqual(wire);
  });
});

describe('an answer', () => {
  it.each<[WireInput | undefined, string]>([
    [undefined, 'got an empty oneof.'],
    [{}, 'got an empty oneof.'],
    [{ text: {}, numeric: {} }, 'got more than one of them.'],
    [{ pass_fail: {} }, "`InputPassFail.positive_label` must be a non-empty string; got ''."],
    [{ pass_fail: { positive_label: 'a', negative_label: 'a' } }, "got 'a' for both."],
    [{ pass_fail: { positive_label: 'a'.repeat(65) } }, 'at most 64 characters; got 65.'],
    [{ categorical: {} }, 'must be a non-empty list; got [].'],
    [{ categorical: { options: ['a', 'b', 'a'] } }, "must be deduplicated; 'a' appears twice."],
    [{ categorical: { options: [''] } }, "entries must be non-empty strings; got ''."],
    [{ categorical: { options: ['a'.repeat(65)] } }, 'at most 64 characters; got 65 for'],
    [{ categorical: { options: Array(11).fill('a') } }, 'at most 10 entries; got 11.'],
    [{ numeric: { min_value: 5, max_value: 5 } }, 'got min=5.0, max=5.0.'],
    [{ text: { max_length: 0 } }, 'must be at least 1; got 0.'],
  ])('is not %j', (wire, message) => {
    expect(() => readInput(wire)).toThrow(message);
  });
});
