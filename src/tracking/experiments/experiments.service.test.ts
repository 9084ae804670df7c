import { beforeAll, describe, expect, it } from 'vitest';
import type { Database } from '../../platform/db/database.js';
import { forEachDatabase } from '../../testing/for-each-database.js';
import { BY_TESTER } from '../../testing/tester.js';
import { type Tracking, trackingOn } from '../testing/tracking-on.js';

const pair = (key: string, value: string) => ({ key, value });
const notThere = (id: string) => ({
  code: 'RESOURCE_DOES_NOT_EXIST',
  message: `No Experiment with id=${id} exists`,
});
const invalid = (message: string) => ({ code: 'INVALID_PARAMETER_VALUE', message });
const deleted = (id: string) =>
  invalid(`The experiment ${id} must be in the 'active' state. Current state is deleted.`);

forEachDatabase((open) => {
  let database: Database;
  let tracking: Tracking;
  beforeAll(async () => {
    database = await open();
    tracking = trackingOn(database);
  });

  const get = (id: string) => tracking.experiments.get(database.read, id);
  const byName = (name: string) => tracking.experimentStore.findByName(database.read, name);
  const create = (name: string, ...rest: [location?: string, ...tags: [string, string][]]) => {
    const [location, ...tags] = rest;
    return tracking.experiments.create(
      name,
      location,
      tags.map(([key, value]) => pair(key, value)),
      BY_TESTER,
    );
  };

  describe('experiment 0', () => {
    it('is made once, can be deleted, and does not come back by itself', async () => {
      const fresh = trackingOn(await open());
      await fresh.experiments.ensureDefault();
      const first = await fresh.experiments.get(fresh.database.read, '0');
      expect(first).toMatchObject({
        experiment_id: 0,
        name: 'Default',
        artifact_location: 'mlflow-artifacts:/0',
        lifecycle_stage: 'active',
      });
      expect(await fresh.experiment('next')).toBe('1');
      await fresh.experiments.delete('0', BY_TESTER);
      await fresh.experiments.ensureDefault();
      expect((await fresh.experiments.get(fresh.database.read, '0')).lifecycle_stage).toBe(
        'deleted',
      );
    });
  });

  describe('creating', () => {
    it('stores all of it with one time', async () => {
      const id = await create('whole', 's3://bucket/x/', ['b', '2'], ['a', '']);
      const stored = await get(id);
      expect(stored).toEqual({
        experiment_id: Number(id),
        name: 'whole',
        artifact_location: 's3://bucket/x/',
        lifecycle_stage: 'active',
        creation_time: stored.last_update_time,
        last_update_time: stored.creation_time,
        tags: [pair('a', ''), pair('b', '2')],
        workspace: 'default',
      });
      expect(await byName('whole')).toEqual(stored);
    });

    it('puts it below the default root where no location is given', async () => {
      const id = await create('below', '');
      expect((await get(id)).artifact_location).toBe(`mlflow-artifacts:/${id}`);
      const local = trackingOn(database, { defaultArtifactRoot: 's3://root' });
      const other = await local.experiment('below another root');
      expect((await get(other)).artifact_location).toBe(`s3://root/${other}`);
    });

    it('takes any name of up to 500 characters', async () => {
      for (const name of [' ', 'a/b:c', '../x', "';--", '😀'.repeat(500)]) {
        const id = await create(name);
        expect((await get(id)).name).toBe(name);
      }
      await expect(create('x'.repeat(501))).rejects.toMatchObject(
        invalid("'name' exceeds the maximum length of 500 characters"),
      );
    });

    it('refuses a taken name, also of a deleted one, and tells names apart by case', async () => {
      const id = await create('Taken');
      const taken = {
        code: 'RESOURCE_ALREADY_EXISTS',
        message: expect.stringMatching(/^Experiment\(name=Taken\) already exists\./),
      };
      await expect(create('Taken')).rejects.toMatchObject(taken);
      await tracking.experiments.delete(id, BY_TESTER);
      await expect(create('Taken')).rejects.toMatchObject(taken);
      await create('taken');
    });

    it('gives a name to one of many at once', async () => {
      const all = Array.from({ length: 5 }, () => create('race'));
      const results = await Promise.allSettled(all);
      expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
      for (const result of results) {
        if (result.status === 'rejected') {
          expect(result.reason).toMatchObject({ code: 'RESOURCE_ALREADY_EXISTS' });
        }
      }
    });

    it.each([
      [[['a;b', '']], 'Invalid value "a;b" for parameter \'key\' supplied'],
      [
        [
          ['ok', ''],
          ['k'.repeat(251), ''],
        ],
        "'key' exceeds the maximum length of 250 characters",
      ],
      [[['k', 'v'.repeat(20_001)]], "'value' exceeds the maximum length of 20000 characters"],
      [
        [
          ['k', '1'],
          ['k', '2'],
        ],
        'Experiment(name=half) already exists.',
      ],
    ] as [[string, string][], string][])(
      'stores nothing with bad tags (case %#)',
      async (tags, message) => {
        await expect(create('half', undefined, ...tags)).rejects.toThrow(message);
        expect(await byName('half')).toBeUndefined();
      },
    );

    it('stores nothing when the location is refused', async () => {
      await expect(create('lost', 'runs:/x')).rejects.toMatchObject(
        invalid("Artifact location cannot be a runs:/ URI. Given: 'runs:/x'"),
      );
      expect(await byName('lost')).toBeUndefined();
    });
  });

  describe('finding', () => {
    it.each(['abc', '', '1.0', '0x1', '1 2', '--1'])("refuses the id '%s'", async (id) => {
      await expect(get(id)).rejects.toMatchObject(
        invalid(`Invalid experiment ID '${id}'. Experiment ID must be a valid integer.`),
      );
    });

    it.each([
      ['-5', '-5'],
      [' 0999999 ', '999999'],
      ['3000000000', '3000000000'],
      ['999999999999999', '999999999999999'],
      ['9223372036854775807', '9223372036854775807'],
      ['99999999999999999999', '99999999999999999999'],
    ])("finds nothing under '%s'", async (id, shown) => {
      await expect(get(id)).rejects.toMatchObject(notThere(shown));
      await expect(tracking.run(id)).rejects.toMatchObject(notThere(shown));
    });

    it('takes ids as Python reads integers', async () => {
      const id = await create('padded');
      expect((await get(` +00${id} `)).name).toBe('padded');
    });
  });

  describe('renaming', () => {
    it('moves the time of the last update alone', async () => {
      const id = await create('old name', undefined, ['k', 'v']);
      const before = await get(id);
      await tracking.experiments.rename(id, 'new name', BY_TESTER);
      const after = await get(id);
      expect(after.last_update_time).toBeGreaterThan(before.last_update_time);
      expect({ ...after, last_update_time: 0 }).toEqual({
        ...before,
        name: 'new name',
        last_update_time: 0,
      });
      expect(await byName('old name')).toBeUndefined();
    });

    it('refuses taken names, and experiments that are deleted or not there', async () => {
      const id = await create('one');
      await create('two');
      await expect(tracking.experiments.rename(id, 'two', BY_TESTER)).rejects.toMatchObject({
        code: 'BAD_REQUEST',
        status: 400,
      });
      expect((await get(id)).name).toBe('one');
      await expect(tracking.experiments.rename(id, 'x'.repeat(501), BY_TESTER)).rejects.toThrow(
        'maximum length',
      );
      await expect(tracking.experiments.rename('77777', 'x', BY_TESTER)).rejects.toMatchObject(
        notThere('77777'),
      );
      await tracking.experiments.delete(id, BY_TESTER);
      await expect(tracking.experiments.rename(id, 'three', BY_TESTER)).rejects.toMatchObject({
        code: 'INVALID_STATE',
        status: 400,
        message: 'Cannot rename a non-active experiment.',
      });
    });
  });

  describe('deleting and restoring', () => {
    it('takes all runs along, those of no other experiment, and moves the time', async () => {
      const id = await create('going');
      const other = await tracking.run(await create('staying'));
      const [a, b] = [await tracking.run(id), await tracking.run(id)];
      const stages = async () => {
        const shown = await Promise.all([a, b, other].map((run) => tracking.show(run)));
        return shown.map(({ info }) => info.lifecycle_stage);
      };
      await tracking.runs.delete(a, BY_TESTER);
      expect(await stages()).toEqual(['deleted', 'active', 'active']);
      const before = await get(id);
      await tracking.experiments.delete(id, BY_TESTER);
      const gone = await get(id);
      expect(gone.lifecycle_stage).toBe('deleted');
      expect(gone.last_update_time).toBeGreaterThan(before.last_update_time);
      expect(await stages()).toEqual(['deleted', 'deleted', 'active']);
      await tracking.experiments.restore(id, BY_TESTER);
      const back = await get(id);
      expect(back.lifecycle_stage).toBe('active');
      expect(back.last_update_time).toBeGreaterThan(gone.last_update_time);
      expect(await stages()).toEqual(['active', 'active', 'active']);
    });

    it('happens once', async () => {
      const id = await create('once');
      await expect(tracking.experiments.restore(id, BY_TESTER)).rejects.toMatchObject(notThere(id));
      await tracking.experiments.delete(id, BY_TESTER);
      await expect(tracking.experiments.delete(id, BY_TESTER)).rejects.toMatchObject(notThere(id));
      await tracking.experiments.restore(id, BY_TESTER);
      await expect(tracking.experiments.restore(id, BY_TESTER)).rejects.toMatchObject(notThere(id));
      await expect(tracking.experiments.delete('77777', BY_TESTER)).rejects.toMatchObject(
        notThere('77777'),
      );
    });

    it('makes no new runs possible in between', async () => {
      const id = await create('closed');
      await tracking.experiments.delete(id, BY_TESTER);
      await expect(tracking.run(id)).rejects.toMatchObject(deleted(id));
      await tracking.experiments.restore(id, BY_TESTER);
      await tracking.run(id);
    });
  });

  describe('tags', () => {
    it('are set, set again and deleted, and leave the time alone', async () => {
      const id = await create('tagged');
      const before = await get(id);
      await tracking.experiments.setTag(id, pair('k', '1'));
      await tracking.experiments.setTag(id, pair('k', ''));
      await tracking.experiments.setTag(id, pair('mlflow.note.content', '😀'.repeat(20_000)));
      expect((await get(id)).tags).toEqual([
        pair('k', ''),
        pair('mlflow.note.content', '😀'.repeat(20_000)),
      ]);
      await tracking.experiments.deleteTag(id, 'k');
      await tracking.experiments.deleteTag(id, 'mlflow.note.content');
      expect(await get(id)).toEqual(before);
      await expect(tracking.experiments.deleteTag(id, 'k')).rejects.toMatchObject({
        code: 'RESOURCE_DOES_NOT_EXIST',
        message: `No tag with name: k in experiment with id ${id}`,
      });
    });

    it('are refused where they break the rules', async () => {
      const id = await create('untagged');
      const set = (key: string, value = '') => tracking.experiments.setTag(id, pair(key, value));
      await expect(set('a%')).rejects.toThrow('Invalid value "a%" for parameter \'key\' supplied');
      await expect(set('k'.repeat(251))).rejects.toMatchObject(
        invalid("'key' exceeds the maximum length of 250 characters"),
      );
      await expect(set('k', 'v'.repeat(20_001))).rejects.toMatchObject(
        invalid("'value' exceeds the maximum length of 20000 characters"),
      );
      await tracking.experiments.delete(id, BY_TESTER);
      await expect(set('k')).rejects.toMatchObject(deleted(id));
      await expect(tracking.experiments.deleteTag(id, 'k')).rejects.toMatchObject(deleted(id));
      await expect(tracking.experiments.setTag('77777', pair('k', ''))).rejects.toMatchObject(
        notThere('77777'),
      );
    });
  });
});
