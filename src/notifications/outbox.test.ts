import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Database } from '../platform/db/database.js';
import { type Sink, startSink, status } from '../platform/outgoing/testing/sink.js';
import type { RegistryEvent } from '../registry/registry-events.js';
import { forEachDatabase } from '../testing/for-each-database.js';
import { BY_TESTER } from '../testing/tester.js';
import { empty, type Notifications, notificationsOn } from './testing/notifications-on.js';

const ALL = { before: Number.MAX_SAFE_INTEGER, limit: 1_000 };
const EVENT = { kind: 'model_version_tag.set', version: 1, summary: 'A tag was set.' } as const;

forEachDatabase((open) => {
  let database: Database;
  let told: Notifications;
  let sink: Sink;
  let time: number;
  beforeAll(async () => {
    database = await open();
  });
  beforeEach(async () => {
    await empty(database);
    sink = await startSink();
    time = 1_700_000_000_000;
    told = notificationsOn(database, { now: () => ++time });
  });

  const bodies = () => sink.received.map(({ body }) => JSON.parse(body));
  const types = () => bodies().map(({ type }) => type);
  const rows = (id: string) => told.history.list(id, BY_TESTER, { status: undefined, ...ALL });

  describe('what happens in the registry', () => {
    it('is told with who did it, in its order', async () => {
      await told.subscribe('webhook', { url: sink.url });
      const { models, versions, aliases, createVersion, transition } = told.registry;
      await models.create('m', 'd', [], BY_TESTER);
      await models.setTag('m', { key: 'k', value: 'v' }, BY_TESTER);
      await models.deleteTag('m', 'k', BY_TESTER);
      await createVersion('m');
      await createVersion('m');
      await versions.setTag('m', '1', { key: 'k', value: 'v' }, BY_TESTER);
      await versions.deleteTag('m', '1', 'k', BY_TESTER);
      await aliases.set('m', 'best', '1', BY_TESTER);
      await aliases.delete('m', 'best', BY_TESTER);
      await transition({ name: 'm', version: '1' });
      await transition({ name: 'm', version: '1' });
      await transition({ name: 'm', version: '2', archiveExisting: true, comment: 'better' });
      await told.deliver();
      expect(bodies().map(({ type, data }) => [type, data.model, data.version])).toEqual([
        ['registered_model.created', 'm', undefined],
        ['registered_model_tag.set', 'm', undefined],
        ['registered_model_tag.deleted', 'm', undefined],
        ['model_version.created', 'm', '1'],
        ['model_version.created', 'm', '2'],
        ['model_version_tag.set', 'm', '1'],
        ['model_version_tag.deleted', 'm', '1'],
        ['model_alias.set', 'm', '1'],
        ['model_alias.deleted', 'm', undefined],
        ['model_version.transitioned_stage', 'm', '1'],
        ['model_version.transitioned_stage', 'm', '1'],
        ['model_version.transitioned_stage', 'm', '2'],
      ]);
      expect(bodies().map(({ data }) => data.actor)).toEqual(Array(12).fill('tester'));
      expect(
        bodies()
          .slice(9)
          .map(({ data }) => [data.from_stage, data.to_stage]),
      ).toEqual([
        ['None', 'Production'],
        ['Production', 'Archived'],
        ['None', 'Production'],
      ]);
      expect(bodies()[10].data.by_system).toBe(true);
      expect(bodies()[11].data.comment).toBe('better');
      await versions.delete('m', '2', BY_TESTER);
      await models.rename('m', 'n', BY_TESTER);
      await models.delete('n', BY_TESTER);
      await told.deliver();
      expect(types().slice(12).sort()).toEqual([
        'model_version.deleted',
        'registered_model.deleted',
        'registered_model.renamed',
      ]);
    });

    it('is told of models alone, and not of prompts', async () => {
      await told.subscribe('webhook', { url: sink.url });
      const isPrompt = { key: 'mlflow.prompt.is_prompt', value: 'true' };
      await told.registry.models.create('p', '', [isPrompt], BY_TESTER);
      await told.registry.createVersion('p', { tags: [isPrompt] });
      expect(await told.deliver()).toBe(0);
    });

    it('is stored with the change or not at all, and for those alone who want to hear of it', async () => {
      const [one, other] = [
        await told.subscribe('webhook', { modelPattern: 'm*' }),
        await told.subscribe('webhook', { modelPattern: 'n', events: ['model_version.created'] }),
      ];
      await told.subscribe('webhook', { status: 'DISABLED' });
      await told.subscribe('webhook', { status: 'TEST_MODE' });
      await told.registry.models.create('n', '', [], BY_TESTER);
      await told.registry.models.create('m1', '', [], BY_TESTER);
      await expect(told.registry.models.create('m1', '', [], BY_TESTER)).rejects.toThrow('exists');
      await told.registry.createVersion('n');
      expect((await rows(one.id)).map(({ event }) => event.model)).toEqual(['m1']);
      expect((await rows(other.id)).map(({ event }) => event.kind)).toEqual([
        'model_version.created',
      ]);
    });

    it('goes on being told of a model that is renamed', async () => {
      const one = await told.subscribe('webhook', { modelPattern: 'old' });
      await told.registry.models.create('old', '', [], BY_TESTER);
      await told.registry.models.rename('old', 'new', BY_TESTER);
      await told.registry.createVersion('new');
      expect((await rows(one.id)).map(({ event }) => event.kind)).toEqual([
        'model_version.created',
        'registered_model.renamed',
        'registered_model.created',
      ]);
      expect((await told.service.get(one.id, BY_TESTER, false)).modelPattern).toBe('new');
    });

    it('writes stages down in a tag, for those who hear of tags alone', async () => {
      const mirrored: RegistryEvent[] = [];
      const mirror = notificationsOn(database, { mirrored }).registry;
      await mirror.models.create('m', '', [], BY_TESTER);
      await mirror.createVersion('m');
      const moved = await mirror.transition({ name: 'm', version: '1' });
      expect(moved.tags).toEqual([{ key: 'gov.stage', value: 'Production' }]);
      expect(mirrored).toMatchObject([
        { kind: 'version tag set', name: 'm', version: 1, key: 'gov.stage', value: 'Production' },
      ]);
      // As clients copy a version: with all of its tags.
      const copy = await mirror.createVersion('m', { tags: moved.tags });
      expect(copy.tags).toEqual([{ key: 'gov.stage', value: 'None' }]);
    });
  });

  describe('what is delivered', () => {
    const emit = (n: number, model = 'm') => told.emit({ ...EVENT, model, data: { n } });
    const numbers = () => bodies().map(({ data }) => data.n);

    it('comes in the order of each model, although a receiver fails for a while', async () => {
      const { id } = await told.subscribe('webhook', { url: sink.url });
      for (const n of [1, 2, 3]) await emit(n);
      sink.answer = status(503);
      await told.deliver();
      expect(numbers()).toEqual([1]);
      await emit(4);
      // The failure of the first is no reason to try it again before its time.
      expect(await told.deliver()).toBe(0);
      sink.answer = status(200);
      time += 5_000;
      await told.deliver();
      expect(numbers()).toEqual([1, 1, 2, 3, 4]);
      const [first, again] = sink.received;
      expect(again?.headers['webhook-id']).toBe(first?.headers['webhook-id']);
      expect((await rows(id)).map(({ status: each, attempts }) => [each, attempts])).toEqual([
        ['SUCCEEDED', 1],
        ['SUCCEEDED', 1],
        ['SUCCEEDED', 1],
        ['SUCCEEDED', 2],
      ]);
    });

    it('is put aside when it is of no use, and what comes after goes on', async () => {
      const { id } = await told.subscribe('webhook', { url: sink.url });
      sink.answer = status(400);
      await emit(1);
      await told.deliver();
      sink.answer = status(200);
      await emit(2);
      await told.deliver();
      expect((await rows(id)).map(({ status: each }) => each)).toEqual(['SUCCEEDED', 'DEAD']);
      expect(await told.history.requeueDead(undefined, BY_TESTER)).toBe(1);
      await told.deliver();
      expect(numbers()).toEqual([1, 2, 1]);
      expect(await told.history.requeueDead(id, BY_TESTER)).toBe(0);
    });

    it('is a dead letter once it was tried for long enough', async () => {
      told = notificationsOn(database, { now: () => ++time, retryFor: 3_000 });
      const { id } = await told.subscribe('webhook', { url: sink.url });
      sink.answer = status(500);
      await emit(1);
      for (let i = 0; i < 4; i += 1) {
        await told.deliver();
        time += 4_000;
      }
      const [only] = await rows(id);
      expect(only).toMatchObject({ status: 'DEAD', responseStatus: 500 });
      expect(only?.attempts).toBeGreaterThan(1);
      const dead = { owner: 'tester', status: 'DEAD', ...ALL } as const;
      expect(await told.deliveries.page(dead)).toHaveLength(1);
    });

    it('is sent again under its old id, whatever became of it', async () => {
      const { id } = await told.subscribe('webhook', { url: sink.url });
      await emit(1);
      await told.deliver();
      const [sent] = await rows(id);
      const again = await told.history.replay(id, sent?.id ?? '', BY_TESTER);
      expect(again).toMatchObject({ id: sent?.id, status: 'PENDING' });
      await told.deliver();
      expect(new Set(sink.received.map(({ headers }) => headers['webhook-id']))).toEqual(
        new Set([sent?.id]),
      );
      expect(sink.received).toHaveLength(2);
      await expect(told.history.replay(id, 'none', BY_TESTER)).rejects.toThrow('no delivery');
    });

    it('is bounded: a flood ends among the dead letters', async () => {
      const { id } = await told.subscribe('webhook', { url: sink.url });
      await database.write(async (tx) => {
        for (let n = 1; n <= 1_005; n += 1) {
          await told.outbox.emit(tx, { ...EVENT, model: 'm', data: { n } });
        }
        await told.outbox.emit(tx, { ...EVENT, model: 'other', data: {} });
      });
      const counts = new Map<string, number>();
      for (const { status: each } of await told.deliveries.page({
        before: ALL.before,
        limit: 2_000,
      }))
        counts.set(each, (counts.get(each) ?? 0) + 1);
      expect(Object.fromEntries(counts)).toEqual({ PENDING: 1_001, DEAD: 5 });
      // Others have their turn after twenty.
      await told.deliver();
      expect(sink.received).toHaveLength(21);
      await told.service.delete(id, BY_TESTER, false);
      expect(await told.deliveries.page({ before: ALL.before, limit: 10 })).toEqual([]);
    });

    it('holds up nobody else when one receiver is dead', async () => {
      const other = await startSink();
      sink.answer = () => undefined;
      await told.subscribe('webhook', { url: sink.url });
      await told.subscribe('webhook', { url: other.url });
      const runner = notificationsOn(database).runner;
      for (let n = 1; n <= 12; n += 1) await emit(n, `m${n}`);
      runner.start();
      await other.until(12);
      await runner.stop(0);
      expect(sink.received.length).toBeLessThanOrEqual(2);
    });

    it('is not told to whoever may not read the model any more', async () => {
      told = notificationsOn(database, { mayRead: async (_, model) => model !== 'secret' });
      const { id } = await told.subscribe('webhook', { url: sink.url });
      await emit(1, 'secret');
      await emit(2, 'open');
      await told.deliver();
      expect(numbers()).toEqual([2]);
      const dead = (await rows(id)).filter(({ status: each }) => each === 'DEAD');
      expect(dead.map(({ error }) => error)).toEqual([
        'Who has subscribed may not read this model any more',
      ]);
    });

    it('is dropped where somebody has ended the subscription at that very time', async () => {
      await told.subscribe('webhook', { url: sink.url });
      await emit(1);
      await database.write((tx) =>
        tx.run({ sql: 'delete from notification_subscriptions', bindings: [] }),
      );
      await told.deliver();
      expect(sink.received).toEqual([]);
      for (const table of ['notification_deliveries', 'jobs']) {
        const sql = `select count(*) as n from ${table}`;
        const counted = await database.read.first<{ n: number }>({ sql, bindings: [] });
        expect(Number(counted?.n)).toBe(0);
      }
    });

    it('is forgotten with its age, but for what is still to be sent', async () => {
      await told.subscribe('webhook', { url: sink.url });
      await emit(1);
      await told.deliver();
      await emit(2);
      time += 10_000;
      await told.handler.tidy();
      const left = await told.deliveries.page(ALL);
      expect(left.map(({ event }) => event.data)).toEqual([{ n: 2 }]);
      const counted = await database.read.first<{ n: number }>({
        sql: 'select count(*) as n from notification_events',
        bindings: [],
      });
      expect(Number(counted?.n)).toBe(1);
    });
  });
});
