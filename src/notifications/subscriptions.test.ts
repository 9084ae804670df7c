import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Database } from '../platform/db/database.js';
import type { By } from '../platform/http/operation.js';
import { forEachDatabase } from '../testing/for-each-database.js';
import { BY_TESTER } from '../testing/tester.js';
import { withoutPassword } from './subscription-entry.js';
import { empty, type Notifications, notificationsOn } from './testing/notifications-on.js';

const as = (name: string): By => ({
  ...BY_TESTER,
  caller: { name, isAdmin: false, method: 'password', userId: 7 },
});
const SECRET = 'a secret that nobody sees';

forEachDatabase((open) => {
  let database: Database;
  let told: Notifications;
  beforeAll(async () => {
    database = await open();
  });
  beforeEach(async () => {
    await empty(database);
    told = notificationsOn(database, {
      allowPrivate: false,
      allows: async ({ name }, { access, id }) =>
        (name === 'manager' && id === 'm') || (name === 'reader' && access === 'read'),
    });
  });

  it('are for whoever manages the model, and e-mail for whoever may read it', async () => {
    const recipients = ['a@example.org'];
    for (const channel of ['webhook', 'slack', 'cloudevents'] as const) {
      const one = { modelPattern: 'm' };
      await expect(told.subscribe(channel, one, as('reader'))).rejects.toThrow('does not manage');
      await expect(told.subscribe(channel, {}, as('manager'))).rejects.toThrow('administrator');
      await expect(
        told.subscribe(channel, { modelPattern: 'other' }, as('manager')),
      ).rejects.toThrow('does not manage');
      await told.subscribe(channel, one, as('manager'));
    }
    await told.subscribe('email', { modelPattern: 'm', recipients }, as('reader'));
    await told.subscribe('email', { recipients }, as('nobody'));
    const unread = told.subscribe('email', { modelPattern: 'm', recipients }, as('nobody'));
    await expect(unread).rejects.toThrow('may not read');
    const events = ['COMMENT_CREATED'];
    await told.registry.models.create('m', '', [], BY_TESTER);
    const registryWide = { modelPattern: '', events };
    await expect(told.subscribe('databricks', registryWide, as('manager'))).rejects.toThrow(
      'administrator',
    );
    const hook = await told.subscribe('databricks', { modelPattern: 'm', events }, as('manager'));
    // Registry webhooks belong to those who manage the model, other subscriptions to their owner.
    await expect(told.service.get(hook.id, as('reader'), true)).rejects.toThrow('no subscription');
    await expect(told.service.get(hook.id, as('manager'), false)).rejects.toThrow();
    expect((await told.service.get(hook.id, BY_TESTER, true)).owner).toBe('manager');
  });

  it('are changed and ended by their owner and administrators alone', async () => {
    const { id } = await told.subscribe('webhook', { modelPattern: 'm' }, as('manager'));
    for (const wish of [
      () => told.service.get(id, as('reader'), false),
      () => told.service.update(id, { description: 'x' }, as('reader'), false),
      () => told.service.delete(id, as('reader'), false),
    ]) {
      await expect(wish()).rejects.toThrow('no subscription');
    }
    await expect(
      told.service.update(id, { modelPattern: '*' }, as('manager'), false),
    ).rejects.toThrow('administrator');
    const changed = await told.service.update(
      id,
      { events: ['comment.created', 'promotion.denied'], status: 'DISABLED' },
      as('manager'),
      false,
    );
    expect(changed).toMatchObject({
      ...{ events: ['comment.created', 'promotion.denied'], status: 'DISABLED', modelPattern: 'm' },
    });
    await told.service.delete(id, BY_TESTER, false);
    await expect(told.service.get(id, BY_TESTER, false)).rejects.toThrow('no subscription');
  });

  it('are paused also where the receiver, the right or the key is gone by now', async () => {
    const { id } = await told.subscribe('webhook', { modelPattern: 'm' }, as('manager'));
    await database.write((tx) =>
      tx.run({
        sql: "update notification_subscriptions set url = 'http://10.0.0.1/', sealed = 'x', model_pattern = 'n'",
        bindings: [],
      }),
    );
    const pause = { status: 'DISABLED', description: 'gone' } as const;
    expect(await told.service.update(id, pause, as('manager'), false)).toMatchObject({
      ...pause,
      ...{ url: 'http://10.0.0.1/', sealed: 'x', events: ['*'] },
    });
    const resume = told.service.update(id, { status: 'ACTIVE' }, as('manager'), false);
    await expect(resume).rejects.toThrow();
    const move = told.service.update(id, { modelPattern: 'o' }, as('manager'), false);
    await expect(move).rejects.toThrow();
    expect((await told.service.get(id, as('manager'), false)).status).toBe('DISABLED');
    await expect(
      told.service.update(id, { description: 'x'.repeat(5_001) }, as('manager'), false),
    ).rejects.toThrow('5000');
  });

  it('keep their secrets encrypted, and show none', async () => {
    const made = await told.subscribe('webhook', {
      secret: SECRET,
      authorization: `Bearer ${SECRET}`,
    });
    expect(JSON.stringify(made)).not.toContain(SECRET);
    expect(made.settings).toMatchObject({ hasSecret: true, hasAuthorization: true });
    const { sealed } = made;
    expect(await told.secrets.open({ id: made.id, sealed })).toEqual({
      ...{ secret: SECRET, authorization: `Bearer ${SECRET}` },
    });
    const changed = await told.service.update(made.id, { secret: '' }, BY_TESTER, false);
    expect(changed.settings).toMatchObject({ hasSecret: false, hasAuthorization: true });
    expect(withoutPassword('https://u:p@h/x')).toBe('https://***@h/x');
    expect(withoutPassword('https://h/x')).toBe('https://h/x');
  });

  describe('refuse', () => {
    it('addresses of private networks, and schemes that are not allowed', async () => {
      for (const url of ['http://127.0.0.1/x', 'http://169.254.169.254/', 'http://[::1]/']) {
        await expect(told.subscribe('webhook', { url }), url).rejects.toThrow('non-public');
      }
      for (const url of ['ftp://1.1.1.1/', 'file:///etc/passwd', '', 'https://', 'x']) {
        await expect(told.subscribe('slack', { url }), url).rejects.toThrow('URL');
      }
    });

    it('events that there are none of, and texts that are too long', async () => {
      const wish = (part: object) => told.subscribe('webhook', part);
      await expect(wish({ events: ['model.flew'] })).rejects.toThrow('comment.created');
      await expect(wish({ events: [] })).rejects.toThrow('at least one');
      await expect(wish({ events: ['*', '*'] })).rejects.toThrow('twice');
      await expect(wish({ modelPattern: '' })).rejects.toThrow('model_pattern');
      await expect(wish({ modelPattern: 'x'.repeat(251) })).rejects.toThrow('250');
      await expect(wish({ description: 'x'.repeat(5_001) })).rejects.toThrow('5000');
      await expect(wish({ secret: 'x'.repeat(5_000) })).rejects.toThrow('4096');
      const slack = { secret: 's', url: 'https://1.1.1.1/x' };
      await expect(told.subscribe('slack', slack)).rejects.toThrow("takes no 'secret'");
      await expect(wish({ secret: 'whsec_?' })).rejects.toThrow('base64');
      await expect(wish({ authorization: 'x\r\nHost: y' })).rejects.toThrow('line breaks');
    });

    it('more of them than anybody needs', async () => {
      const email = { recipients: ['a@example.org'] };
      for (let n = 0; n < 200; n += 1) await told.subscribe('email', email, as('reader'));
      await expect(told.subscribe('email', email, as('reader'))).rejects.toThrow('200');
    });

    it('tokens that are for reading', async () => {
      const caller = { ...as('manager').caller, scopes: ['read'] };
      const by = { ...BY_TESTER, caller };
      await expect(told.subscribe('webhook', { modelPattern: 'm' }, by)).rejects.toThrow('scope');
    });
  });
});
