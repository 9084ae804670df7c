import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Database } from '../platform/db/database.js';
import { type Sink, startSink, status } from '../platform/outgoing/testing/sink.js';
import { forEachDatabase } from '../testing/for-each-database.js';
import { BY_TESTER } from '../testing/tester.js';
import { empty, rowsOf, toldTo, type Webhooks, webhooksOn } from './testing/webhooks-on.js';

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

  const told = () => toldTo(sink);
  const count = (table: string) => rowsOf(database, table);
  const history = async (id: string) => (await hooks.history.list(id, undefined, 100, '')).rows;

  describe('the history', () => {
    it('has pages, the newest first, of all or of one status', async () => {
      const { webhook_id: id } = await hooks.create({ url: sink.url });
      for (let index = 0; index < 5; index += 1) {
        await hooks.registry.models.create(`m${index}`, '', [], BY_TESTER);
        if (index === 2) await hooks.deliver();
      }
      const pages = async (wanted: 'PENDING' | 'SUCCEEDED' | undefined) => {
        const found: number[] = [];
        let token: string | undefined;
        do {
          const page = await hooks.history.list(id, wanted, 2, token);
          found.push(...page.rows.map((row) => row.id));
          token = page.token;
        } while (token !== undefined);
        return found;
      };
      const all = (await history(id)).map((row) => row.id);
      expect(all).toEqual([...all].sort((a, b) => b - a));
      expect(await pages(undefined)).toEqual(all);
      expect(await pages('PENDING')).toEqual(all.slice(0, 2));
      expect(await pages('SUCCEEDED')).toEqual(all.slice(2));
      const { token } = await hooks.history.list(id, undefined, 2, undefined);
      await expect(hooks.history.list(id, 'PENDING', 2, token)).rejects.toThrow(/another status/);
    });

    it('forgets what has ended and is old, and nothing else', async () => {
      const { webhook_id: id } = await hooks.create({ url: sink.url });
      await hooks.registry.models.create('ended', '', [], BY_TESTER);
      await hooks.deliver();
      await hooks.registry.models.create('waiting', '', [], BY_TESTER);
      await hooks.handler.tidy();
      expect(await history(id)).toHaveLength(2);
      time += 2_000;
      await hooks.handler.tidy();
      expect((await history(id)).map((row) => row.status)).toEqual(['PENDING']);
    });
  });

  describe('a test', () => {
    it('sends an example of the event that is named, or of the first', async () => {
      const { webhook_id: id } = await hooks.create({ url: sink.url, status: 'DISABLED' });
      sink.answer = (response) => response.end('what nobody else must see');
      const sent = await hooks.service.test(id, { entity: 'PROMPT_TAG', action: 'DELETED' });
      expect(sent).toMatchObject({ succeeded: true, responseStatus: 200 });
      expect(JSON.stringify(sent)).not.toContain('nobody');
      await hooks.service.test(id, undefined);
      expect(told()).toEqual([
        ['prompt_tag deleted', { name: 'example_prompt', key: 'example_key' }],
        ['model_version created', expect.objectContaining({ source: 'models:/123' })],
      ]);
      expect(await count('webhook_deliveries')).toBe(0);
    });

    it('tells what went wrong', async () => {
      const { webhook_id: id } = await hooks.create({ url: sink.url });
      sink.answer = status(418);
      expect(await hooks.service.test(id, undefined)).toMatchObject({
        ...{ succeeded: false, responseStatus: 418 },
      });
      await sink.close();
      const failed = await hooks.service.test(id, undefined);
      expect(failed).toMatchObject({ succeeded: false, responseStatus: undefined });
      expect(failed.error).toMatch(/ECONNREFUSED|ECONNRESET|other side closed/);
      const strict = webhooksOn(database, { allowPrivate: false });
      expect(await strict.service.test(id, undefined)).toMatchObject({
        error: 'Webhook connection blocked: 127.0.0.1 is not a public IP address.',
      });
    });
  });
});
