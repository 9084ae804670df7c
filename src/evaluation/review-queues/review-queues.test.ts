import { beforeAll, describe, expect, it } from 'vitest';
import type { Database } from '../../platform/db/database.js';
import type { Caller } from '../../platform/http/operation.js';
import { forEachDatabase } from '../../testing/for-each-database.js';
import { BY_TESTER } from '../../testing/tester.js';
import { startTrace } from '../../tracing/testing/start-trace.js';
import { type Tracking, trackingOn } from '../../tracking/testing/tracking-on.js';
import { QueueAccess } from './queue-access.js';
import type { ReviewQueue } from './review-queues.js';
import type { QueueRequest } from './review-queues.service.js';

const anybody = async () => undefined;

forEachDatabase((open) => {
  let t: Tracking;
  let database: Database;
  beforeAll(async () => {
    database = await open();
    t = trackingOn(database);
  });

  const create = (experimentId: string, wish: Partial<QueueRequest> = {}) =>
    t.reviewQueues.create({
      ...{ experimentId, name: 'q', type: 'CUSTOM', users: [], schemaIds: [] },
      ...{ createdBy: undefined, ...wish },
    });
  const get = (id: string) => t.reviewQueues.get(database.read, id);
  const names = async (
    experiment: string,
    query: { user?: string; item?: string; seenBy?: string },
  ) => {
    const all = { user: undefined, item: undefined, seenBy: undefined, ...query };
    const { queues } = await t.reviewQueues.list(experiment, all, 100, undefined);
    return queues.map(({ name }) => name);
  };
  const items = async (id: string, status?: 'PENDING' | 'COMPLETE' | 'DECLINED') =>
    (await t.queueItems.list(id, status, 100, undefined, anybody)).items;
  const schema = async (experimentId: string, name: string) => {
    const input = { kind: 'text', max_length: null } as const;
    const wish = { type: 'FEEDBACK', instruction: undefined, enableComment: false } as const;
    return (await t.labelSchemas.create({ experimentId, name, input, ...wish })).schema_id;
  };

  describe('a queue', () => {
    it('is given a name by one of those who give it at once', async () => {
      const experiment = await t.experiment();
      for (let round = 0; round < 5; round += 1) {
        const [old, name] = [`old ${round}`, `new ${round}`];
        const made = [
          await create(experiment, { name: old }),
          await create(experiment, { name: `${old}!` }),
        ];
        const done = await Promise.allSettled(
          made.map(({ queue_id }) => t.reviewQueues.update(queue_id, { name }, anybody)),
        );
        const refused = done.flatMap((one) => (one.status === 'rejected' ? [one.reason] : []));
        expect(refused).toMatchObject([{ code: 'RESOURCE_ALREADY_EXISTS' }]);
      }
    });

    it('is made, shown, changed and deleted', async () => {
      const experiment = await t.experiment();
      const asked = [await schema(experiment, 'a'), await schema(experiment, 'b')];
      const wish = { name: ' First ', users: ['Zoe', 'ann ', 'ANN'], schemaIds: asked };
      const made = await create(experiment, { ...wish, createdBy: 'bob' });
      expect(made).toEqual({
        queue_id: expect.stringMatching(/^rq-[0-9a-f]{32}$/),
        ...{ experiment_id: Number(experiment), name: 'First', queue_type: 'CUSTOM' },
        ...{ created_by: 'bob', users: ['ann', 'zoe'], schema_ids: asked.toSorted() },
        creation_time_ms: expect.any(Number),
        last_update_time_ms: made.creation_time_ms,
      });
      expect(await get(made.queue_id)).toMatchObject(made);
      expect(await t.reviewQueues.named(experiment, 'FIRST')).toMatchObject(made);
      await expect(create(experiment, { name: 'fIRST' })).rejects.toThrow(
        "Review queue with name 'fIRST' already exists (names are case-insensitive).",
      );
      const same = await t.reviewQueues.update(made.queue_id, {}, anybody);
      expect(same.last_update_time_ms).toBe(made.last_update_time_ms);
      const change = { name: 'FIRST', users: [], schemaIds: asked.slice(1), newOwner: 'olga' };
      const changed = await t.reviewQueues.update(made.queue_id, change, anybody);
      expect(changed).toMatchObject({ name: 'FIRST', users: [], created_by: 'olga' });
      expect(changed.last_update_time_ms).toBeGreaterThan(made.last_update_time_ms);
      // A schema that goes stays with the queue.
      await t.labelSchemas.delete(asked[1] ?? '', BY_TESTER);
      expect(await get(made.queue_id)).toMatchObject({ schema_ids: asked.slice(1) });
      await t.reviewQueues.delete(made.queue_id, anybody, BY_TESTER);
      await t.reviewQueues.delete(made.queue_id, anybody, BY_TESTER);
      const missing = `Review queue with id '${made.queue_id}' not found.`;
      await expect(get(made.queue_id)).rejects.toThrow(missing);
      await expect(t.reviewQueues.update(made.queue_id, {}, anybody)).rejects.toThrow(missing);
    });

    it('of a user is one, however many ask for it, and stays as it is', async () => {
      const experiment = await t.experiment();
      const made = await Promise.all(
        ['Nora', 'nora', ' NORA'].map((user) => t.reviewQueues.getOrCreate(experiment, user)),
      );
      expect(new Set(made.map(({ queue_id }) => queue_id)).size).toBe(1);
      const [queue] = made as [ReviewQueue];
      expect(queue).toMatchObject({ name: 'nora', users: ['nora'], created_by: 'nora' });
      await expect(t.reviewQueues.update(queue.queue_id, { name: 'x' }, anybody)).rejects.toThrow(
        'are fixed and cannot be updated',
      );
      await create(experiment, { name: 'team' });
      await expect(t.reviewQueues.getOrCreate(experiment, 'Team')).rejects.toThrow(
        "A non-user queue named 'team' already exists",
      );
      const user = (wish: Partial<QueueRequest>) => create(experiment, { type: 'USER', ...wish });
      expect(await user({ name: 'Al', users: ['AL'] })).toMatchObject({ name: 'al' });
      await expect(user({ users: ['x'] })).rejects.toThrow("got name='q' and users=['x'].");
      await expect(user({ schemaIds: ['x'] })).rejects.toThrow('cannot have explicitly-attached');
    });

    it.each([
      [{ name: '  ' }, "`name` must be a non-empty string; got ''."],
      [{ name: 'n'.repeat(251) }, '`name` must be at most 250 characters; got 251.'],
      [{ users: [''] }, "`user` must be a non-empty string; got ''."],
      [
        { users: Array.from({ length: 11 }, (_, n) => `${n}`) },
        'at most 10 assigned users; got 11',
      ],
      [{ schemaIds: ['x', 'y'] }, "Label schema id(s) ['x', 'y'] not found for experiment '"],
      [{ schemaIds: ['x'.repeat(37)] }, '`schema_id` must be at most 36 characters; got 37.'],
      [{ name: '\0' }, 'characters that are not valid text'],
      [{ experimentId: '999999' }, 'No Experiment with id=999999 exists'],
    ])('is not made of %j', async (wish, message) => {
      const experiment = await t.experiment();
      await expect(create(experiment, wish)).rejects.toThrow(message);
      expect(await names(experiment, {})).toEqual([]);
    });

    it('is listed by its users and items, the newest first', async () => {
      const experiment = await t.experiment();
      const trace = await startTrace(t, { experimentId: experiment });
      await create(experiment, { name: 'a', users: ['ann'] });
      const { queue_id } = await create(experiment, { name: 'b', createdBy: 'Bob' });
      await t.queueItems.add(queue_id, [trace]);
      await create(experiment, { name: 'c' });
      expect(await names(experiment, {})).toEqual(['c', 'b', 'a']);
      expect(await names(experiment, { user: ' ANN' })).toEqual(['a']);
      expect(await names(experiment, { item: trace })).toEqual(['b']);
      expect(await names(experiment, { item: trace, user: 'ann' })).toEqual([]);
      expect(await names(experiment, { seenBy: 'Bob' })).toEqual(['b']);
      expect(await names(experiment, { seenBy: 'Ann' })).toEqual(['a']);
      const query = { user: undefined, item: undefined, seenBy: undefined };
      const first = await t.reviewQueues.list(experiment, query, 2, undefined);
      const rest = await t.reviewQueues.list(experiment, query, 2, first.token);
      expect(rest.queues.map(({ name }) => name)).toEqual(['a']);
      await t.experiments.delete(experiment, BY_TESTER);
      await expect(names(experiment, {})).rejects.toThrow('No Experiment with id=');
      expect(await get(queue_id)).toMatchObject({ name: 'b' });
    });
  });

  describe('the items of a queue', () => {
    it('wait, are done with, and wait again', async () => {
      const experimentId = await t.experiment();
      const { queue_id } = await create(experimentId);
      const traceId = (n: number) => `tr-${experimentId}-${n}`;
      for (const n of [1, 2, 3]) await startTrace(t, { experimentId, traceId: traceId(n) });
      const added = await t.queueItems.add(queue_id, [traceId(2), traceId(1), traceId(2)]);
      expect(added.map(({ item_id }) => item_id)).toEqual([traceId(2), traceId(1)]);
      const set = (n: number, status: 'PENDING' | 'COMPLETE' | 'DECLINED', by?: string) =>
        t.queueItems.setStatus(queue_id, traceId(n), status, by, anybody);
      const done = await set(1, 'COMPLETE', ' ann ');
      expect(done).toMatchObject({ status: 'COMPLETE', completed_by: 'ann' });
      expect(done.completed_time_ms).toBe(done.last_update_time_ms);
      expect(await set(1, 'COMPLETE', 'bob')).toEqual(done);
      expect(await set(1, 'DECLINED', 'bob')).toMatchObject({ completed_by: 'bob' });
      // What is there already stays as it is.
      const [again] = await t.queueItems.add(queue_id, [traceId(1), traceId(3)]);
      expect(again).toMatchObject({ status: 'DECLINED' });
      expect((await items(queue_id)).map(({ item_id }) => item_id)).toEqual([3, 1, 2].map(traceId));
      expect(await items(queue_id, 'COMPLETE')).toEqual([]);
      expect(await items(queue_id, 'DECLINED')).toHaveLength(1);
      const page = await t.queueItems.list(queue_id, undefined, 2, undefined, anybody);
      const rest = await t.queueItems.list(queue_id, undefined, 2, page.token, anybody);
      expect(rest.items.map(({ item_id }) => item_id)).toEqual([traceId(2)]);
      expect(await set(1, 'PENDING')).toMatchObject({
        completed_by: null,
        completed_time_ms: null,
      });
      await expect(set(1, 'PENDING', 'x')).rejects.toThrow('must not be set when reopening');
      await expect(set(1, 'DECLINED')).rejects.toThrow('when setting status to `declined`.');
      await expect(set(9, 'COMPLETE', 'x')).rejects.toThrow('is not attached to review queue');
      await t.queueItems.remove(queue_id, [traceId(1), 'none'], anybody);
      await t.traces.delete(Number(experimentId), { ids: [traceId(2)] }, BY_TESTER);
      expect((await items(queue_id)).map(({ item_id }) => item_id)).toEqual([traceId(3)]);
    });

    it('are traces of the experiment', async () => {
      const { queue_id, experiment_id } = await create(await t.experiment());
      const foreign = await startTrace(t);
      await expect(t.queueItems.add(queue_id, ['none', foreign])).rejects.toThrow(
        `Cannot attach trace(s) ['none', '${foreign}'] to review queue '${queue_id}': they do not ` +
          `exist in experiment '${experiment_id}'.`,
      );
      await expect(t.queueItems.add(queue_id, [])).rejects.toThrow('must be a non-empty list');
      await expect(t.queueItems.add(queue_id, ['i'.repeat(51)])).rejects.toThrow('at most 50');
      await expect(t.queueItems.add('none', ['x'])).rejects.toThrow("id 'none' not found");
    });
  });

  it('lets whoever may not touch a queue change nothing', async () => {
    const { queue_id } = await create(await t.experiment());
    const refuse = async () => {
      throw new Error('refused');
    };
    await expect(t.reviewQueues.update(queue_id, { name: 'x' }, refuse)).rejects.toThrow('refused');
    await expect(t.reviewQueues.delete(queue_id, refuse, BY_TESTER)).rejects.toThrow('refused');
    await expect(t.queueItems.remove(queue_id, ['x'], refuse)).rejects.toThrow('refused');
    expect(await get(queue_id)).toMatchObject({ name: 'q' });
  });
});

describe('access to a queue', () => {
  const caller = (name: string, wish: Partial<Caller> = {}): Caller => ({
    ...{ name, isAdmin: false, method: 'password', ...wish },
  });
  const queue = { users: ['ann'], created_by: 'Bob', experiment_id: 1 } as unknown as ReviewQueue;
  const access = new QueueAccess(
    async ({ name }, needed) =>
      needed.of === 'experiment' && needed.id === '1' && name === `${needed.access}r`,
  );
  const all = ['assigned', 'owner', 'manager'] as const;

  it.each([
    ['Ann', [true, false, false]],
    ['Bob', [false, true, false]],
    ['manager', [false, false, true]],
    ['editr', [false, false, false]],
  ])('of %s is %j by the ways there are', async (name, expected) => {
    const found = await Promise.all(all.map((tie) => access.isAny(caller(name), queue, [tie])));
    expect(found).toEqual(expected);
  });

  it("is everybody's where nobody signs in, and an admin's", async () => {
    for (const one of [caller('x', { method: 'nobody' }), caller('x', { isAdmin: true })]) {
      expect(await access.isAny(one, queue, [])).toBe(true);
      expect(await access.seenBy(one, '1')).toBeUndefined();
    }
    expect(await access.seenBy(caller('editr'), '1')).toBeUndefined();
    expect(await access.seenBy(caller('Ann'), '1')).toBe('Ann');
  });
});
