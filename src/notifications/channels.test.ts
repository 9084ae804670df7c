import { createHmac } from 'node:crypto';
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Database } from '../platform/db/database.js';
import { type Sink, startSink } from '../platform/outgoing/testing/sink.js';
import { forEachDatabase } from '../testing/for-each-database.js';
import { BY_TESTER } from '../testing/tester.js';
import { type MailSink, startMailSink } from './testing/mail-sink.js';
import { empty, type Notifications, notificationsOn } from './testing/notifications-on.js';

const MOVED = {
  kind: 'model_version.transitioned_stage',
  ...{ model: 'm', version: 3, actor: 'ann' },
  summary: "Registered model 'm' version 3 transitioned from None to Production by ann.",
  data: { from_stage: 'None', to_stage: 'Production', by_system: false },
} as const;
const EVIL = 'a\r\nBcc: eve@evil.test\r\n\r\n<script>alert("x")</script> & <@channel>';

forEachDatabase((open) => {
  let database: Database;
  let told: Notifications;
  let sink: Sink;
  let mail: MailSink;
  beforeAll(async () => {
    database = await open();
  });
  beforeEach(async () => {
    await empty(database);
    sink = await startSink();
    mail = await startMailSink();
    told = notificationsOn(database, { smtpUrl: mail.url });
  });

  const last = () => {
    const received = sink.received.at(-1);
    return { headers: received?.headers ?? {}, text: received?.body ?? '' };
  };
  const body = () => JSON.parse(last().text);
  const history = async (id: string) =>
    told.history.list(id, BY_TESTER, { status: undefined, before: 1e9, limit: 100 });

  describe('a registry webhook', () => {
    const create = (wish: object) =>
      told.subscribe('databricks', { url: sink.url, modelPattern: '', ...wish });

    it('has the body and the headers of the Databricks API', async () => {
      const { id } = await create({
        events: ['MODEL_VERSION_TRANSITIONED_TO_PRODUCTION'],
        ...{ secret: 'shh', authorization: 'Bearer abc' },
      });
      await told.emit(MOVED);
      await told.deliver();
      const { headers, text } = last();
      expect(body()).toEqual({
        event: 'MODEL_VERSION_TRANSITIONED_TO_PRODUCTION',
        webhook_id: id,
        event_timestamp: expect.any(Number),
        model_name: 'm',
        version: '3',
        from_stage: 'None',
        to_stage: 'Production',
        text: MOVED.summary,
      });
      expect(headers['x-databricks-signature']).toBe(
        createHmac('sha256', 'shh').update(text).digest('hex'),
      );
      expect(headers.authorization).toBe('Bearer abc');
    });

    it('is told once for each name that it has asked for', async () => {
      await create({
        events: ['MODEL_VERSION_TRANSITIONED_STAGE', 'MODEL_VERSION_TRANSITIONED_TO_PRODUCTION'],
      });
      await told.emit(MOVED);
      await told.emit({ ...MOVED, data: { from_stage: 'None', to_stage: 'Shadow' } });
      await told.deliver();
      expect(sink.received.map((received) => JSON.parse(received.body).event)).toEqual([
        'MODEL_VERSION_TRANSITIONED_STAGE',
        'MODEL_VERSION_TRANSITIONED_TO_PRODUCTION',
        'MODEL_VERSION_TRANSITIONED_STAGE',
      ]);
    });

    it('knows twelve events, and for one model no new models', async () => {
      await told.registry.models.create('m', '', [], BY_TESTER);
      const one = { modelPattern: 'm', events: ['REGISTERED_MODEL_CREATED'] };
      await expect(create(one)).rejects.toThrow('registry-wide');
      await expect(create({ events: ['NO_EVENT'] })).rejects.toThrow('MODEL_VERSION_TAG_SET');
      await expect(create({ events: [] })).rejects.toThrow('at least one');
      const missing = create({ modelPattern: 'none', events: ['COMMENT_CREATED'] });
      await expect(missing).rejects.toThrow('not found');
      await create({ modelPattern: 'm', events: ['MODEL_VERSION_CREATED'] });
      await told.registry.createVersion('m');
      await told.deliver();
      expect(sink.received).toHaveLength(1);
    });

    it('is tested unless it is disabled', async () => {
      sink.answer = (response) => response.writeHead(201).end('thanks');
      const events = ['TRANSITION_REQUEST_TO_STAGING_CREATED'];
      const made = await create({ events, status: 'TEST_MODE', secret: 'shh' });
      const attempt = await told.history.test(made, events[0] ?? '', BY_TESTER);
      expect(attempt).toMatchObject({
        succeeded: true,
        responseStatus: 201,
        responseBody: 'thanks',
      });
      expect(body()).toMatchObject({ event: events[0], to_stage: 'Staging', webhook_id: made.id });
      const off = await told.service.update(made.id, { status: 'DISABLED' }, BY_TESTER, true);
      await expect(told.history.test(off, events[0] ?? '', BY_TESTER)).rejects.toThrow('DISABLED');
    });
  });

  it('signs as Standard Webhooks do, with a secret in base64 too', async () => {
    const key = Buffer.from('0123456789abcdef0123456789abcdef');
    const secret = `whsec_${key.toString('base64')}`;
    await told.subscribe('webhook', { url: sink.url, secret, authorization: 'Basic x' });
    await told.emit(MOVED);
    await told.deliver();
    const { headers, text } = last();
    const signed = `${headers['webhook-id']}.${headers['webhook-timestamp']}.${text}`;
    const signature = createHmac('sha256', key).update(signed).digest('base64');
    expect(headers['webhook-signature']).toBe(`v1,${signature}`);
    expect(headers.authorization).toBe('Basic x');
    expect(body()).toEqual({
      type: MOVED.kind,
      timestamp: expect.stringMatching(/^\d{4}-.*Z$/),
      data: { ...MOVED.data, model: 'm', version: '3', actor: 'ann', summary: MOVED.summary },
    });
  });

  it('writes CloudEvents', async () => {
    await told.subscribe('cloudevents', { url: sink.url });
    await told.emit({ ...MOVED, model: 'my model/ü' });
    await told.deliver();
    expect(last().headers['content-type']).toBe('application/cloudevents+json; charset=utf-8');
    expect(body()).toEqual({
      specversion: '1.0',
      id: expect.any(String),
      source: '/runledger',
      type: 'io.runledger.model_version.transitioned_stage',
      subject: 'models/my%20model%2F%C3%BC/versions/3',
      time: expect.any(String),
      datacontenttype: 'application/json',
      data: expect.objectContaining({ to_stage: 'Production' }),
    });
  });

  it('writes blocks for Slack, in which nobody is called', async () => {
    const made = await told.subscribe('slack', { url: `${sink.url}/T0/B0/secret` });
    await told.emit({ ...MOVED, summary: EVIL, data: { ...MOVED.data, comment: '<!channel>' } });
    await told.deliver();
    expect(sink.received[0]?.path).toBe('/T0/B0/secret');
    expect(body().blocks.map(({ type }: { type: string }) => type)).toEqual([
      ...['header', 'section', 'section', 'context'],
    ]);
    expect(last().text).not.toMatch(/<script|<!channel|<@channel/);
    // The address is a secret itself.
    expect(JSON.stringify(made)).not.toContain('B0/secret');
    const changed = await told.service.update(made.id, { description: 'd' }, BY_TESTER, false);
    await told.emit(MOVED);
    await told.deliver();
    expect(sink.received[1]?.path).toBe('/T0/B0/secret');
    expect(changed.settings.host).toBe(`127.0.0.1:${sink.port}`);
  });

  describe('an e-mail', () => {
    const recipients = ['lead@example.org'];
    const unfolded = (text: string) => text.replace(/\r\n[ \t]/g, ' ');

    it('comes through a mail server, to recipients who do not see each other', async () => {
      const both = [...recipients, 'other@example.org'];
      await told.subscribe('email', { recipients: both });
      await told.emit(MOVED);
      await told.deliver();
      const [received] = mail.received;
      expect(received).toMatchObject({ from: 'runledger@example.org' });
      expect(received?.to).toEqual(expect.arrayContaining(both));
      expect(received?.text).not.toContain('lead@example.org');
      expect(unfolded(received?.text ?? '')).toContain('Subject: [Runledger] Registered model');
      expect(received?.text).toContain('From: None');
    });

    it('has no header and no markup but its own', async () => {
      await told.subscribe('email', { recipients });
      const data = { from_stage: 'None', to_stage: EVIL, comment: EVIL };
      await told.emit({ ...MOVED, model: EVIL, actor: EVIL, summary: EVIL, data });
      await told.deliver();
      const text = unfolded(mail.received[0]?.text ?? '');
      const headers = text.slice(0, text.indexOf('\r\n\r\n'));
      expect(headers).not.toMatch(/^bcc:/im);
      expect(mail.received[0]?.to).toEqual(recipients);
      const html = text.slice(text.indexOf('text/html')).replace(/=\r\n/g, '');
      expect(html).not.toContain('<script');
      expect(html).toContain('&lt;script&gt;');
    });

    it('is refused for what is no address, and for other domains', async () => {
      for (const address of [
        'a@b\r\nBcc: c@d.test',
        'a b@c.test',
        '"a"@b.test',
        'a@b,c@d',
        'x',
        '',
      ]) {
        const made = told.subscribe('email', { recipients: [address] });
        await expect(made, address).rejects.toThrow('no e-mail address');
      }
      const user = { name: 'u', isAdmin: false, method: 'password', userId: 1 } as const;
      const by = { ...BY_TESTER, caller: user };
      const foreign = told.subscribe('email', { recipients: ['a@elsewhere.test'] }, by);
      await expect(foreign).rejects.toThrow('example.org');
      await told.subscribe('email', { recipients }, by);
    });

    it('is about all that has waited, in one', async () => {
      const { id } = await told.subscribe('email', { recipients });
      for (let n = 0; n < 30; n += 1) await told.emit(MOVED);
      await told.deliver();
      expect(mail.received).toHaveLength(1);
      expect(unfolded(mail.received[0]?.text ?? '')).toContain(
        'Subject: [Runledger] 30 events (m)',
      );
      expect((await history(id)).every(({ status }) => status === 'SUCCEEDED')).toBe(true);
    });

    it('is tried again, unless the mail server says for good that it takes none', async () => {
      const { id } = await told.subscribe('email', { recipients });
      mail.refusal = { code: 450, message: 'Busy' };
      await told.emit(MOVED);
      await told.deliver();
      expect((await history(id))[0]).toMatchObject({ status: 'PENDING', attempts: 1 });
      mail.refusal = { code: 550, message: 'No such user' };
      await told.emit({ ...MOVED, model: 'other' });
      await told.deliver();
      expect((await history(id))[0]).toMatchObject({
        ...{ status: 'DEAD', error: expect.stringContaining('No such user') },
      });
    });

    it('goes to those who wish for it: all, what they follow, or nothing', async () => {
      const as = (name: string) => ({
        ...BY_TESTER,
        caller: { name, isAdmin: false, method: 'password', userId: 1 } as const,
      });
      const wish = (
        name: string,
        model: string,
        preference: 'ALL_EVENTS' | 'SUBSCRIBED' | 'UNSUBSCRIBED',
      ) => told.preferences.set({ model, preference, address: `${name}@example.org` }, as(name));
      await told.registry.models.create('m', '', [], BY_TESTER);
      await told.registry.createVersion('m');
      await wish('all', '*', 'ALL_EVENTS');
      await wish('none', '*', 'ALL_EVENTS');
      await wish('none', 'm', 'UNSUBSCRIBED');
      await wish('follows', '*', 'SUBSCRIBED');
      await wish('stranger', '*', 'SUBSCRIBED');
      await database.write(async (tx) => {
        const model = await tx.first<{ id: number }>({
          sql: 'select id from registered_models where name = ?',
          bindings: ['m'],
        });
        await tx.run({
          sql:
            'insert into version_comments (comment_id, model, version, user_name, comment, ' +
            "creation_timestamp, last_updated_timestamp) values ('c', ?, 1, 'follows', '', 0, 0)",
          bindings: [model?.id ?? 0],
        });
      });
      // Somebody else has put them on a list.
      await told.subscribe('email', { recipients: ['none@example.org', 'list@example.org'] });
      await told.emit({ ...MOVED, version: 1 });
      await told.deliver();
      expect(mail.received.flatMap(({ to }) => to).sort()).toEqual([
        ...['all@example.org', 'follows@example.org', 'list@example.org'],
      ]);
      const listed = await told.subscriptions.preferencesPage('none', 1e9, 10);
      expect(listed.map(({ preference }) => preference)).toEqual(['UNSUBSCRIBED', 'ALL_EVENTS']);
      await told.preferences.delete('m', as('none'));
      await told.emit({ ...MOVED, version: 2 });
      await told.deliver();
      expect(mail.received.slice(3).flatMap(({ to }) => to)).toContain('none@example.org');
    });
  });
});
