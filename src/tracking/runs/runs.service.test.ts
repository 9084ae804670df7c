import { beforeAll, describe, expect, it } from 'vitest';
import type { Database } from '../../platform/db/database.js';
import { forEachDatabase } from '../../testing/for-each-database.js';
import { BY_TESTER } from '../../testing/tester.js';
import { type Tracking, trackingOn } from '../testing/tracking-on.js';

const pair = (key: string, value: string) => ({ key, value });
const NAME = 'mlflow.runName';
const INT64_MAX = 2n ** 63n - 1n;

forEachDatabase((open) => {
  let database: Database;
  let tracking: Tracking;
  let experiment: string;
  beforeAll(async () => {
    database = await open();
    tracking = trackingOn(database);
    experiment = await tracking.experiment();
  });

  const run = (wish: Parameters<Tracking['run']>[1] = {}) => tracking.run(experiment, wish);
  const update = (
    id: string,
    change: { status?: 'FINISHED' | 'KILLED'; endTime?: number | bigint; name?: string },
  ) =>
    tracking.runs.update(id, {
      status: undefined,
      endTime: undefined,
      name: undefined,
      ...change,
    });
  const tagOf = async (id: string, key: string) =>
    (await tracking.show(id)).data.tags?.find((tag) => tag.key === key)?.value;

  describe('creating a run', () => {
    it('stores all of it, with an id, a place for artifacts and the name as a tag', async () => {
      const { info, tags } = await tracking.createRun(experiment, {
        name: 'mine',
        userId: 'me',
        startTime: 5,
        tags: [pair('b', '2'), pair('a', '')],
      });
      expect(info.run_id).toMatch(/^[0-9a-f]{32}$/);
      expect(tags).toEqual([pair('b', '2'), pair('a', ''), pair(NAME, 'mine')]);
      expect(await tracking.show(info.run_id)).toEqual({
        info: {
          run_id: info.run_id,
          run_uuid: info.run_id,
          run_name: 'mine',
          experiment_id: experiment,
          user_id: 'me',
          status: 'RUNNING',
          start_time: 5,
          artifact_uri: `mlflow-artifacts:/${experiment}/${info.run_id}/artifacts`,
          lifecycle_stage: 'active',
        },
        data: { tags: [pair('a', ''), pair('b', '2'), pair(NAME, 'mine')] },
        inputs: {},
        outputs: {},
      });
    });

    it.each<[string, string | undefined, RegExp]>([
      ['field', undefined, /^field$/],
      ['', 'tag', /^tag$/],
      ['same', 'same', /^same$/],
      ['field', '', /^field$/],
      ['', '', /^[a-z]+-[a-z]+-\d{1,3}$/],
      ['', undefined, /^[a-z]+-[a-z]+-\d{1,3}$/],
    ])("is named by '%s' or the tag '%s'", async (name, tagged, expected) => {
      const id = await run({ name, tags: tagged === undefined ? [] : [pair(NAME, tagged)] });
      const { info, data } = await tracking.show(id);
      expect(info.run_name).toMatch(expected);
      expect(data.tags).toEqual([pair(NAME, String(info.run_name))]);
    });

    it('keeps its times to the last digit, and odd tags as they are', async () => {
      const long = 'v'.repeat(9_000);
      const { info } = await tracking.createRun(experiment, {
        startTime: -(2n ** 63n),
        tags: [pair('a;b', long), pair('', 'x')],
      });
      const row = await tracking.runStore.info(database.read, info.run_id);
      expect(row?.start_time).toBe(-(2n ** 63n));
      expect(await tagOf(info.run_id, 'a;b')).toBe(long);
      expect(await tagOf(info.run_id, '')).toBe('x');
    });

    it('is refused without or with a wrong experiment, and with contradictions', async () => {
      const invalid = (message: string) => ({ code: 'INVALID_PARAMETER_VALUE', message });
      await expect(tracking.run('')).rejects.toMatchObject({ code: 'BAD_REQUEST', status: 400 });
      await expect(tracking.run('x')).rejects.toMatchObject(
        invalid("Invalid experiment ID 'x'. Experiment ID must be a valid integer."),
      );
      await expect(tracking.run('999')).rejects.toMatchObject({ status: 404 });
      await expect(run({ name: 'n', tags: [pair(NAME, 'm')] })).rejects.toMatchObject(
        invalid(
          "Both 'run_name' argument and 'mlflow.runName' tag are specified, but with different values (run_name='n', mlflow.runName='m').",
        ),
      );
      await expect(run({ tags: [pair('k', '1'), pair('k', '1')] })).rejects.toMatchObject({
        code: 'BAD_REQUEST',
      });
    });

    it('happens once for one idempotency key, and again shows what it made', async () => {
      const wish = { name: 'once', tags: [pair('z', ''), pair('a', '')], idempotencyKey: 'key' };
      const [first, second] = await Promise.all([
        tracking.createRun(experiment, wish),
        tracking.createRun(experiment, wish),
      ]);
      expect(second?.info.run_id).toBe(first?.info.run_id);
      await update(first?.info.run_id ?? '', { status: 'FINISHED' });
      expect((await tracking.createRun(experiment, wish)).info).toMatchObject({
        run_id: first?.info.run_id,
        status: 'FINISHED',
      });
      await expect(tracking.createRun(experiment, { ...wish, name: 'x' })).rejects.toThrow(
        "The Idempotency-Key 'key' was used before for another request",
      );
    });
  });

  describe('updating a run', () => {
    it('changes what is given and nothing else', async () => {
      const id = await run({ name: 'first', startTime: 3 });
      const status = await update(id, { status: 'FINISHED' });
      expect(status).toMatchObject({ status: 'FINISHED', end_time: null, name: 'first' });
      const ended = await update(id, { endTime: INT64_MAX });
      expect(ended).toMatchObject({ status: 'FINISHED', end_time: INT64_MAX, start_time: 3 });
      expect((await update(id, { name: '' })).name).toBe('first');
      await update(id, { endTime: 0, status: 'KILLED' });
      const { info } = await tracking.show(id);
      expect(info).toMatchObject({ status: 'KILLED', run_name: 'first' });
      expect(info).not.toHaveProperty('end_time');
    });

    it('keeps name and tag the same, from either side', async () => {
      const id = await run({ name: 'first' });
      await update(id, { name: 'second' });
      expect(await tagOf(id, NAME)).toBe('second');
      await tracking.runs.setTag(id, pair(NAME, 'third'));
      expect((await tracking.show(id)).info.run_name).toBe('third');
      await tracking.runs.setTag(id, pair(NAME, ''));
      expect(await tagOf(id, NAME)).toBe('third');
      await tracking.runs.deleteTag(id, NAME);
      expect((await tracking.show(id)).info.run_name).toBe('third');
      expect(await tagOf(id, NAME)).toBeUndefined();
    });
  });

  describe('deleting and restoring a run', () => {
    it('can be repeated, and closes the run to every write', async () => {
      const id = await run();
      await tracking.runs.delete(id, BY_TESTER);
      await tracking.runs.delete(id, BY_TESTER);
      expect((await tracking.show(id)).info.lifecycle_stage).toBe('deleted');
      const closed = {
        code: 'INVALID_PARAMETER_VALUE',
        message: `The run ${id} must be in the 'active' state. Current state is deleted.`,
      };
      const batch = { runId: id, metrics: [], params: [], tags: [] };
      for (const write of [
        () => update(id, { status: 'KILLED' }),
        () => tracking.runs.logParam(id, pair('p', '1')),
        () => tracking.runs.setTag(id, pair('t', '1')),
        () => tracking.runs.deleteTag(id, NAME),
        () => tracking.metrics.logMetric(id, { key: 'm', value: 1, timestamp: 1 }),
        () => tracking.metrics.logBatch(batch),
      ]) {
        await expect(write()).rejects.toMatchObject(closed);
      }
      await tracking.runs.restore(id, BY_TESTER);
      await tracking.runs.restore(id, BY_TESTER);
      await update(id, { status: 'KILLED' });
      expect((await tracking.show(id)).data).toEqual({ tags: [expect.anything()] });
    });

    it('works in a deleted experiment', async () => {
      const other = await tracking.experiment();
      const id = await tracking.run(other);
      await tracking.experiments.delete(other, BY_TESTER);
      await tracking.runs.restore(id, BY_TESTER);
      expect((await tracking.show(id)).info.lifecycle_stage).toBe('active');
    });

    it('needs a run', async () => {
      const none = { status: 404, message: 'Run with id=nope not found' };
      await expect(tracking.runs.delete('nope', BY_TESTER)).rejects.toMatchObject(none);
      await expect(tracking.runs.restore('nope', BY_TESTER)).rejects.toMatchObject(none);
      await expect(update('nope', {})).rejects.toMatchObject(none);
      await expect(tracking.runs.setTag('nope', pair('k', ''))).rejects.toMatchObject(none);
      await expect(tracking.runs.logParam('nope', pair('k', ''))).rejects.toMatchObject(none);
    });
  });

  describe('params', () => {
    it('are written once; the same value again is fine', async () => {
      const id = await run();
      await tracking.runs.logParam(id, pair('p', '1'));
      await tracking.runs.logParam(id, pair('p', '1'));
      await tracking.runs.logParam(id, pair('empty', ''));
      await expect(tracking.runs.logParam(id, pair('p', '2'))).rejects.toMatchObject({
        code: 'INVALID_PARAMETER_VALUE',
        message: `Changing param values is not allowed. Param with key='p' was already logged with value='1' for run ID='${id}'. Attempted logging new value '2'.`,
      });
      expect((await tracking.show(id)).data.params).toEqual([pair('empty', ''), pair('p', '1')]);
    });

    it('are cut to 6000 characters and compared cut', async () => {
      const id = await run();
      await tracking.runs.logParam(id, pair('p', '😀'.repeat(6_001)));
      await tracking.runs.logParam(id, pair('p', `${'😀'.repeat(6_000)}else`));
      expect((await tracking.show(id)).data.params).toEqual([pair('p', '😀'.repeat(6_000))]);
      const strict = trackingOn(database, { truncateLongValues: 'false' });
      await strict.runs.logParam(id, pair('q', '😀'.repeat(6_000)));
      await expect(strict.runs.logParam(id, pair('r', 'x'.repeat(6_001)))).rejects.toMatchObject({
        message: "'Param value' exceeds the maximum length of 6000 characters",
      });
    });

    it('have names under the rules', async () => {
      const id = await run();
      await expect(tracking.runs.logParam(id, pair('a;', ''))).rejects.toThrow(
        'Invalid value "a;" for parameter \'key\' supplied: Names may only contain',
      );
      await expect(tracking.runs.logParam(id, pair('k'.repeat(251), ''))).rejects.toMatchObject({
        message: "'Param key' exceeds the maximum length of 250 characters",
      });
      await tracking.runs.logParam(id, pair('é'.repeat(250), ''));
    });

    it('have one value where many write at once', async () => {
      const id = await run();
      const writes = ['1', '2', '3', '4'].map((value) =>
        tracking.runs.logParam(id, pair('p', value)),
      );
      const results = await Promise.allSettled(writes);
      expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
      const winner = results.findIndex(({ status }) => status === 'fulfilled') + 1;
      expect((await tracking.show(id)).data.params).toEqual([pair('p', String(winner))]);
    });
  });

  describe('tags', () => {
    it('are set again, cut to 8000 characters and deleted', async () => {
      const id = await run({ name: 'n' });
      await tracking.runs.setTag(id, pair('k', '1'));
      await tracking.runs.setTag(id, pair('k', '😀'.repeat(8_001)));
      expect(await tagOf(id, 'k')).toBe('😀'.repeat(8_000));
      await tracking.runs.deleteTag(id, 'k');
      expect((await tracking.show(id)).data.tags).toEqual([pair(NAME, 'n')]);
      await expect(tracking.runs.deleteTag(id, 'k')).rejects.toMatchObject({
        code: 'RESOURCE_DOES_NOT_EXIST',
        message: `No tag with name: k in run with id ${id}`,
      });
      const strict = trackingOn(database, { truncateLongValues: 'false' });
      await expect(strict.runs.setTag(id, pair('k', 'x'.repeat(8_001)))).rejects.toMatchObject({
        message: "'value' exceeds the maximum length of 8000 characters",
      });
    });
  });
});
