import { createHmac } from 'node:crypto';
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Database } from '../platform/db/database.js';
import { type Sink, startSink, status } from '../platform/outgoing/testing/sink.js';
import { forEachDatabase } from '../testing/for-each-database.js';
import { BY_TESTER } from '../testing/tester.js';
import { empty, rowsOf, type Webhooks, webhooksOn } from './testing/webhooks-on.js';

const HOUR = 3_600_000;

forEachDatabase((open) => {
  let database: Database;
  let hooks: Webhooks;
  let sink: Sink;
  let time: number;
  beforeAll(async () => {
    database = await open();
  });
  beforeEach(async () => {
    await empty(database);
    sink = await startSink();
    time = 1_700_000_000_000;
    hooks = webhooksOn(database, { now: () => ++time });
  });

  const count = (table: string) => rowsOf(database, table);
  const history = async (id: string) => (await hooks.history.list(id, undefined, 100, '')).rows;
  const one = async (id: string) => {
    const [delivery] = await history(id);
    if (delivery === undefined) throw new Error('nothing is to be delivered');
    return delivery;
  };

  describe('a delivery', () => {
    const begin = async (wish: Parameters<Webhooks['create']>[0] = {}) => {
      const { webhook_id: id } = await hooks.create({ url: `${sink.url}/hook`, ...wish });
      await hooks.registry.models.create('m', '', [], BY_TESTER);
      return id;
    };

    it('is signed, and remembered with what came of it', async () => {
      const id = await begin({ secret: 's3cr€t' });
      expect(await one(id)).toMatchObject({ status: 'PENDING', attempts: 0 });
      await hooks.deliver();
      const [message] = sink.received;
      const headers = message?.headers ?? {};
      const signed = `${headers['x-mlflow-delivery-id']}.${headers['x-mlflow-timestamp']}.${message?.body}`;
      const signature = createHmac('sha256', 's3cr€t').update(signed).digest('base64');
      expect(headers['x-mlflow-signature']).toBe(`v1,${signature}`);
      expect(await one(id)).toMatchObject({
        ...{ status: 'SUCCEEDED', attempts: 1, response_status: 200, next_attempt_time: null },
        delivery_id: headers['x-mlflow-delivery-id'],
      });
      expect(await count('jobs')).toBe(0);
      expect(await hooks.deliver()).toBe(0);
    });

    it.each([429, 500, 502, 503, 504])('is tried again after %d, under its id', async (code) => {
      const id = await begin();
      sink.answer = status(code);
      await hooks.deliver();
      expect(await one(id)).toMatchObject({
        ...{ status: 'PENDING', attempts: 1, response_status: code },
      });
      expect(await hooks.deliver()).toBe(0);
      sink.answer = status(204);
      time += 2_001;
      await hooks.deliver();
      expect(await one(id)).toMatchObject({
        ...{ status: 'SUCCEEDED', attempts: 2, response_status: 204, error_message: null },
      });
      const ids = sink.received.map(({ headers }) => headers['x-mlflow-delivery-id']);
      expect(new Set(ids).size).toBe(1);
      expect(new Set(sink.received.map(({ body }) => body)).size).toBe(1);
    });

    it('waits as long as the receiver asks it to, in seconds or until a date', async () => {
      const id = await begin();
      sink.answer = status(503, { 'Retry-After': '120' });
      await hooks.deliver();
      const { next_attempt_time: next } = await one(id);
      expect((next ?? 0) - time).toBeGreaterThan(119_000);
      time += 122_000;
      const date = new Date(time + HOUR).toUTCString();
      sink.answer = status(429, { 'Retry-After': date });
      await hooks.deliver();
      expect(((await one(id)).next_attempt_time ?? 0) - time).toBeGreaterThan(HOUR - 2_000);
    });

    it.each([301, 307, 400, 401, 404, 410, 501])('is given up at once after %d', async (code) => {
      const id = await begin();
      sink.answer = status(code, { Location: sink.url });
      await hooks.deliver();
      expect(await one(id)).toMatchObject({ status: 'FAILED', attempts: 1, response_status: code });
      expect([sink.received.length, await count('jobs')]).toEqual([1, 0]);
    });

    it('is tried again while nobody is there, but not for ever', async () => {
      await sink.close();
      const id = await begin();
      let attempts = 0;
      for (let hour = 0; hour < 40; hour += 1) {
        attempts += await hooks.deliver();
        time += HOUR + 1_000;
      }
      expect(await one(id)).toMatchObject({ status: 'FAILED', attempts, response_status: null });
      expect((await one(id)).error_message).toMatch(/ECONNREFUSED/);
      expect(attempts).toBeGreaterThan(20);
      expect(attempts).toBeLessThan(30);
    });

    it('goes nowhere if the address is refused by now', async () => {
      const id = await begin();
      hooks = webhooksOn(database, { allowPrivate: false, now: () => ++time });
      await hooks.deliver();
      expect(await one(id)).toMatchObject({
        status: 'FAILED',
        error_message: 'Webhook connection blocked: 127.0.0.1 is not a public IP address.',
      });
      expect(sink.received).toEqual([]);
    });

    it('waits for the key of its secret', async () => {
      const id = await begin({ secret: 's' });
      const other = webhooksOn(database, {
        keys: ['some other key of 32 characters!!'],
        now: () => ++time,
      });
      await other.deliver();
      expect((await one(id)).error_message).toMatch(/^The secret can not be decrypted/);
      time += 3_000;
      await hooks.deliver();
      expect(await one(id)).toMatchObject({ status: 'SUCCEEDED', attempts: 2 });
    });

    it('is not sent to a webhook that is disabled or gone meanwhile', async () => {
      const id = await begin();
      const none = { name: '', url: '', events: [], description: undefined, secret: undefined };
      await hooks.service.update(id, { ...none, status: 'DISABLED' }, BY_TESTER);
      await hooks.deliver();
      expect(await one(id)).toMatchObject({ status: 'FAILED', attempts: 0 });
      const { delivery_id } = await one(id);
      await expect(hooks.history.redeliver(id, delivery_id)).rejects.toThrow('is disabled');
      await hooks.service.update(id, { ...none, status: 'ACTIVE' }, BY_TESTER);
      await hooks.registry.models.create('n', '', [], BY_TESTER);
      await hooks.service.delete(id, BY_TESTER);
      expect([await count('jobs'), await hooks.deliver()]).toEqual([0, 0]);
      // A change that was under way while the webhook went may still have stored its event.
      const lost = { deliveryId: 'lost', webhook: 0 };
      await database.write(async (tx) => {
        const event = { entity: 'prompt', action: 'created' } as const;
        const [row] = await hooks.deliveries.insert(tx, event, '{}', [lost], time);
        await hooks.jobs.add(tx, 'webhook', [{ reference: row?.id ?? 0, lane: 1, due: time }]);
      });
      expect([await hooks.deliver(), await count('jobs')]).toEqual([1, 0]);
      expect(await history(id).catch(() => 'gone')).toBe('gone');
      expect(sink.received).toEqual([]);
    });

    it('can be sent again, whatever came of it', async () => {
      const id = await begin();
      sink.answer = status(404);
      await hooks.deliver();
      sink.answer = status(200);
      const { delivery_id } = await one(id);
      const again = await hooks.history.redeliver(id, delivery_id);
      expect(again).toMatchObject({ status: 'PENDING', attempts: 1, delivery_id });
      await hooks.deliver();
      expect(await one(id)).toMatchObject({ status: 'SUCCEEDED', attempts: 2, delivery_id });
      await hooks.history.redeliver(id, delivery_id);
      await hooks.deliver();
      expect(sink.received.map(({ body }) => body)).toEqual(Array(3).fill(again.payload));
      await expect(hooks.history.redeliver(id, 'none')).rejects.toMatchObject({
        code: 'RESOURCE_DOES_NOT_EXIST',
        message: `Webhook with ID ${id} has no delivery with ID none.`,
      });
    });

    it('is taken over from a server that fell silent, whose word then counts no more', async () => {
      const id = await begin();
      const claim = { kind: 'webhook', limit: 1, busyLanes: [] };
      const take = (from: number) =>
        database.write((tx) => hooks.jobs.claim(tx, { ...claim, now: from, until: from + 10 }));
      const [silent] = await take(time);
      time += 100;
      const [next] = await take(time);
      if (silent === undefined || next === undefined) throw new Error('nothing was claimed');
      const { signal } = new AbortController();
      await hooks.handler.run(next, signal);
      sink.answer = status(500);
      await hooks.handler.run(silent, signal);
      expect(await one(id)).toMatchObject({ status: 'SUCCEEDED', attempts: 1 });
      expect(sink.received).toHaveLength(2);
    });

    it('that is under way at the end of a stop is owed still', async () => {
      sink.answer = () => undefined;
      const id = await begin();
      const real = webhooksOn(database);
      real.runner.start();
      await sink.until(1);
      await real.runner.stop(50);
      expect(await one(id)).toMatchObject({ status: 'PENDING', attempts: 0 });
      sink.answer = status(200);
      const after = webhooksOn(database);
      after.runner.start();
      await sink.until(2);
      await after.runner.stop(5_000);
      expect(await one(id)).toMatchObject({ status: 'SUCCEEDED', attempts: 1 });
    });
  });
});
