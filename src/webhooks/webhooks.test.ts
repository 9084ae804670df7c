import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Database } from '../platform/db/database.js';
import { forEachDatabase } from '../testing/for-each-database.js';
import { newFolder } from '../testing/new-folder.js';
import { BY_TESTER } from '../testing/tester.js';
import { ALL, empty, KEY, type Webhooks, webhooksOn } from './testing/webhooks-on.js';

const NONE = {
  name: '',
  url: '',
  events: [],
  description: undefined,
  secret: undefined,
  status: undefined,
};
const MODEL_CREATED = { entity: 'REGISTERED_MODEL', action: 'CREATED' };

forEachDatabase((open) => {
  let database: Database;
  let hooks: Webhooks;
  beforeAll(async () => {
    database = await open();
  });
  beforeEach(async () => {
    await empty(database);
    let time = 0;
    hooks = webhooksOn(database, { now: () => ++time });
  });
  const storedSecret = async (id: string) =>
    (await hooks.webhooks.find(database.read, id))?.secret ?? undefined;

  describe('a webhook', () => {
    it('is what it was made, with its events in their order', async () => {
      const made = await hooks.create({ name: 'n', description: 'd', status: 'DISABLED' });
      expect(made).toMatchObject({ name: 'n', description: 'd', status: 'DISABLED' });
      expect(made.webhook_id).toMatch(/^[\da-f]{8}-[\da-f]{4}-4[\da-f]{3}-[89ab][\da-f]{3}-/);
      expect(made.creation_timestamp).toBe(made.last_updated_timestamp);
      const events = ALL.map(({ entity, action }) => `${entity} ${action}`.toLowerCase());
      expect(made.events.map(({ entity, action }) => `${entity} ${action}`)).toEqual(events.sort());
      expect(await hooks.service.get(database.read, made.webhook_id)).toEqual(made);
    });

    it('may have a name that another has', async () => {
      const [one, other] = [await hooks.create(), await hooks.create()];
      expect(one.webhook_id).not.toBe(other.webhook_id);
    });

    it.each([
      [{ name: '-' }, /^Webhook name '-' is invalid/],
      [{ url: ' ' }, /^Webhook URL cannot be empty/],
      [{ events: [] }, /^Webhook events must be a non-empty list/],
      [{ events: [{ entity: 'PROMPT', action: 'SET' }], name: '-' }, /^Invalid action 'set'/],
      [{ name: '-', url: ' ', events: [] }, /^Webhook name/],
      [{ url: ' ', events: [] }, /^Webhook URL/],
      [{ description: 'x'.repeat(5_001) }, /^'description' exceeds/],
      [{ secret: 'x'.repeat(4_097) }, /^'secret' exceeds/],
    ])('%j is refused, and nothing stored', async (wish, message) => {
      await expect(hooks.create(wish)).rejects.toThrow(message);
      expect((await hooks.webhooks.page(10, undefined)).rows).toEqual([]);
    });

    it('changes where something is sent, and moves its time in any case', async () => {
      const { webhook_id: id, ...made } = await hooks.create({ description: 'd' });
      const update = (wish: object) => hooks.service.update(id, { ...NONE, ...wish }, BY_TESTER);
      const same = await update({});
      expect(same).toMatchObject({ name: 'hook', description: 'd', events: made.events });
      expect(same.last_updated_timestamp).toBeGreaterThan(made.last_updated_timestamp);
      expect(await update({ description: '' })).toMatchObject({ description: null });
      const events = [MODEL_CREATED];
      const url = 'https://1.0.0.1/x';
      expect(await update({ name: 'm', url, events, status: 'DISABLED' })).toMatchObject({
        ...{ name: 'm', url, status: 'DISABLED' },
        events: [{ entity: 'registered_model', action: 'created' }],
        creation_timestamp: made.creation_timestamp,
      });
      await expect(update({ name: '-' })).rejects.toThrow(/^Webhook name/);
      await expect(update({ url: ' ' })).rejects.toThrow(/^Webhook URL/);
    });

    it('that is not there is told as MLflow tells it', async () => {
      const { webhook_id: id } = await hooks.create();
      await hooks.service.delete(id, BY_TESTER);
      for (const gone of [id, 'none']) {
        const told = {
          code: 'RESOURCE_DOES_NOT_EXIST',
          message: `Webhook with ID ${gone} not found.`,
        };
        await expect(hooks.service.get(database.read, gone)).rejects.toMatchObject(told);
        await expect(hooks.service.update(gone, NONE, BY_TESTER)).rejects.toMatchObject(told);
        await expect(hooks.service.delete(gone, BY_TESTER)).rejects.toMatchObject(told);
        await expect(hooks.service.test(gone, undefined)).rejects.toMatchObject(told);
        await expect(hooks.history.list(gone, undefined, 1, '')).rejects.toMatchObject(told);
        await expect(hooks.history.redeliver(gone, 'd')).rejects.toMatchObject(told);
      }
    });

    it('leads into no private network unless that is allowed', async () => {
      const strict = webhooksOn(database, { allowPrivate: false });
      const create = (url: string) => strict.create({ url });
      await create('https://1.1.1.1/');
      await expect(create('https://127.0.0.1/x')).rejects.toThrow(
        "Webhook URL must not resolve to a non-public IP address. '127.0.0.1' resolves to 127.0.0.1.",
      );
      await expect(create('https://[::1]/')).rejects.toThrow("'::1' resolves to ::1.");
      await expect(create('https://0x7f.1/')).rejects.toThrow('resolves to 127.0.0.1.');
      await expect(create('https://localhost/')).rejects.toThrow(/'localhost' resolves to /);
      await expect(create('https://nowhere.invalid/')).rejects.toThrow(
        /^Cannot resolve Webhook URL hostname 'nowhere\.invalid': \[Errno -[23]\]/,
      );
    });
  });

  describe('a list of webhooks', () => {
    it('has the newest first, and stays right while others are added', async () => {
      const ids: string[] = [];
      for (let i = 0; i < 5; i += 1) ids.unshift((await hooks.create()).webhook_id);
      const found: string[] = [];
      let token: string | undefined;
      do {
        const page = await hooks.webhooks.page(2, token);
        found.push(...page.rows.map(({ webhook_id }) => webhook_id));
        token = page.token;
        await hooks.create();
      } while (token !== undefined);
      expect(found).toEqual(ids);
      await expect(hooks.webhooks.page(1, 'x y')).rejects.toThrow(/^Invalid page token/);
    });
  });

  describe('a secret', () => {
    it('is stored encrypted, replaced and taken away', async () => {
      const { webhook_id: id } = await hooks.create({ secret: 's3cret' });
      const stored = await storedSecret(id);
      expect(stored).toMatch(/^v1\./);
      expect(stored).not.toContain('s3cret');
      expect(await hooks.secrets.decrypt(stored ?? '', id)).toBe('s3cret');
      await hooks.service.update(id, { ...NONE, name: 'x' }, BY_TESTER);
      expect(await storedSecret(id)).toBe(stored);
      await hooks.service.update(id, { ...NONE, secret: 'other' }, BY_TESTER);
      expect(await hooks.secrets.decrypt((await storedSecret(id)) ?? '', id)).toBe('other');
      await hooks.service.update(id, { ...NONE, secret: '' }, BY_TESTER);
      expect(await storedSecret(id)).toBeUndefined();
    });

    it('gets a key file where no key was given, and none where there must be none', async () => {
      const keyFile = join(newFolder(), 'key');
      const filed = webhooksOn(database, { keys: [], keyFile });
      await filed.create();
      expect(existsSync(keyFile)).toBe(false);
      const { webhook_id: id } = await filed.create({ secret: 's' });
      expect(existsSync(keyFile)).toBe(true);
      const later = webhooksOn(database, { keys: [KEY], keyFile });
      expect(await later.secrets.decrypt((await storedSecret(id)) ?? '', id)).toBe('s');

      const keyless = webhooksOn(database, { keys: [] });
      await expect(keyless.create({ secret: 's' })).rejects.toMatchObject({
        status: 400,
        message: expect.stringContaining('MLFLOW_WEBHOOK_SECRET_ENCRYPTION_KEY'),
      });
      await keyless.create();
    });

    it('moves to the newest key by itself', async () => {
      const { webhook_id: id } = await hooks.create({ secret: 's' });
      const before = await storedSecret(id);
      const newest = 'the key that comes after it, 0123456';
      await webhooksOn(database, { keys: [newest] }).handler.tidy();
      expect(await storedSecret(id)).toBe(before);
      await webhooksOn(database, { keys: [newest, KEY] }).handler.tidy();
      const alone = webhooksOn(database, { keys: [newest] });
      expect(await alone.secrets.decrypt((await storedSecret(id)) ?? '', id)).toBe('s');
    });
  });
});
